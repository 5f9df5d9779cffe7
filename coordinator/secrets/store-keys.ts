import { hkdfSync, randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { refuseExposed } from '../../proto/process/private-file.ts';

/** What comes from one line of the file of keys. */
export interface StoreKey {
  /** Names the key beside everything that it was used for, and says nothing about it. */
  id: string;
  encryption: Buffer;
  hashing: Buffer;
}

/** Newest first; there is at least one. */
export type StoreKeys = readonly [StoreKey, ...StoreKey[]];

const keyBytes = 32;

const heading = `# Keys of Parbake's store, newest first. Without them nobody reads what orders set, and neither can the coordinator.
# Keep this file out of backups of the store.
`;

/** @returns what a new file has */
export function newKeyFile(): string {
  return `${heading}${newKeyLine()}\n`;
}

/** The same file with a new key in front of the others. */
export function withNewKey(content: string): string {
  const lines = content.split('\n');
  const first = lines.findIndex(isKeyLine);
  return [...lines.slice(0, first), newKeyLine(), ...lines.slice(first)].join('\n');
}

/** @param path for the error. @throws ParbakeError STORE_KEY_INVALID */
export function parseKeys(path: string, content: string): StoreKeys {
  const keys = content
    .split('\n')
    .filter(isKeyLine)
    .map((line) => storeKey(path, line.trim()));
  const [newest, ...older] = keys;
  if (newest === undefined) throw new ParbakeError('STORE_KEY_INVALID', `${path} has no key`);
  return [newest, ...older];
}

/**
 * Reads the file of keys, and makes it when it is missing.
 * @throws ParbakeError STORE_KEY_INVALID, KEY_EXPOSED, FILE_UNREADABLE
 */
export async function openKeys(path: string): Promise<StoreKeys> {
  const content = await readKeyFile(path);
  if (content !== undefined) return parseKeys(path, content);
  const made = newKeyFile();
  await write(path, made, 'wx');
  return parseKeys(path, made);
}

/** Puts a new key in front. @returns its id. @throws ParbakeError STORE_KEY_INVALID, KEY_EXPOSED, FILE_UNREADABLE */
export async function rotateKey(path: string): Promise<string> {
  const content = await readKeyFile(path);
  if (content === undefined) throw new ParbakeError('FILE_UNREADABLE', `${path} does not exist`);
  parseKeys(path, content);
  const rotated = withNewKey(content);
  const temporary = `${path}.new`;
  try {
    // A crash may have left one.
    await rm(temporary, { force: true });
    await write(temporary, rotated, 'wx');
    await rename(temporary, path);
    await syncFolder(path);
  } catch (cause) {
    throw unwritable(path, cause);
  }
  return parseKeys(path, rotated)[0].id;
}

/** The key of a store that ends with its process. */
export function ephemeralKeys(): StoreKeys {
  return [keyFrom(randomBytes(keyBytes))];
}

/** @returns undefined when there is none */
async function readKeyFile(path: string): Promise<string | undefined> {
  try {
    const content = await readFile(path, 'utf8');
    await refuseExposed(path);
    return content;
  } catch (cause) {
    if (cause instanceof ParbakeError) throw cause;
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new ParbakeError('FILE_UNREADABLE', `cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

async function write(path: string, content: string, flag: 'wx'): Promise<void> {
  try {
    const file = await open(path, flag, 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncFolder(path);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** A key that a power cut takes away takes every order with it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function unwritable(path: string, cause: unknown): ParbakeError {
  if (cause instanceof ParbakeError) return cause;
  return new ParbakeError('FILE_UNREADABLE', `cannot write ${path}: ${reasonOf(cause)}`, { cause });
}

function newKeyLine(): string {
  return randomBytes(keyBytes).toString('base64');
}

function isKeyLine(line: string): boolean {
  const text = line.trim();
  return text !== '' && !text.startsWith('#');
}

function storeKey(path: string, line: string): StoreKey {
  const key = Buffer.from(line, 'base64');
  if (key.length !== keyBytes || key.toString('base64') !== line)
    throw new ParbakeError(
      'STORE_KEY_INVALID',
      `${path} has a line that is not a key: ${keyBytes} bytes in base64`,
    );
  return keyFrom(key);
}

function keyFrom(key: Buffer): StoreKey {
  const derive = (purpose: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', key, '', `parbake store ${purpose}`, bytes));
  return {
    id: derive('id', 6).toString('hex'),
    encryption: derive('encryption', keyBytes),
    hashing: derive('hashing', keyBytes),
  };
}
