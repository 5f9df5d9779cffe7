import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { newPlaceKey, placeKeyBytes, placeKeyFrom, type PlaceKey } from '../core/order/place-key.ts';
import type { PassedGates } from '../gate/passed-gates.ts';
import type { GateState } from '../gate/places.ts';
import { startWriter } from './writer.ts';

/** Size of a Unix socket's path in bytes, with its NUL and the suffix that it has until it listens. */
const maxSocketPath = 107;

/** Who has an order open. */
export type Readers = 'none' | 'one' | 'several';

/**
 * The directories of orders that applications read themselves, one for each container below `run/parbake/hold`. What is in one
 * is described in packaging/gate/hold.h; containers see its `io` only, and read-only.
 */
export class HoldPlaces {
  readonly #directory: string;
  readonly #program: string;
  readonly #record: PassedGates | undefined;
  /** Keys of places whose order was given. */
  readonly #passed = new Set<PlaceKey>();
  /** The last writer of each place that this agent started one for. */
  readonly #writers = new Map<PlaceKey, symbol>();

  /**
   * @param directory on a tmpfs: nothing of an order is ever on a disk
   * @param program the gate, on this machine
   * @param record what a boot must not make forgotten
   */
  constructor(directory: string, program: string, record?: PassedGates) {
    this.#directory = directory;
    this.#program = program;
    this.#record = record;
  }

  /** Makes a place with its writer for one container. @throws ParbakeError HOLD_UNAVAILABLE, USAGE */
  async make(): Promise<PlaceKey> {
    const key = newPlaceKey(randomBytes(placeKeyBytes));
    const path = this.socket(key);
    if (Buffer.byteLength(path) >= maxSocketPath)
      throw new ParbakeError('USAGE', `${path} is too long for a Unix socket: choose a shorter --root`);
    await this.#open(key);
    return key;
  }

  /** What a container sees of its place. */
  shown(key: PlaceKey): string {
    return join(this.#directory, key, 'io');
  }

  socket(key: PlaceKey): string {
    return join(this.#directory, key, 's');
  }

  readers(key: PlaceKey): Readers {
    if (existsSync(join(this.#directory, key, 'several'))) return 'several';
    return existsSync(join(this.#directory, key, 'reads')) ? 'one' : 'none';
  }

  /** Its application is as far as it has to be before anybody may order it. */
  noteHeld(key: PlaceKey): void {
    writeFileSync(this.#heldMark(key), '');
  }

  /**
   * How far the application is with its order. The writer removes the FIFO before it gives the order, so a missing one means
   * that the order was given, also to an agent that was restarted. Synchronous, since the path of an order asks.
   */
  look(key: PlaceKey): GateState {
    if (this.#passed.has(key) || this.#record?.has(key) === true) return 'passed';
    if (existsSync(this.#spentMark(key))) return 'spent';
    if (!existsSync(this.#heldMark(key))) return 'coming_up';
    if (existsSync(join(this.shown(key), 'order')))
      return this.readers(key) === 'one' ? 'waiting' : 'coming_up';
    this.pass(key);
    return 'passed';
  }

  /** Its order was given. */
  pass(key: PlaceKey): void {
    this.#passed.add(key);
    this.#record?.add(key);
  }

  /** Nothing can be given there any more: only another container can take an order. */
  spend(key: PlaceKey): void {
    writeFileSync(this.#spentMark(key), '');
    this.#passed.delete(key);
    this.#record?.delete(key);
  }

  /** Its container is started again, and reads an order again. @throws ParbakeError HOLD_UNAVAILABLE */
  async reset(key: PlaceKey): Promise<void> {
    await this.remove(key);
    await this.#open(key);
  }

  async remove(key: PlaceKey): Promise<void> {
    this.#passed.delete(key);
    this.#writers.delete(key);
    this.#record?.delete(key);
    // The writer ends when the FIFO goes, and leaves no mark behind afterwards.
    await rm(this.shown(key), { recursive: true, force: true });
    await rm(join(this.#directory, key), { recursive: true, force: true, maxRetries: 5, retryDelay: 10 });
  }

  /** Removes every place that none of these containers has. */
  async removeOthers(keys: ReadonlySet<PlaceKey>): Promise<void> {
    this.#record?.keepOnly(keys);
    const found = await readdir(this.#directory).catch(() => []);
    const others = found.flatMap((name) => placeKeyFrom(name) ?? []).filter((key) => !keys.has(key));
    await Promise.all(others.map((key) => this.remove(key)));
  }

  async #open(key: PlaceKey): Promise<void> {
    // Outside of containers only root gets there.
    await mkdir(join(this.#directory, key), { recursive: true, mode: 0o700 });
    await mkdir(this.shown(key));
    await chmod(this.shown(key), 0o755);
    const writer = Symbol(key);
    this.#writers.set(key, writer);
    await startWriter(this.#program, join(this.#directory, key), () => this.#writerEnded(key, writer));
  }

  /** A writer removes the FIFO before it gives an order. One that was killed before leaves it behind. */
  #writerEnded(key: PlaceKey, writer: symbol): void {
    if (this.#writers.get(key) === writer && existsSync(join(this.shown(key), 'order'))) this.spend(key);
  }

  #heldMark(key: PlaceKey): string {
    return join(this.#directory, key, 'held');
  }

  #spentMark(key: PlaceKey): string {
    return join(this.#directory, key, 'spent');
  }
}
