import { lstat, readdir, readlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Root } from '../host/root.ts';
import { containerLayers } from '../docker/disk/container-layers.ts';
import { orphanedLayers } from '../docker/disk/orphaned-layers.ts';
import { absent, kindOf, namesOf, resolveInRoot, type Kind } from '../host/resolve.ts';
import type { RulePath, ScrubRule } from './rules/rule.ts';
import type { Settings } from './rules/settings.ts';
import { readRegularText } from '../host/regular-file.ts';
import { contentOf, hasLine, isSwapFile } from './content.ts';

/** Where the rules' paths start, as absolute paths below the root. */
export interface Places {
  root: Root;
  /** Docker's data root, such as `/var/lib/docker`. */
  dataRoot: string;
  /** Docker's exec root, such as `/run/docker`. */
  execRoot: string;
  /** Home directories, without links. */
  homes: readonly string[];
  /** Directories that a scrub put memory over, so that nothing below them gets to the image. */
  inMemory: readonly string[];
  /** When the build cache is kept, its layers are not orphans. */
  keepsBuildCache: boolean;
}

/** Something that a rule removes. */
export interface Found {
  /** Absolute, below the root; no directory in it is a link. */
  path: string;
  /** What the scrub does with it; `remove` when not given. */
  action?: 'remove' | 'empty' | 'lines' | 'replace' | undefined;
  /** Which lines the action `lines` removes. */
  lines?: RegExp | undefined;
  /** What the file has in it after the action `replace`. */
  content?: string | undefined;
  /** The scrub does not remove it; this says what a person has to do. */
  refuse?: string | undefined;
  /** Work that a person may want. */
  isPrecious: boolean;
  /** See RulePath. */
  isIdentity?: boolean;
  /** The path is a link to this place, which unlinking it would leave on the image. */
  leads?: string | undefined;
}

/** Finds what a rule removes, in the order of removal. @throws ParbakeError SCRUB_FAILED */
export async function locate(rule: ScrubRule, places: Places): Promise<Found[]> {
  const lists = await Promise.all(rule.paths.map((path) => locatePath(rule, path, places)));
  const byPath = new Map<string, Found>();
  for (const found of lists.flat()) if (!byPath.has(found.path)) byPath.set(found.path, found);
  // A directory is removed with its content.
  const isInside = (path: string): boolean => {
    for (let above = dirname(path); above !== '/'; above = dirname(above)) if (byPath.has(above)) return true;
    return false;
  };
  const isInMemory = (path: string): boolean => places.inMemory.some((one) => path.startsWith(`${one}/`));
  return [...byPath.values()].filter(({ path }) => !isInside(path) && !isInMemory(path));
}

async function locatePath(rule: ScrubRule, path: RulePath, places: Places): Promise<Found[]> {
  if (path.onlyWith !== undefined && !(await isThere(places.root, path.onlyWith))) return [];
  if (path.onlyWithout !== undefined && (await isThere(places.root, path.onlyWithout))) return [];
  const lists = await Promise.all(
    basesOf(path, places).map(async (start) => {
      const base = await resolveInRoot(places.root, start);
      if (base === undefined) return [];
      if (path.onlyOrphans !== undefined) return await orphans(places, base, path);
      const search = { root: places.root, rule, path };
      const found = await walk(search, base, namesOf(join(path.path, path.clean === 'children' ? '*' : '')));
      if (path.withLayers !== true) return found;
      const layers = await Promise.all(
        found.map(async (record) => [
          ...(await containerLayers(places.root, base, record.path)).map((layer) => ({
            path: layer,
            isPrecious: true,
          })),
          // This entry comes last, since it alone tells which layers are the container's.
          record,
        ]),
      );
      return layers.flat();
    }),
  );
  return lists.flat();
}

async function orphans(
  { root, keepsBuildCache }: Places,
  dataRoot: string,
  { path, onlyOrphans = 'pulled' }: RulePath,
): Promise<Found[]> {
  const search = { root, dataRoot, folder: dirname(path), origin: onlyOrphans, keepsBuildCache };
  return (await orphanedLayers(search)).map((layer) => ({ path: layer, isPrecious: false }));
}

async function isThere(root: Root, path: string): Promise<boolean> {
  return (await resolveInRoot(root, path)) !== undefined;
}

function basesOf(path: RulePath, { dataRoot, execRoot, homes }: Places): readonly string[] {
  if (path.below === 'root') return ['/'];
  if (path.below === 'home') return homes;
  if (path.below === 'exec-root') return [execRoot];
  // An Engine with user namespaces puts its data root into UID.GID below the usual one.
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
      if (kind === undefined) return missing(search.path, join(path, ...rest));
      if (rest.length === 0) return await last(search, path, kind, name === '*');
      if (kind === 'directory') return await walk(search, path, rest);
      return kind === 'link' ? await throughLink(search, path, rest) : [];
    }),
  );
  return matches.flat();
}

/** A file that has to be there, empty, is not clean when it is absent: the scrub creates it. */
function missing({ clean }: RulePath, path: string): Found[] {
  return clean === 'emptied' ? [{ path, isPrecious: false, action: 'empty' }] : [];
}

async function last(
  { root, rule, path: rulePath }: Search,
  path: string,
  kind: Kind,
  isAny: boolean,
): Promise<Found[]> {
  if (!isMeant(rulePath, path, kind)) return [];
  if (rulePath.only === 'swap' && !(await isSwapFile(root, path))) return [];
  if (rulePath.clean === 'files') return await matching(root, rulePath, await filesBelow(root, path));
  const isPrecious = rulePath.isPrecious === true;
  const { refuse } = rulePath;
  if (rulePath.settings !== undefined && (await hasOnlySettings(root, rulePath.settings, path))) return [];
  if (rulePath.settings !== undefined && kind === 'other')
    return [await withSettings(root, rulePath.settings, path)];
  if (rulePath.contains !== undefined) {
    // A link leads to a file that is the matter of its own path.
    const found = kind === 'other' ? [{ path, isPrecious, refuse }] : [];
    return await matching(root, rulePath, found);
  }
  const action = rulePath.clean === 'emptied' ? 'empty' : undefined;
  const isIdentity = rulePath.isIdentity === true && kind === 'other';
  const found: Found = { path, isPrecious, action, isIdentity, refuse };
  if (kind !== 'link') return (await isClean(root, rulePath, path)) ? [] : [found];
  // An emptied directory loses its content as it is, and the link of a pid file is not worth a question.
  if (isAny || rulePath.isLink === true || rule.reason === 'correctness')
    return [{ path, isPrecious, refuse }];
  // People link a history to /dev/null to keep it from being written.
  if ((await readlink(root.path(path))) === '/dev/null') return [];
  const leads = await resolveInRoot(root, path);
  return [{ path, isPrecious, action, leads, refuse }];
}

/** Those of the files that have a line that the path's rule means. */
async function matching(
  root: Root,
  { clean, contains, content }: RulePath,
  found: readonly Found[],
): Promise<Found[]> {
  if (contains === undefined) return [...found];
  const lists = await Promise.all(
    found.map(async (one) => {
      const text = await contentOf(root, one.path);
      if (text === undefined || !hasLine(text, contains)) return [];
      if (clean === 'lines') return [{ ...one, action: 'lines' as const, lines: contains }];
      return [clean === 'replaced' ? { ...one, action: 'replace' as const, content } : one];
    }),
  );
  return lists.flat();
}

/** Follows a link: what it leads to has no secrets either. */
async function hasOnlySettings(root: Root, settings: Settings, path: string): Promise<boolean> {
  const place = await resolveInRoot(root, path);
  if (place === undefined || (await kindOf(root, place)) !== 'other') return false;
  const text = (await contentOf(root, place))?.toString();
  return text !== undefined && settings.of(text) === text;
}

async function withSettings(root: Root, settings: Settings, path: string): Promise<Found> {
  const content = settings.of((await contentOf(root, path))?.toString() ?? '');
  if (content === undefined) return { path, isPrecious: false };
  return { path, isPrecious: false, action: 'replace', content };
}

function isMeant({ only }: RulePath, path: string, kind: Kind): boolean {
  if (only === 'files' || only === 'swap') return kind === 'other';
  if (only === 'ids') return kind === 'directory' && /^[0-9a-f]{64}$/.test(basename(path));
  return only !== 'directories' || kind === 'directory';
}

/** Whether a file that has to be empty is so. systemd's word for "not made yet" counts as empty. */
async function isClean(root: Root, { clean }: RulePath, path: string): Promise<boolean> {
  if (clean !== 'emptied') return false;
  const text = await readRegularText(root.path(path)).catch((cause: unknown) => absent(path, cause));
  return ['', 'uninitialized'].includes((text ?? '').trim());
}

/** Finds files at any depth. Links stay, except that the directory itself may be one. */
async function filesBelow(root: Root, start: string): Promise<Found[]> {
  const directory = await resolveInRoot(root, start);
  if (directory === undefined || (await kindOf(root, directory)) !== 'directory') return [];
  const names = (await children(root, directory, '*')).map((name) => join(directory, name));
  const lists = await Promise.all(
    names.map(async (path) => {
      const kind = await kindOf(root, path);
      if (kind === 'directory') return await filesBelow(root, path);
      return kind === 'other' ? [{ path, isPrecious: false }] : [];
    }),
  );
  return lists.flat();
}

/** Returns the time of the last write, in milliseconds since 1970; undefined when the file is gone. */
export async function writtenAt(root: Root, path: string): Promise<number | undefined> {
  const found = await lstat(root.path(path)).catch((cause: unknown) => absent(path, cause));
  return found?.mtimeMs;
}

/**
 * A linked directory above Docker's tree (such as /var/run) leads to where its program finds it too. Inside that tree,
 * and for a directory of Docker's or ours that is emptied, no link is their own: a person has to say what it is.
 */
async function throughLink(search: Search, path: string, rest: readonly string[]): Promise<Found[]> {
  const { root, rule, path: rulePath } = search;
  const isPrecious = rulePath.isPrecious === true;
  const leads = await resolveInRoot(root, path);
  const isEmptied = rest.length === 1 && rest[0] === '*' && rule.scope === 'docker';
  if (leads === undefined) return isEmptied ? [{ path, isPrecious }] : [];
  if ((await kindOf(root, leads)) !== 'directory') return [];
  const isDockers = rulePath.below === 'data-root' || rulePath.below === 'exec-root';
  if (isEmptied || isDockers) return [{ path, isPrecious, leads }];
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
