/** Characters of a line that are kept: what a container prints has no other bound. */
const maxLine = 16_384;
/** Bytes before each piece of output that name its stream and length, where the container has no terminal. */
const headerBytes = 8;

/** Cuts what Docker sends of a container's log into lines, however the pieces arrive; each stream has lines of its own. */
export class LogLines {
  #received: Buffer = Buffer.alloc(0);
  readonly #begun = new Map<number, string>();

  /** @returns the lines that are complete with it */
  take(chunk: Buffer): string[] {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const lines: string[] = [];
    for (;;) {
      if (this.#received.length < headerBytes) return lines;
      const length = this.#received.readUInt32BE(4);
      if (this.#received.length < headerBytes + length) return lines;
      const stream = this.#received.readUInt8(0);
      const text = this.#received.toString('utf8', headerBytes, headerBytes + length);
      lines.push(...this.#add(stream, text));
      this.#received = this.#received.subarray(headerBytes + length);
    }
  }

  /** What was printed without an end of line. */
  rest(): string[] {
    return [...this.#begun.values()].filter((line) => line !== '');
  }

  #add(stream: number, text: string): string[] {
    const parts = `${this.#begun.get(stream) ?? ''}${text}`.split(/\r?\n/);
    this.#begun.set(stream, (parts.pop() ?? '').slice(0, maxLine));
    return parts.map((line) => line.slice(0, maxLine));
  }
}
