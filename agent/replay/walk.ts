import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface WalkedFile {
  /** From the root of the walk, `/…`. */
  path: string;
  inode: number;
  sizeBytes: number;
}

/** The scrub empties these, so that no clone has what is in them. */
const emptied = new Set(['/tmp', '/var/log', '/var/tmp']);

/**
 * Every regular file below a directory on the same file system, in no order. What goes away during the walk is left out.
 * Neither is what a scrub removes by the directory.
 * @param root whose own path does not show in the results
 * @param directories below it, `/…`, to which the walk is kept; those that are not there are left out
 */
export async function* walkFiles(
  root: string,
  directories: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<WalkedFile> {
  const { dev } = await lstat(root);
  const waiting = [...directories];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    signal?.throwIfAborted();
    const directory = at;
    const entries = await readdir(join(root, directory), { withFileTypes: true }).catch(() => []);
    const kept = entries.filter((entry) => entry.isFile() || entry.isDirectory());
    const looked = await Promise.all(
      kept.map(async ({ name }) => {
        const path = join(directory, name);
        const found = await lstat(join(root, path)).catch(() => undefined);
        return { path, found };
      }),
    );
    for (const { path, found } of looked) {
      if (found === undefined || found.dev !== dev) continue;
      if (found.isDirectory() && !emptied.has(path)) waiting.push(path);
      else if (found.isFile()) yield { path, inode: found.ino, sizeBytes: found.size };
    }
  }
}
