import {
  appendFileSync,
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf } from '../../proto/errors/cause.ts';
import type { ReportRequest } from '../../proto/gen/parbake/v1/ReportRequest.ts';
import { writeDurablySync } from '../host/durable-file.ts';
import { parseJson } from '../core/json.ts';

/** One batch of a report, as it goes over the wire. */
export type Batch = Pick<ReportRequest, 'spans' | 'pulls' | 'starts' | 'reads' | 'samples'> & {
  sequence: number;
};

/**
 * Reports that the coordinator has not acknowledged, one line each in a file. A batch is durable before it is sent.
 * An instance must not fill its disk because its coordinator is unreachable: at the limit samples go first, then the
 * oldest batches, which are counted. While the disk is full, which a user's container can cause, batches stay in memory,
 * within the same limit: a report must not end the agent.
 */
export class Spool {
  readonly #path: string;
  readonly #bootId: string;
  readonly #maxBytes: number;
  #batches: Batch[] = [];
  #sequence = 0;
  #bytes = 0;
  readonly #onProblem: (reason: string) => void;
  /** Whether the file holds all batches and ends with a whole line. */
  #isWhole = false;
  /** Why the last write failed; empty when it did not. */
  #problem = '';
  dropped = 0;

  /**
   * Continues with what an earlier run of this boot left, without a line that a crash cut off. Writes nothing: a start
   * of the agent need not wait for the disk.
   * @param onProblem called once when writing fails, and not again before a write succeeded
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
    const [head, ...lines] = this.#readLines();
    const header = parseLine(head);
    if (isHeader(header) && header.bootId === bootId) {
      this.#batches = lines.map(parseLine).filter(isBatch);
      this.#sequence = Math.max(header.sequence, ...this.#batches.map((batch) => batch.sequence));
    }
    this.#bytes = this.#batches.reduce((sum, batch) => sum + JSON.stringify(batch).length, 0);
  }

  /** What cannot be read is moved aside: reports are not worth an agent that ends. */
  #readLines(): string[] {
    if (!existsSync(this.#path)) return [];
    try {
      return readFileSync(this.#path, 'utf8').split('\n');
    } catch (cause) {
      this.#onProblem(reasonOf(cause));
      this.#attempt(() => renameSync(this.#path, `${this.#path}.broken`));
      return [];
    }
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

  /** The coordinator will never take it. */
  dropOldest(): void {
    const [oldest] = this.#batches;
    if (oldest === undefined) return;
    this.dropped += 1;
    this.acknowledge(oldest.sequence);
  }

  #append(line: string, isDurable: boolean): void {
    if (this.#isWhole) this.#attempt(() => this.#appendLine(line, isDurable));
    else this.#rewrite();
  }

  #attempt(write: () => void): void {
    try {
      write();
      this.#problem = '';
    } catch (cause) {
      const isNew = this.#problem === '';
      this.#isWhole = false;
      this.#problem = reasonOf(cause);
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

  #rewrite(): void {
    const header = JSON.stringify({ bootId: this.#bootId, sequence: this.#sequence });
    const text = `${[header, ...this.#batches.map((batch) => JSON.stringify(batch))].join('\n')}\n`;
    this.#bytes = text.length;
    this.#attempt(() => {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeDurablySync(this.#path, text, 0o600);
      this.#isWhole = true;
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
  return parseJson(line ?? '');
}

function isHeader(value: unknown): value is { bootId: string; sequence: number } {
  return hasSequence(value) && 'bootId' in value && typeof value.bootId === 'string';
}

/** A line that a crash or a failing disk left half is not one; what is inside is the coordinator's to check. */
function isBatch(value: unknown): value is Batch {
  const lists = ['spans', 'pulls', 'starts', 'reads', 'samples'];
  return (
    hasSequence(value) &&
    Object.entries(value).every(([key, each]) => !lists.includes(key) || Array.isArray(each))
  );
}

function hasSequence(value: unknown): value is { sequence: number } {
  const isObject = typeof value === 'object' && value !== null && 'sequence' in value;
  return isObject && Number.isSafeInteger(value.sequence) && Number(value.sequence) >= 0;
}
