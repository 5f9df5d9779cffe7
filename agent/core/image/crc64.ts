/** The polynomial of ISO 3309, reflected, in two halves because bitwise operators have 32 bits. */
const polynomialHigh = 0xd8000000;

const tableHigh = new Uint32Array(256);
const tableLow = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit++) {
    const isOdd = (low & 1) === 1;
    low = ((low >>> 1) | (high << 31)) >>> 0;
    high = high >>> 1;
    if (isOdd) high = (high ^ polynomialHigh) >>> 0;
  }
  tableHigh[byte] = high;
  tableLow[byte] = low;
}

/** The checksum that Docker records for each file of a layer (CRC-64/GO-ISO). */
export class Crc64 {
  #high = 0xffffffff;
  #low = 0xffffffff;

  update(bytes: Uint8Array): this {
    let high = this.#high;
    let low = this.#low;
    for (const byte of bytes) {
      const index = (low ^ byte) & 0xff;
      low = (((low >>> 8) | (high << 24)) ^ (tableLow[index] ?? 0)) >>> 0;
      high = ((high >>> 8) ^ (tableHigh[index] ?? 0)) >>> 0;
    }
    this.#high = high;
    this.#low = low;
    return this;
  }

  /** Eight bytes, most significant first. */
  digest(): Buffer {
    const result = Buffer.alloc(8);
    result.writeUInt32BE((this.#high ^ 0xffffffff) >>> 0, 0);
    result.writeUInt32BE((this.#low ^ 0xffffffff) >>> 0, 4);
    return result;
  }
}
