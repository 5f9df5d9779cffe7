import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A bundle's files: its program, the daemon, and the commands that it loads. */
const partPattern = /^parbake-agent(?:-\w+)?\.[cm]?js$/;

/**
 * What the installed agent is, to the byte; the daemon's startup snapshot is made of it, and differs each time.
 * @param file any file of the bundle
 * @returns SHA-256, hex, of what `LC_ALL=C sha256sum parbake-agent*js` prints beside it; undefined when sources run
 */
export async function bundleSha256(file = fileURLToPath(import.meta.url)): Promise<string | undefined> {
  const directory = dirname(file);
  const parts = (await readdir(directory)).filter((name) => partPattern.test(name)).sort();
  if (parts.length === 0) return undefined;
  const lines = await Promise.all(
    parts.map(async (name) => `${sha256(await readFile(join(directory, name)))}  ${name}\n`),
  );
  return sha256(lines.join(''));
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
