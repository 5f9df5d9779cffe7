/** A piece of what a process wrote, as it was written. */
export interface OutputPiece {
  stream: 'STDOUT' | 'STDERR';
  data: Buffer;
}

/** Bytes of a piece. */
const maxPiece = 32 * 1024;
/** Bytes before each frame that name its stream and length, where the process has no terminal. */
const headerBytes = 8;
const stderr = 2;

/**
 * Takes Docker's frames apart, however they arrive. Nothing is kept but what has just come: a frame may be of any length, and
 * short ones that came together stay together.
 */
export async function* outputPieces(source: AsyncIterable<Buffer>): AsyncGenerator<OutputPiece> {
  let header: Buffer = Buffer.alloc(0);
  let left = 0;
  let stream: OutputPiece['stream'] = 'STDOUT';
  for await (const chunk of source) {
    let parts: Buffer[] = [];
    let length = 0;
    const together = (): OutputPiece => {
      const data = Buffer.concat(parts, length);
      [parts, length] = [[], 0];
      return { stream, data };
    };
    for (let rest = chunk; rest.length > 0;) {
      if (left === 0) {
        const missing = headerBytes - header.length;
        header = Buffer.concat([header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (header.length < headerBytes) break;
        const next = header.readUInt8(0) === stderr ? 'STDERR' : 'STDOUT';
        if (next !== stream && length > 0) yield together();
        stream = next;
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const part = rest.subarray(0, Math.min(left, maxPiece - length));
      parts.push(part);
      length += part.length;
      left -= part.length;
      rest = rest.subarray(part.length);
      if (length === maxPiece) yield together();
    }
    if (length > 0) yield together();
  }
}
