/** Reading DNS queries: whatever comes from a network is anything at all until this has read it. */

/** Bytes of a header. */
export const headerBytes = 12;
const maxNameBytes = 255;
/** Records after the question; the only one that is looked into is OPT. */
const maxAdditional = 8;
const optType = 41;

/** What is asked. */
export interface Question {
  id: number;
  /** Recursion desired, which an answer repeats. */
  isRecursive: boolean;
  /** Lower case, without a dot at its end. Undefined when a label has bytes that no host name has. */
  name: string | undefined;
  /** As it was asked, for the answer. */
  bytes: Buffer;
  type: number;
  class: number;
  /** Present when the asker speaks EDNS. */
  edns?: { version: number; udpBytes: number };
}

/** Why a query gets an answer without looking for one. */
export interface Refusal {
  id: number;
  isRecursive: boolean;
  opcode: number;
  refused: 'FORMERR' | 'NOTIMP';
}

/**
 * Reads one message. Names with pointers are refused: a question has nothing before it to point to, so there is no loop to
 * follow.
 * @returns undefined for what gets no answer at all: no header, or an answer itself
 */
export function readQuestion(message: Buffer): Question | Refusal | undefined {
  if (message.length < headerBytes) return undefined;
  const [id, flags] = [message.readUInt16BE(0), message.readUInt16BE(2)];
  // An answer to an answer could go on for ever.
  if ((flags & 0x80_00) !== 0) return undefined;
  const opcode = (flags >> 11) & 0xf;
  const isRecursive = (flags & 0x01_00) !== 0;
  const refuse = (refused: Refusal['refused']): Refusal => ({ id, isRecursive, opcode, refused });
  if (opcode !== 0) return refuse('NOTIMP');
  const [questions, answers, authorities, additional] = [4, 6, 8, 10].map((at) => message.readUInt16BE(at));
  if (questions !== 1 || answers !== 0 || authorities !== 0) return refuse('FORMERR');
  const read = readName(message, headerBytes);
  if (read === undefined || read.end + 4 > message.length) return refuse('FORMERR');
  const end = read.end + 4;
  const edns = readEdns(message, end, additional ?? 0);
  if (edns === 'malformed') return refuse('FORMERR');
  return {
    id,
    isRecursive,
    name: read.name,
    bytes: message.subarray(headerBytes, end),
    type: message.readUInt16BE(read.end),
    class: message.readUInt16BE(read.end + 2),
    ...(edns === undefined ? {} : { edns }),
  };
}

/** @returns undefined when it does not end, is too long, or points elsewhere */
function readName(message: Buffer, start: number): { name: string | undefined; end: number } | undefined {
  const labels: string[] = [];
  let isHost = true;
  for (let at = start; at < message.length && at - start < maxNameBytes;) {
    const length = message[at] ?? 0;
    if (length === 0) return { name: isHost ? labels.join('.') : undefined, end: at + 1 };
    if (length > 63 || at + 1 + length > message.length) return undefined;
    const label = message.toString('latin1', at + 1, at + 1 + length).toLowerCase();
    isHost &&= /^[a-z0-9_-]+$/.test(label);
    labels.push(label);
    at += 1 + length;
  }
  return undefined;
}

function readEdns(message: Buffer, start: number, count: number): Question['edns'] | 'malformed' {
  if (count > maxAdditional) return 'malformed';
  let at = start;
  let edns: Question['edns'];
  for (let record = 0; record < count; record++) {
    const read = readName(message, at);
    if (read === undefined || read.end + 10 > message.length) return 'malformed';
    const type = message.readUInt16BE(read.end);
    if (type === optType) {
      // One at most, and its owner is the root.
      if (edns !== undefined || read.end !== at + 1) return 'malformed';
      edns = { udpBytes: message.readUInt16BE(read.end + 2), version: message[read.end + 5] ?? 0 };
    }
    at = read.end + 10 + message.readUInt16BE(read.end + 8);
    if (at > message.length) return 'malformed';
  }
  return edns;
}
