import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ParbakeError } from '../../proto/errors.ts';
import type { Root } from '../host/root.ts';
import type { RulePath, ScrubRule } from './rules.ts';

/** Where the rules' paths start, as absolute paths below the root. */
export interface Places {
  root: Root;
  /** Such as `/var/lib/docker`. */
  dataRoot: string;
  /** Such as `/run/docker`. */
  execRoot: string;
}

/** What of a rule is there, as absolute paths below the root, in order. */
export async function locate(rule: ScrubRule, places: Places): Promise<string[]> {
  const found = await Promise.all(rule.paths.map((path) => locatePath(path, places)));
  return [...new Set(found.flat())].sort();
}

async function locatePath(path: RulePath, places: Places): Promise<string[]> {
  const bases = { root: '/', 'data-root': places.dataRoot, 'exec-root': places.execRoot };
  const pattern = join(bases[path.below], path.path, path.clean === 'children' ? '*' : '');
  return await match(places.root, '/', pattern.split('/').filter(Boolean));
}

/**
 * Entries that match, going down one name at a time. A symbolic link on the way is not followed: it could lead
 * out of the root, to files of the machine that does the scrub. As the last name it is an entry like others.
 */
async function match(root: Root, parent: string, names: readonly string[]): Promise<string[]> {
  const [name, ...rest] = names;
  if (name === undefined) return [parent];
  const candidates = name.includes('*') ? await children(root, parent, name) : [name];
  const matches = await Promise.all(
    candidates.map(async (candidate) => {
      const path = join(parent, candidate);
      const kind = await kindOf(root, path);
      if (kind === 'absent') return [];
      if (rest.length === 0) return [path];
      return kind === 'directory' ? await match(root, path, rest) : [];
    }),
  );
  return matches.flat();
}

async function children(root: Root, parent: string, pattern: string): Promise<string[]> {
  const expression = new RegExp(`^${pattern.split('*').map(escapeText).join('.*')}$`);
  const names = await readdir(root.path(parent)).catch((cause: unknown) => unreadable(parent, cause, []));
  return names.filter((name) => expression.test(name)).sort();
}

async function kindOf(root: Root, path: string): Promise<'absent' | 'directory' | 'other'> {
  const found = await lstat(root.path(path)).catch((cause: unknown) => unreadable(path, cause, undefined));
  if (found === undefined) return 'absent';
  return found.isDirectory() ? 'directory' : 'other';
}

/** Absent is fine; anything else would let a leak pass for absent. */
function unreadable<T>(path: string, cause: unknown, absent: T): T {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return absent;
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new ParbakeError('SCRUB_FAILED', `cannot look at ${path}: ${reason}`, { cause });
}

function escapeText(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
