import { dirname, join } from 'node:path';
import type { Removal } from '../core/manifest.ts';
import { failAs, removeDurably, writeDurably } from '../host/durable-file.ts';
import { member, parseJson } from '../core/json.ts';
import { readRegularText } from '../host/regular-file.ts';

/**
 * The list of what a scrub will remove, written before it removes anything. A scrub that was killed and runs again still knows all of
 * it, and its seal says so. The list is removed once the root is sealed.
 */
export interface Journal {
  /** Entries in the order of removal, without duplicates. */
  removals(): Removal[];
  /** Returns once it is on the disk. @throws ParbakeError DISK_FULL, SCRUB_FAILED */
  add(removals: readonly Removal[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param manifestFile on this machine
 * @param bakeId an earlier bake's journal says nothing about this one
 */
export async function openJournal(manifestFile: string, bakeId: string): Promise<Journal> {
  const path = join(dirname(manifestFile), 'scrub-journal.json');
  const known = new Map<string, Removal>();
  let isWritten = false;
  const keyOf = ({ rule, path }: Removal): string => `${rule} ${path}`;
  for (const removal of await readJournal(path, bakeId)) known.set(keyOf(removal), removal);
  return {
    removals: () => [...known.values()],
    async add(removals) {
      const fresh = removals.filter((removal) => !known.has(keyOf(removal)));
      // Write even when there is nothing to add, so that a read-only file system shows before anything is removed.
      if (fresh.length === 0 && isWritten) return;
      for (const removal of fresh) known.set(keyOf(removal), removal);
      const text = `${JSON.stringify({ bakeId, removals: [...known.values()] })}\n`;
      await writeDurably(path, text, 0o600).catch(failAs('SCRUB_FAILED', `cannot write ${path}`));
      isWritten = true;
    },
    close: () => removeDurably(path).catch(failAs('SCRUB_FAILED', `cannot remove ${path}`)),
  };
}

/** The journal is written by rename, so it is whole or absent. Anything else is ignored. */
async function readJournal(path: string, bakeId: string): Promise<Removal[]> {
  const text = await readRegularText(path).catch(() => '{}');
  const journal = parseJson(text);
  const removals = member(journal, 'removals');
  return member(journal, 'bakeId') === bakeId && Array.isArray(removals) ? (removals as Removal[]) : [];
}
