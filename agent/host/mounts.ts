import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Root } from './root.ts';

/**
 * Mount points of this process's namespace inside a root.
 * @returns paths below the root
 */
export async function mountsInside(root: Root): Promise<string[]> {
  const dir = await realpath(root.dir).catch(() => root.dir);
  const base = dir === '/' ? '/' : `${dir}/`;
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return lines
    .map((line) => unescape(line.split(' ')[4] ?? ''))
    .filter((point) => point.startsWith(base) && point !== base)
    .map((point) => join('/', point.slice(base.length)));
}

/** The kernel writes blanks and the like as octal numbers. */
function unescape(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
