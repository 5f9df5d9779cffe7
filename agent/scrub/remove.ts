import { lstat, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Root } from '../host/root.ts';
import { failAs, removeDurably, writeDurably } from '../host/durable-file.ts';
import type { Found } from './locate.ts';

/** Removes or empties one entry below a root. An argument of the scrub, so that a test can stop it at every step. */
export type Remove = (root: Root, found: Pick<Found, 'path' | 'action'>) => Promise<void>;

/**
 * Removes an entry durably, a directory with its content. It never follows a link and never truncates: a file that has to be empty is
 * replaced by a new one, or created.
 */
export const removeFound: Remove = async (root, found) => {
  const path = root.path(found.path);
  const isReplaced =
    found.action === 'empty' && (await lstat(path).catch(() => undefined))?.isFile() === true;
  if (!isReplaced) await removeDurably(path).catch(failAs('SCRUB_FAILED', `cannot remove ${path}`));
  if (found.action !== 'empty') return;
  await mkdir(dirname(path), { recursive: true }).catch(failAs('SCRUB_FAILED', `cannot write ${path}`));
  await writeDurably(path, '', 0o444).catch(failAs('SCRUB_FAILED', `cannot write ${path}`));
};
