import { readFileSync } from 'node:fs';

/**
 * Reads a file of /proc or /sys. Synchronous, since the kernel answers from memory in some tens of microseconds, and a
 * thread that does it takes longer to be asked; never for a file that may be on a disk.
 * @returns undefined when it cannot be read
 */
export function readKernelFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
