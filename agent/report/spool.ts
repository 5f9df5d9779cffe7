import {
  appendFileSync,
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { ReportRequest } from '../../proto/gen/parbake/v1/ReportRequest.ts';

/** One batch of a report, as it goes over the wire. */
export type Batch = Pick<ReportRequest, 'spans' | 'pulls' | 'starts' | 'reads' | 'samples'> & {
  sequence: number;
};

/**
 * Reports that the coordinator has not acknowledged, one line each in a file. A batch is durable before it is sent.
 * When the file is full samples go first, then the oldest batches, which are counted: an instance must not fill its disk
 * because its coordinator is away. While the disk takes nothing, a user's container having filled it, batches are kept in
 * memory alone, within the same limit: reports are not worth an agent that ends.
 */
export class Spool {
  readonly #path: string;
  readonly #bootId: string;
  readonly #maxBytes: number;
  #batches: Batch[] = [];
  #sequence = 0;
  #bytes = 0;
  readonly #onProblem: (reason: string) => void;
  /** Why the file does not hold what is here; empty when it does. */
  #problem = '';
  dropped = 0;

  /**
   * Takes up what an earlier run of this boot left. A line that a crash cut off is left out.
   * @param onProblem told once when the disk stops taking batches, and not again before it took some
   */
  constructor(
    path: string,
    bootId: string,
    maxBytes = 4 * 1024 * 1024,
    onProblem: (reason: string) => void = () => {},
  ) {
    this.#path = path;
    this.#bootId = bootId;
    this.#maxBytes = maxBytes;
    this.#onProblem = onProblem;
    const [head, ...lines] = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    const header = parseLine(head) as { bootId: string; sequence: number } | undefined;
    if (header?.bootId === bootId) {
      this.#batches = lines.flatMap((line) => (parseLine(line) as Batch | undefined) ?? []);
      this.#sequence = Math.max(header.sequence, ...this.#batches.map((batch) => batch.sequence));
    }
    // With nothing in it, it need not be durable before the first batch is.
    this.#rewrite(this.#batches.length > 0 || this.#sequence > 0);
  }

  /** Not acknowledged yet, oldest first. */
  get waiting(): readonly Batch[] {
    return this.#batches;
  }

  add(items: Omit<Batch, 'sequence'>): Batch {
    this.#sequence += 1;
    const batch = { ...items, sequence: this.#sequence };
    this.#batches.push(batch);
    const line = `${JSON.stringify(batch)}\n`;
    this.#bytes += line.length;
    if (this.#bytes > this.#maxBytes) {
      this.#batches = this.#batches.map(withoutSamples).filter((one) => !isEmpty(one));
      this.#rewrite();
    }
    if (this.#bytes > this.#maxBytes) {
      const half = Math.ceil(this.#batches.length / 2);
      this.dropped += half;
      this.#batches.splice(0, half);
      this.#rewrite();
    } else if (this.#batches.at(-1) === batch) {
      this.#append(line, !isEmpty(withoutSamples(batch)));
    }
    return batch;
  }

  /** @param sequence every batch up to this one is durable at the coordinator */
  acknowledge(sequence: number): void {
    const left = this.#batches.filter((batch) => batch.sequence > sequence);
    if (left.length === this.#batches.length) return;
    this.#batches = left;
    this.#rewrite();
  }

  #append(line: string, isDurable: boolean): void {
    // What is missing in the file comes before this line.
    if (this.#problem !== '') this.#rewrite();
    else this.#attempt(() => this.#appendLine(line, isDurable));
  }

  #attempt(write: () => void): void {
    try {
      write();
      this.#problem = '';
    } catch (cause) {
      const isNew = this.#problem === '';
      this.#problem = cause instanceof Error ? cause.message : String(cause);
      if (isNew) this.#onProblem(this.#problem);
    }
  }

  #appendLine(line: string, isDurable: boolean): void {
    const file = openSync(this.#path, 'a', 0o600);
    try {
      appendFileSync(file, line);
      if (isDurable) fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  #rewrite(flush = true): void {
    const header = JSON.stringify({ bootId: this.#bootId, sequence: this.#sequence });
    const text = `${[header, ...this.#batches.map((batch) => JSON.stringify(batch))].join('\n')}\n`;
    this.#bytes = text.length;
    this.#attempt(() => {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeFileSync(`${this.#path}.tmp`, text, { mode: 0o600, flush });
      renameSync(`${this.#path}.tmp`, this.#path);
    });
  }
}

function withoutSamples(batch: Batch): Batch {
  return { ...batch, samples: [] };
}

function isEmpty({ spans, pulls, starts, reads, samples }: Batch): boolean {
  return [spans, pulls, starts, reads, samples].every((items) => (items ?? []).length === 0);
}

function parseLine(line: string | undefined): unknown {
  try {
    return line === undefined || line === '' ? undefined : JSON.parse(line);
  } catch {
    return undefined;
  }
}
