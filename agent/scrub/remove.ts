import type { Root } from '../host/root.ts';
import { removeDurably, writeDurably } from '../host/durable-file.ts';
import type { Found } from './locate.ts';

/** Removes or empties one entry below a root. An argument of the scrub, so that a test can stop it at every step. */
export type Remove = (root: Root, found: Pick<Found, 'path' | 'action'>) => Promise<void>;

/**
 * Unlinks, a directory with all in it, and makes that durable. Never follows a link, and truncates nothing: what has to
 * be an empty file becomes a new one.
 */
export const removeFound: Remove = async (root, { path, action }) => {
  if (action === 'empty') await writeDurably(root.path(path), '', 0o444);
  else await removeDurably(root.path(path));
};
