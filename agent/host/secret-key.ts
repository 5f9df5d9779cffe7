import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../../proto/errors/cause.ts';
import { failAs, writeDurablySync } from './durable-file.ts';

const keyBytes = 32;

/**
 * Reads this machine's key, or makes one. A file of another size, as a crash of the disk leaves it, is replaced.
 * @throws ParbakeError FILE_UNREADABLE, AGENT_STATE_UNWRITABLE, DISK_FULL
 */
export function secretKey(path: string): Buffer {
  const found = readKey(path);
  if (found?.length === keyBytes) return found;
  const made = randomBytes(keyBytes);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeDurablySync(path, made, 0o600);
  } catch (cause) {
    failAs('AGENT_STATE_UNWRITABLE', `cannot write ${path}`)(cause);
  }
  return made;
}

function readKey(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    return failAs('FILE_UNREADABLE', `cannot read ${path}`)(cause);
  }
}
