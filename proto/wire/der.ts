// DER (ITU-T X.690), as far as certificates and requests for them have to be written. Reading it is for libraries.

/** Each with the class and form that it has in certificates. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** The tag of an element that is numbered in its context and has others in it. */
export function explicit(number: number): number {
  return 0xa0 + number;
}

/** The tag of a value that is numbered in its context. */
export function implicit(number: number): number {
  return 0x80 + number;
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tagged(tags.sequence, ...parts);
}

/** @param parts less than 64 KiB together */
export function tagged(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
