import type { Root } from '../host/root.ts';
import { removeDurably } from './durable-file.ts';

/** Removes one entry below a root. An argument of the scrub, so that a test can stop it at every step. */
export type Remove = (root: Root, path: string) => Promise<void>;

/** Unlinks, a directory with all in it, and makes that durable. Never truncates, never follows a link. */
export const removeEntry: Remove = async (root, path) => {
  await removeDurably(root.path(path));
};
