import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { entriesIn, type Entry } from './history.ts';

/** A process's own part of a history, in a file that outlives a kill of the process: the kernel has what was written. */
export class Journal {
  /** What the processes before it wrote. */
  readonly before: readonly Entry[];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.before = entriesOf(file);
    // The line that a kill cut off ends here.
    if (this.before.length > 0) appendFileSync(file, '\n');
  }

  write(entry: Entry): void {
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }
}

/** Every whole entry of a journal that there may be. */
export function entriesOf(file: string): Entry[] {
  return existsSync(file) ? entriesIn(readFileSync(file, 'utf8')) : [];
}
