import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { reasonOf } from '../../proto/errors/cause.ts';
import { mountPointsOf } from '../host/mounts.ts';
import type { Root } from '../host/root.ts';

/** Milliseconds: a large disk takes minutes. */
const deadline = 600_000;

/**
 * Discards the free blocks of the file systems of an image, since what was unlinked can be read from them. Only whole file systems
 * are discarded: a root that is a directory of this machine's own disk is left as it is.
 * @param dataRoot Docker's, which may be on a disk of its own
 * @param fstrim another program in tests
 * @returns what a person should know, for each file system whose free blocks stay as they are
 * @throws the abort
 */
export async function discardFreeBlocks(
  root: Root,
  dataRoot: string,
  signal: AbortSignal,
  fstrim = 'fstrim',
): Promise<string[]> {
  const points = await mountPointsOf(root, ['/', dataRoot]);
  const remarks: string[] = [];
  for (const point of points)
    try {
      // A file system frees the blocks of a deleted file only when it has written that down.
      await promisify(execFile)('sync', ['-f', root.path(point)], { signal, timeout: deadline });
      await promisify(execFile)(fstrim, [root.path(point)], { signal, timeout: deadline });
    } catch (cause) {
      if (signal.aborted) throw cause;
      const reason = reasonOf(cause).trim().split('\n').at(-1) ?? '';
      remarks.push(
        `free blocks of ${point} were not discarded, and deleted files can be read from them: ${reason}; see "Free blocks" in docs/scrub.md`,
      );
    }
  return remarks;
}
