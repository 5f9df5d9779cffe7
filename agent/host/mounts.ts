import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Root } from './root.ts';

/**
 * Mount points of this process's namespace inside a root.
 * @returns paths below the root
 */
export async function mountsInside(root: Root): Promise<string[]> {
  return (await mountPoints(root)).filter((point) => point !== '/');
}

/**
 * The mount points that places of an image are on. A root that is a directory of another file system has none.
 * @param places below the root
 * @returns paths below the root, each once
 */
export async function mountPointsOf(root: Root, places: readonly string[]): Promise<string[]> {
  const points = await mountPoints(root);
  const isAbove = (point: string, place: string): boolean =>
    point === '/' || place === point || place.startsWith(`${point}/`);
  const found = places.flatMap(
    (place) =>
      points.filter((point) => isAbove(point, place)).toSorted((a, b) => b.length - a.length)[0] ?? [],
  );
  return [...new Set(found)];
}

/** Mount points in a root that are memory and not a disk. @returns paths below the root */
export async function memoryMounts(root: Root): Promise<string[]> {
  return await mountPoints(root, (line) => / - tmpfs /.test(line));
}

/** Mount points in a root, `/` where the root is one itself. */
async function mountPoints(root: Root, isMeant: (line: string) => boolean = () => true): Promise<string[]> {
  const dir = await realpath(root.dir).catch(() => root.dir);
  const base = dir === '/' ? '/' : `${dir}/`;
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return lines
    .filter(isMeant)
    .map((line) => unescapeMount(line.split(' ')[4] ?? ''))
    .filter((point) => point === dir || point.startsWith(base))
    .map((point) => join('/', point.slice(dir.length)));
}

/** The kernel writes blanks and the like as octal numbers. */
export function unescapeMount(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
