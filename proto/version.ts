import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's version, from the nearest package.json above this file. */
export function packageVersion(): string {
  const file = join(dirname(fileURLToPath(import.meta.url)), '../package.json');
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const version =
    typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined;
  return typeof version === 'string' ? version : 'unknown';
}

/** Put in its place when a program is bundled in a checkout. */
declare const PARBAKE_COMMIT: string | undefined;

/** The commit that a bundle was made of, with `-dirty` behind it where files differed; undefined when that is not known. */
export function buildCommit(): string | undefined {
  return typeof PARBAKE_COMMIT === 'string' ? PARBAKE_COMMIT : undefined;
}
