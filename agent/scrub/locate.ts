import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Root } from '../host/root.ts';
import { containerLayers } from './container-layers.ts';
import { absent, kindOf, namesOf, resolveInRoot } from './resolve.ts';
import type { RulePath, ScrubRule } from './rules.ts';

/** Where the rules' paths start, as absolute paths below the root. */
export interface Places {
  root: Root;
  /** Such as `/var/lib/docker`. */
  dataRoot: string;
  /** Such as `/run/docker`. */
  execRoot: string;
}

/** Something that a rule removes. */
export interface Found {
  /** Absolute, below the root; no directory in it is a link. */
  path: string;
  /** Work that a person may want. */
  isPrecious: boolean;
  /** The path is a link to this place, which unlinking it would leave on the image. */
  leads?: string;
}

/** What of a rule is there, in the order in which it is removed. @throws ParbakeError SCRUB_FAILED */
export async function locate(rule: ScrubRule, places: Places): Promise<Found[]> {
  const lists = await Promise.all(rule.paths.map((path) => locatePath(rule, path, places)));
  const byPath = new Map<string, Found>();
  for (const found of lists.flat()) if (!byPath.has(found.path)) byPath.set(found.path, found);
  return [...byPath.values()];
}

async function locatePath(rule: ScrubRule, path: RulePath, places: Places): Promise<Found[]> {
  const lists = await Promise.all(
    basesOf(path, places).map(async (start) => {
      const base = await resolveInRoot(places.root, start);
      if (base === undefined) return [];
      const search = { root: places.root, rule, path };
      const found = await walk(search, base, namesOf(join(path.path, path.clean === 'children' ? '*' : '')));
      if (path.withLayers !== true) return found;
      const layers = await Promise.all(
        found.map(async (record) => [
          ...(await containerLayers(places.root, base, record.path)).map((layer) => ({
            path: layer,
            isPrecious: true,
          })),
          // Last, since it alone tells which layers are the container's.
          record,
        ]),
      );
      return layers.flat();
    }),
  );
  return lists.flat();
}

function basesOf(path: RulePath, { dataRoot, execRoot }: Places): string[] {
  if (path.below === 'root') return ['/'];
  if (path.below === 'exec-root') return [execRoot];
  // With user namespaces the data root is UID.GID below the one of an Engine without.
  return /^\d+\.\d+$/.test(basename(dataRoot)) ? [dataRoot, dirname(dataRoot)] : [dataRoot];
}

interface Search {
  root: Root;
  rule: ScrubRule;
  path: RulePath;
}

/** Entries that match, going down one name at a time from a directory that is not a link. */
async function walk(search: Search, parent: string, names: readonly string[]): Promise<Found[]> {
  const [name, ...rest] = names;
  if (name === undefined) return [];
  const candidates = name.includes('*') ? await children(search.root, parent, name) : [name];
  const matches = await Promise.all(
    candidates.map(async (candidate) => {
      const path = join(parent, candidate);
      const kind = await kindOf(search.root, path);
      if (rest.length === 0) return await last(search, path, kind, name === '*');
      if (kind === 'directory') return await walk(search, path, rest);
      return kind === 'link' ? await throughLink(search, path, rest) : [];
    }),
  );
  return matches.flat();
}

async function last(
  search: Search,
  path: string,
  kind: string | undefined,
  isAny: boolean,
): Promise<Found[]> {
  const { root, rule, path: rulePath } = search;
  if (kind === undefined || (rulePath.only === 'directories' && kind !== 'directory')) return [];
  const isPrecious = rulePath.isPrecious === true;
  // What a directory that is emptied holds goes as it is; a pid file's link is not worth a question.
  if (kind !== 'link' || isAny || rule.reason === 'correctness') return [{ path, isPrecious }];
  const leads = await resolveInRoot(root, path);
  return [{ path, isPrecious, ...(leads === undefined ? {} : { leads }) }];
}

/**
 * A linked directory above Docker's tree (such as /var/run) leads to where Docker finds it too. Inside that tree, and
 * for a directory that is emptied, no link is Docker's own: a person has to say what it is.
 */
async function throughLink(search: Search, path: string, rest: readonly string[]): Promise<Found[]> {
  const { root, path: rulePath } = search;
  const isPrecious = rulePath.isPrecious === true;
  const leads = await resolveInRoot(root, path);
  const isEmptied = rest.length === 1 && rest[0] === '*';
  if (leads === undefined) return isEmptied ? [{ path, isPrecious }] : [];
  if ((await kindOf(root, leads)) !== 'directory') return [];
  if (isEmptied || rulePath.below !== 'root') return [{ path, isPrecious, leads }];
  return await walk(search, leads, rest);
}

async function children(root: Root, parent: string, pattern: string): Promise<string[]> {
  const expression = new RegExp(`^${pattern.split('*').map(escapeText).join('.*')}$`);
  const names = await readdir(root.path(parent)).catch((cause: unknown) => absent(parent, cause));
  return (names ?? []).filter((name) => expression.test(name)).sort();
}

function escapeText(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
