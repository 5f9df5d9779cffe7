import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ParbakeError } from '../../proto/errors.ts';
import type { Root } from '../host/root.ts';

/** Removes one entry below a root. An argument of the scrub, so that a test can stop it at every step. */
export type Remove = (root: Root, path: string) => Promise<void>;

/**
 * Unlinks an entry, a directory with all in it, and makes that durable. A symbolic link itself is unlinked.
 * @throws ParbakeError SCRUB_FAILED
 */
export const removeEntry: Remove = async (root, path) => {
  try {
    await rm(root.path(path), { recursive: true, force: true });
    const folder = await open(dirname(root.path(path)), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ParbakeError('SCRUB_FAILED', `cannot remove ${path}: ${reason}`, { cause });
  }
};
