import { createHash } from 'node:crypto';
import { closeSync, constants, fdatasync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { codeOf } from '../../proto/errors/cause.ts';
import { writeDurably } from './durable-file.ts';

const sync = promisify(fdatasync);

/** Bytes of one of the two slots. */
const slotBytes = 16 * 1024;
const fileBytes = 2 * slotBytes;

/** What a file of two slots says. */
export interface Slots {
  /** The newest record that is whole. */
  text: string;
  /** Whether no record is damaged: one that is was being written when the machine died, or the disk lost it. */
  isWhole: boolean;
}

/**
 * Returns the newest record; undefined while there is none. A file that is not one of slots is its own record: agents before
 * 0.1.0 wrote it so.
 * @param content of the whole file
 */
export function storedText(content: Buffer): Slots | undefined {
  const records = recordsIn(content);
  const newest = records?.flatMap((each) => (typeof each === 'string' ? [] : [each])).sort(newestFirst)[0];
  const isWhole = records?.includes('damaged') !== true;
  if (records === undefined || (newest === undefined && !isWhole))
    return { text: content.toString('utf8'), isWhole: true };
  return newest && { text: newest.text, isWhole };
}

/** Makes the file, durably, if there is none. @throws the system's own error */
export async function reserveSlots(path: string, mode: number): Promise<void> {
  const file = openExisting(path);
  if (file === undefined) await writeDurably(path, Buffer.concat([emptySlot(), emptySlot()]), mode);
  else closeSync(file);
}

/**
 * Stores one line of text durably, in the slot that does not hold the newest record. Nothing about the file changes but its
 * content, so this costs one flush of data where a new file costs two of the file system's journal, and it needs no room on
 * a full disk. A crash leaves the former record.
 * @param mode of a file that is made
 * @throws the system's own error; Error when the text is longer than a slot
 */
export async function writeSlot(path: string, text: string, mode: number): Promise<void> {
  const file = openExisting(path);
  if (file === undefined) return await writeDurably(path, Buffer.concat([slot(1, text), emptySlot()]), mode);
  try {
    const records = recordsIn(contentOf(file)) ?? ['damaged', 'damaged'];
    const sequences = records.map((each) => (typeof each === 'string' ? 0 : each.sequence));
    const [first = 0, second = 0] = sequences;
    const bytes = slot(Math.max(first, second) + 1, text);
    writeSync(file, bytes, 0, slotBytes, first <= second ? 0 : slotBytes);
    await sync(file);
  } finally {
    closeSync(file);
  }
}

interface SlotRecord {
  sequence: number;
  text: string;
}

function recordsIn(content: Buffer): (SlotRecord | 'empty' | 'damaged')[] | undefined {
  if (content.length !== fileBytes) return undefined;
  return [content.subarray(0, slotBytes), content.subarray(slotBytes)].map((bytes) => {
    const line = bytes.toString('utf8').trimEnd();
    if (line === '') return 'empty';
    const [, hash, sequence, text] = /^([0-9a-f]{64}) (\d{1,15}) (.*)$/.exec(line) ?? [];
    const isWhole = text !== undefined && hash === sha256(`${sequence} ${text}`);
    return isWhole ? { sequence: Number(sequence), text } : 'damaged';
  });
}

function slot(sequence: number, text: string): Buffer {
  const line = `${sha256(`${sequence} ${text}`)} ${sequence} ${text}\n`;
  if (Buffer.byteLength(line) > slotBytes) throw new Error(`the record is longer than ${slotBytes} bytes`);
  const bytes = emptySlot();
  bytes.write(line);
  return bytes;
}

function emptySlot(): Buffer {
  return Buffer.alloc(slotBytes, '\n');
}

/** @returns undefined when the file does not exist, or has another size and must be made anew */
function openExisting(path: string): number | undefined {
  try {
    const file = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
    if (fstatSync(file).size === fileBytes) return file;
    closeSync(file);
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw cause;
  }
  return undefined;
}

function contentOf(file: number): Buffer {
  const content = Buffer.alloc(fileBytes);
  return content.subarray(0, readSync(file, content, 0, fileBytes, 0));
}

function newestFirst(a: SlotRecord, b: SlotRecord): number {
  return b.sequence - a.sequence;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
