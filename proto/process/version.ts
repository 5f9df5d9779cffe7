import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's version, from the nearest package.json above this file. */
export function packageVersion(): string {
  const file = packageFileAbove(dirname(fileURLToPath(import.meta.url)));
  const parsed: unknown = file === undefined ? undefined : JSON.parse(readFileSync(file, 'utf8'));
  const version =
    typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined;
  return typeof version === 'string' ? version : 'unknown';
}

/** A bundle lies one directory below its package.json, this source file two. */
function packageFileAbove(directory: string): string | undefined {
  const file = join(directory, 'package.json');
  if (existsSync(file)) return file;
  const parent = dirname(directory);
  return parent === directory ? undefined : packageFileAbove(parent);
}

/** Put in its place when a program is bundled in a checkout. */
declare const PARBAKE_COMMIT: string | undefined;

/** The commit that a bundle was made of, with `-dirty` behind it where files differed; undefined when that is not known. */
export function buildCommit(): string | undefined {
  return typeof PARBAKE_COMMIT === 'string' ? PARBAKE_COMMIT : undefined;
}
