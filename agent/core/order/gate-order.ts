import { ParbakeError } from '../../../proto/errors/errors.ts';

/** What the gate takes at most after its header, in bytes; see packaging/gate. */
const maxBodyBytes = 1024 * 1024;
const headerBytes = 16;

/**
 * The order as the gate reads it, little endian: `PBG1`, body length, number of variables, number of arguments, then
 * every string with a NUL behind it.
 * @param args in place of the container's own command; empty to keep that
 * @throws ParbakeError ORDER_TOO_LARGE, REQUEST_INVALID when a string cannot be one of a program's
 */
export function encodeOrder(env: Readonly<Record<string, string>>, args: readonly string[] = []): Buffer {
  const variables = Object.entries(env).map(([name, value]) => {
    if (name === '' || name.includes('='))
      throw new ParbakeError('REQUEST_INVALID', `"${name}" is not the name of a variable`);
    return `${name}=${value}`;
  });
  const strings = [...variables, ...args];
  const unfit = strings.findIndex((text) => text.includes('\0'));
  if (unfit >= 0) throw new ParbakeError('REQUEST_INVALID', 'a variable or argument has a NUL character');
  const body = Buffer.from(strings.map((text) => `${text}\0`).join(''));
  if (body.length > maxBodyBytes)
    throw new ParbakeError(
      'ORDER_TOO_LARGE',
      `the variables take ${body.length} bytes, and ${maxBodyBytes} is the most`,
    );
  const header = Buffer.alloc(headerBytes);
  header.write('PBG1', 'latin1');
  header.writeUInt32LE(body.length, 4);
  header.writeUInt32LE(variables.length, 8);
  header.writeUInt32LE(args.length, 12);
  return Buffer.concat([header, body]);
}

/** What the gate has answered so far. */
export type GateAnswer =
  /** Too little to tell. */
  | { kind: 'partial' }
  /** The order is taken; the end of the stream says that the command runs. */
  | { kind: 'accepted' }
  /** Nothing was run, and the gate goes on waiting. */
  | { kind: 'refused'; reason: string }
  /** The order was taken and the command could not be executed. */
  | { kind: 'exec_failed'; errno: number };

const refusals: Record<number, string> = {
  1: 'it is malformed',
  2: 'it is too large',
  3: 'it is incomplete',
  4: 'the gate has no memory for it',
};

/** @param bytes everything that came back on the connection */
export function decodeAnswer(bytes: Buffer): GateAnswer {
  if (bytes.length === 0) return { kind: 'partial' };
  if (bytes[0] === 0x52) {
    if (bytes.length < 5) return { kind: 'partial' };
    const reason = bytes.readUInt32LE(1);
    return { kind: 'refused', reason: refusals[reason] ?? `reason ${reason}` };
  }
  if (bytes[0] !== 0x41) return { kind: 'refused', reason: `the answer starts with byte ${bytes[0] ?? 0}` };
  if (bytes.length < 6) return { kind: 'accepted' };
  return { kind: 'exec_failed', errno: bytes.readUInt32LE(2) };
}
