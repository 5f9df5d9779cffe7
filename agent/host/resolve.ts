import { lstat, readlink } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import type { Root } from './root.ts';

export type Kind = 'directory' | 'link' | 'other';

/** Links followed before it counts as a loop, as in the kernel. */
const maxLinks = 40;

/** What is at a path below the root, links not followed; undefined when nothing is. @throws SCRUB_FAILED */
export async function kindOf(root: Root, path: string): Promise<Kind | undefined> {
  const found = await lstat(root.path(path)).catch((cause: unknown) => absent(path, cause));
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) return 'link';
  return found.isDirectory() ? 'directory' : 'other';
}

/**
 * Where a path leads for a process whose root directory this is: absolute links start at the root, and `..` ends
 * there, so that the result never lies outside of it, and no part of it is a link.
 * @returns undefined when nothing is there, also for a loop
 */
export async function resolveInRoot(root: Root, path: string): Promise<string | undefined> {
  let at = '/';
  let pending = namesOf(path);
  for (let links = 0; ;) {
    const [name, ...rest] = pending;
    if (name === undefined) return at;
    pending = rest;
    if (name === '..') {
      at = dirname(at);
      continue;
    }
    const next = join(at, name);
    const kind = await kindOf(root, next);
    if (kind === undefined || (kind === 'other' && rest.length > 0)) return undefined;
    if (kind !== 'link') {
      at = next;
      continue;
    }
    if (++links > maxLinks) return undefined;
    const target = await readlink(root.path(next));
    if (isAbsolute(target)) at = '/';
    pending = [...namesOf(target), ...rest];
  }
}

export function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** Absent is fine; anything else would let a leak pass for absent. */
export function absent(path: string, cause: unknown): undefined {
  const code = codeOf(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  // An interruption, say, is not the path's fault.
  if (cause instanceof ParbakeError || isAbort(cause)) throw cause;
  throw new ParbakeError('SCRUB_FAILED', `cannot look at ${path}: ${reasonOf(cause)}`, { cause });
}
