import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../../proto/errors/cause.ts';
import { failAs, writeDurablySync } from './durable-file.ts';

const keyBytes = 32;

/** A secret that is the same over restarts, once it was kept. */
export interface SecretKey {
  readonly bytes: Buffer;
  /** Makes it durable; called before anything is made with it. @throws ParbakeError AGENT_STATE_UNWRITABLE, DISK_FULL */
  keep(): void;
}

/**
 * Reads this machine's key, or makes one. A file of another size, as a crash leaves it, is replaced. Nothing is written
 * yet, because an agent has to start on a full disk.
 * @throws ParbakeError FILE_UNREADABLE
 */
export function secretKey(path: string): SecretKey {
  const found = readKey(path);
  let isKept = found?.length === keyBytes;
  const bytes = found !== undefined && isKept ? found : randomBytes(keyBytes);
  return {
    bytes,
    keep() {
      if (isKept) return;
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        writeDurablySync(path, bytes, 0o600);
      } catch (cause) {
        failAs('AGENT_STATE_UNWRITABLE', `cannot write ${path}`)(cause);
      }
      isKept = true;
    },
  };
}

/** A key for what does not outlive this process. */
export function passingKey(): SecretKey {
  return { bytes: randomBytes(keyBytes), keep: () => {} };
}

function readKey(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(cause) ?? '')) return undefined;
    return failAs('FILE_UNREADABLE', `cannot read ${path}`)(cause);
  }
}
