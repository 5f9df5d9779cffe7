import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../testbed/command.ts';

/** Bytes that are written at a time, down to the last ones. */
const pieces = [1024 ** 2, 4_096, 1];

/** A disk that has room for a store, and can be filled. */
export class SmallDisk {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** @param directory is made, and the disk is mounted there; it takes root */
  static async mount(directory: string): Promise<SmallDisk> {
    mkdirSync(directory);
    await command('mount', ['-t', 'tmpfs', '-o', 'size=512m', 'tmpfs', directory]);
    return new SmallDisk(directory);
  }

  /** Leaves not a byte. */
  fill(): void {
    const file = openSync(this.#filler, 'w');
    for (const piece of pieces) {
      try {
        for (;;) writeSync(file, Buffer.alloc(piece));
      } catch {
        // A smaller piece may fit.
      }
    }
    closeSync(file);
  }

  free(): void {
    rmSync(this.#filler, { force: true });
  }

  async unmount(): Promise<void> {
    await command('umount', [this.directory]);
  }

  get #filler(): string {
    return join(this.directory, 'filler');
  }
}
