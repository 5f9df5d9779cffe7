import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf } from '../../proto/errors/cause.ts';
import type { Logger } from '../../proto/process/log.ts';
import { parseJson } from '../core/json.ts';
import { placeKeyFrom, type PlaceKey } from '../core/order/place-key.ts';
import { writeDurably } from '../host/durable-file.ts';

/** Milliseconds between a change and its way to the disk: an order does not share the disk with it. */
const delay = 100;
/** The same after the disk has refused it. */
const retryDelay = 5_000;

/**
 * Which gates were given their order, on the disk: what the gates and the agent say to each other is on a tmpfs, and after a
 * boot a container that has had its user would look like one that has not.
 */
export class PassedGates {
  readonly #path: string;
  readonly #logger: Logger;
  readonly #keys: Set<PlaceKey>;
  #isScheduled = false;
  #isWriting = false;
  #isFailing = false;

  /** @param path on the disk, where no container can write */
  constructor(path: string, logger: Logger) {
    this.#path = path;
    this.#logger = logger;
    this.#keys = read(path);
  }

  has(key: PlaceKey): boolean {
    return this.#keys.has(key);
  }

  add(key: PlaceKey): void {
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    this.#schedule(delay);
  }

  delete(key: PlaceKey): void {
    if (this.#keys.delete(key)) this.#schedule(delay);
  }

  /** Forgets all others. */
  keepOnly(keys: ReadonlySet<PlaceKey>): void {
    for (const key of this.#keys) if (!keys.has(key)) this.delete(key);
  }

  #schedule(ms: number): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setTimeout(() => void this.#write(), ms).unref();
  }

  async #write(): Promise<void> {
    this.#isScheduled = false;
    // What changes meanwhile is written next.
    if (this.#isWriting) return this.#schedule(delay);
    this.#isWriting = true;
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      await writeDurably(this.#path, JSON.stringify([...this.#keys]), 0o600);
      this.#isFailing = false;
    } catch (cause) {
      if (!this.#isFailing)
        this.#logger.warn({ reason: reasonOf(cause) }, 'cannot store which gates have passed, retrying');
      this.#isFailing = true;
      this.#schedule(retryDelay);
    } finally {
      this.#isWriting = false;
    }
  }
}

/** A file that is not whole counts as absent: containers are then judged by what the tmpfs says. */
function read(path: string): Set<PlaceKey> {
  try {
    const keys: unknown = parseJson(readFileSync(path, 'utf8'));
    if (!Array.isArray(keys)) return new Set();
    return new Set(
      keys.flatMap((key: unknown) => (typeof key === 'string' ? (placeKeyFrom(key) ?? []) : [])),
    );
  } catch {
    return new Set();
  }
}
