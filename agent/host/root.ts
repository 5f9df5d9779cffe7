import { statSync } from 'node:fs';
import { join, normalize, resolve } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';

/** The file system an agent works on: `/`, or the directory where an image's root is mounted. */
export interface Root {
  readonly dir: string;
  /** The real path of an absolute path below the root. Symbolic links are not resolved. */
  path(absolute: string): string;
}

export function rootAt(dir: string): Root {
  const base = normalize(dir);
  return { dir: base, path: (absolute) => join(base, normalize(`/${absolute}`)) };
}

/**
 * What `--root` names. A place that is not there would look like one where nothing was ever baked.
 * @throws ParbakeError USAGE
 */
export function givenRoot(dir: string): Root {
  const path = resolve(dir);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new ParbakeError('USAGE', `--root ${dir} is not a directory: is the image mounted there?`);
  return rootAt(path);
}
