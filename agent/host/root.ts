import { join, normalize } from 'node:path';

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
