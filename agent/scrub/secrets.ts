import { constants } from 'node:fs';
import { open, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { eachBounded } from '../../proto/process/bounded.ts';
import { secretKind } from '../core/secret-patterns.ts';
import type { Root } from '../host/root.ts';
import { absent } from '../host/resolve.ts';
import type { Places } from './locate.ts';
import { secretException } from './rules/secret-exception.ts';

/** A file with something that only its owner should have. */
export interface PrivateFile {
  /** Below the root. */
  path: string;
  kind: string;
}

/** Where people and tools put their keys. What packages bring is below /usr, and what Docker has is another rule's. */
const searched = ['/etc', '/root', '/home', '/opt', '/srv'];

/** System accounts have these for a home, with nothing in them but what packages bring. */
const packages = ['/usr', '/bin', '/sbin', '/lib'];

/** A file is read whole up to this size; of a larger one, which is data or a program, only its beginning. Bytes. */
const wholeFile = 1024 ** 2;
const beginning = 64 * 1024;

const atOnce = 8;

/**
 * Searches for private keys, tokens and logins. A list of paths knows only the tools that it was written for. Only regular
 * files are opened, and no link is followed.
 * @param covered paths that rules answer for, with what is below them
 * @param keep exceptions
 * @throws ParbakeError SCRUB_FAILED when something cannot be read
 */
export async function searchPrivate(
  { root, dataRoot, homes }: Pick<Places, 'root' | 'dataRoot' | 'homes'>,
  covered: readonly string[],
  keep: readonly string[],
  signal: AbortSignal,
): Promise<PrivateFile[]> {
  const excepted = keep.flatMap((id) =>
    id.startsWith(secretException) ? [id.slice(secretException.length)] : [],
  );
  const skipped = new Set([dataRoot, ...covered]);
  const files: string[] = [];
  const others = homes.filter(
    (home) =>
      !packages.some((one) => isIn(home, one)) &&
      ![...searched, ...homes].some((one) => one !== home && isIn(home, one)),
  );
  for (const directory of new Set([...searched, ...others])) await listFiles(root, directory, skipped, files);
  const wanted = files.filter((path) => !excepted.some((one) => isExcepted(path, one)));
  const found = await eachBounded(wanted, atOnce, signal, async (path) => {
    const content = await readBeginning(root, path);
    const kind = content === undefined ? undefined : secretKind(path, content);
    return kind === undefined ? [] : [{ path, kind }];
  });
  return found.flat();
}

function isIn(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

function isExcepted(path: string, exception: string): boolean {
  return exception.endsWith('/') ? path.startsWith(exception) : path === exception;
}

async function listFiles(
  root: Root,
  directory: string,
  skipped: ReadonlySet<string>,
  files: string[],
): Promise<void> {
  const entries = await opendir(root.path(directory)).catch((cause: unknown) => absent(directory, cause));
  if (entries === undefined) return;
  for await (const entry of entries) {
    const path = join(directory, entry.name);
    if (skipped.has(path)) continue;
    if (entry.isDirectory()) await listFiles(root, path, skipped, files);
    else if (entry.isFile()) files.push(path);
  }
}

/** @returns undefined for a program, and for what has ceased to be a regular file */
async function readBeginning(root: Root, path: string): Promise<string | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(root.path(path), flags).catch((cause: unknown) => absent(path, cause));
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return undefined;
    const bytes = Buffer.alloc(stats.size <= wholeFile ? stats.size : beginning);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const isProgram = bytes.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'));
    return isProgram ? undefined : bytes.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** For messages. */
export function privateFileText({ path, kind }: PrivateFile): string {
  return `${path} (${kind})`;
}
