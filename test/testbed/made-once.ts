import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { removeTree } from './remove-tree.ts';
import { reserve } from './reservation.ts';
import { waitFor } from './wait.ts';

/** Milliseconds that the slowest of them, a Debian or a Go program, takes on a machine that does much else. */
const makingDeadline = 30 * 60_000;

/**
 * Makes a directory that later runs use as it is. A second caller waits for the first instead of making it too.
 * @param make fills an empty directory, which gets its name only once it is whole
 * @returns `place`
 */
export async function madeOnce(place: string, make: (directory: string) => Promise<void>): Promise<string> {
  const name = basename(place);
  const turn = await waitFor(
    `${place} to be made`,
    async () => (existsSync(place) ? ('made' as const) : await reserve(`making ${name}`)),
    makingDeadline,
  );
  if (turn === 'made') return place;
  const folder = dirname(place);
  try {
    if (existsSync(place)) return place;
    mkdirSync(folder, { recursive: true });
    // A run that was killed while it made the same left this.
    const prefix = `.${name}.making-`;
    for (const entry of readdirSync(folder).filter((one) => one.startsWith(prefix)))
      await removeTree(join(folder, entry));
    const making = mkdtempSync(join(folder, prefix));
    try {
      chmodSync(making, 0o755);
      await make(making);
      renameSync(making, place);
    } finally {
      await removeTree(making);
    }
    return place;
  } finally {
    await turn.release();
  }
}
