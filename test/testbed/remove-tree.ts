import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { command } from './command.ts';

/** Removes a directory with everything below it; what is mounted there is unmounted first, and keeps its files. */
export async function removeTree(directory: string): Promise<void> {
  for (const mount of mountsBelow(directory)) await command('umount', ['--recursive', mount]);
  await rm(directory, { recursive: true, force: true });
}

/** Mount points below a directory in our own mount namespace, innermost first. */
function mountsBelow(directory: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${directory}/`))
    .reverse();
}
