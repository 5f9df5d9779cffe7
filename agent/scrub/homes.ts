import { join } from 'node:path';
import { readdir } from 'node:fs/promises';
import type { Root } from '../host/root.ts';
import { readRegularText } from '../host/regular-file.ts';
import { absent, kindOf, resolveInRoot } from '../host/resolve.ts';

/** Where accounts are listed: shadow-utils, OSTree's part below /usr, Ubuntu Core's extra users. */
const accountFiles = ['/etc/passwd', '/usr/lib/passwd', '/var/lib/extrausers/passwd'];

/** System accounts have these in place of a home. */
const notHomes = new Set(['/', '/etc', '/home', '/opt', '/srv', '/tmp', '/usr', '/var', '/var/lib']);

/** Nothing in them is on the image. */
const notOnDisk = ['/proc', '/sys', '/dev', '/run'];

/**
 * Finds the home directories of the accounts of an image, wherever they are, and every directory in /home. A link is followed
 * as a process of the image would follow it, so that no line of a hostile file leads out of the root.
 * @param payload directories of Docker's and containerd's, whose layers have homes too that belong to the images
 * @returns absolute paths below the root without links, sorted
 * @throws ParbakeError SCRUB_FAILED when a file cannot be read
 */
export async function homesOf(root: Root, payload: readonly string[]): Promise<string[]> {
  const named = [...(await Promise.all(accountFiles.map((file) => accountHomes(root, file)))).flat()];
  const inHome = await readdir(root.path('/home')).catch((cause: unknown) => absent('/home', cause));
  const candidates = ['/root', ...(inHome ?? []).map((name) => join('/home', name)), ...named];
  const resolved = await Promise.all(
    [...new Set(candidates)].map(async (home) => {
      const place = await resolveInRoot(root, home);
      return place !== undefined && (await kindOf(root, place)) === 'directory' ? [place] : [];
    }),
  );
  const isIn = (place: string, directory: string): boolean =>
    place === directory || place.startsWith(`${directory}/`);
  return [...new Set(resolved.flat())]
    .filter((place) => !notHomes.has(place) && ![...notOnDisk, ...payload].some((one) => isIn(place, one)))
    .sort();
}

async function accountHomes(root: Root, file: string): Promise<string[]> {
  const place = await resolveInRoot(root, file);
  if (place === undefined) return [];
  const text = await readRegularText(root.path(place)).catch((cause: unknown) => absent(file, cause));
  return (text ?? '')
    .split('\n')
    .map((line) => line.split(':')[5] ?? '')
    .filter(isPath);
}

/** A name that is too long cannot be on the disk, and looking it up would fail. */
function isPath(home: string): boolean {
  return /^\/\P{Cc}*$/u.test(home) && home.length < 1024 && home.split('/').every((name) => name.length < 64);
}
