import { randomBytes } from 'node:crypto';
import { constants, existsSync, lstatSync, rmSync, writeFileSync } from 'node:fs';
import { access, chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { PassedGates } from './passed-gates.ts';
import { newPlaceKey, placeKeyBytes, placeKeyFrom, type PlaceKey } from '../core/order/place-key.ts';

/** Path of the gate's program below the root of an image. */
export const gatePath = '/usr/lib/parbake/gate';

/** Paths of the gate's two parts in a container. `/dev` is a tmpfs there, so the image's own layer stays clean. */
export const gateInContainer = '/dev/.parbake/gate';
const ioInContainer = '/dev/.parbake/io';
export const socketInContainer = `${ioInContainer}/s`;

/** Size of a Unix socket's path in bytes, with its NUL and the gate's suffix for a socket that does not listen yet. */
const maxSocketPath = 107;

/** State of a container's gate, whatever Docker says about the container. */
export type GateState =
  /** It has not listened yet. */
  | 'coming_up'
  | 'waiting'
  /** It was given its order. Nothing that the container does changes that. */
  | 'passed'
  /** It can take no order any more: it did not take the one that it was given, or the agent ended before it gave it. */
  | 'spent';

/** The directories in which gates and the agent meet, one for each container below `run/parbake/gate`. */
export class GatePlaces {
  readonly #directory: string;
  readonly #program: string;
  readonly #record: PassedGates | undefined;
  /** Keys of gates that were seen waiting. */
  readonly #noted = new Set<string>();
  /** Keys of gates that were given their order. */
  readonly #passed = new Set<string>();

  /**
   * @param directory on a tmpfs, since its content is meaningless after a reboot
   * @param program the gate, on this machine
   * @param record what a boot must not make forgotten; absent where nothing outlives one
   */
  constructor(directory: string, program: string, record?: PassedGates) {
    this.#directory = directory;
    this.#program = program;
    this.#record = record;
  }

  /** Whether containers can be gated here. */
  async isAvailable(): Promise<boolean> {
    return await access(this.#program, constants.X_OK).then(
      () => true,
      () => false,
    );
  }

  /** The directory above them, which only root can enter from outside the containers. */
  async directory(): Promise<string> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    return this.#directory;
  }

  /** Makes a place for one container. @throws ParbakeError USAGE when a socket's path would be too long */
  async make(): Promise<PlaceKey> {
    const key = newPlaceKey(randomBytes(placeKeyBytes));
    const path = this.socket(key);
    if (Buffer.byteLength(path) >= maxSocketPath)
      throw new ParbakeError('USAGE', `${path} is too long for a Unix socket: choose a shorter --root`);
    await this.directory();
    await this.#makeIo(key);
    return key;
  }

  /** Returns Docker's bind mounts for a container with this place. */
  binds(key: PlaceKey): string[] {
    return [this.programBind, `${this.#io(key)}:${ioInContainer}:rw`];
  }

  /** Docker's bind mount of the gate alone. */
  get programBind(): string {
    return `${this.#program}:${gateInContainer}:ro`;
  }

  socket(key: PlaceKey): string {
    return join(this.#io(key), 's');
  }

  /**
   * The user that a waiting gate runs as, which is the container's: it made the socket, and nothing else ran in the
   * container before. Also right where the Engine remaps users.
   * @returns undefined when it does not wait
   */
  userOf(key: PlaceKey): { uid: number; gid: number } | undefined {
    const socket = lstatSync(this.socket(key), { throwIfNoEntry: false });
    return socket?.isSocket() === true ? { uid: socket.uid, gid: socket.gid } : undefined;
  }

  /**
   * How far the gate is. The agent notes where it saw one wait, outside of what the container can write, so a missing
   * directory means that it got its order, also to an agent that was restarted; after a boot, the record on the disk says
   * so. Synchronous, since the path of an order asks.
   */
  look(key: PlaceKey): GateState {
    if (this.#passed.has(key) || this.#record?.has(key) === true) return 'passed';
    if (existsSync(this.#spentMark(key))) return 'spent';
    // A link could lead to any socket of the machine.
    const isSocket = lstatSync(this.socket(key), { throwIfNoEntry: false })?.isSocket() === true;
    if (!isSocket) {
      if (!this.#isNoted(key)) return 'coming_up';
      if (existsSync(this.#io(key))) return 'spent';
      this.#passed.add(key);
      this.#record?.add(key);
      return 'passed';
    }
    if (!this.#isNoted(key)) writeFileSync(this.#waitingMark(key), '');
    this.#noted.add(key);
    return 'waiting';
  }

  #isNoted(key: PlaceKey): boolean {
    return this.#noted.has(key) || existsSync(this.#waitingMark(key));
  }

  /**
   * Takes the gate's directory away, before its order is sent over a connection that is open already. Until then, only the
   * gate runs in the container; the user's code that follows finds a directory in which nothing can be created.
   */
  close(key: PlaceKey): void {
    rmSync(this.#io(key), { recursive: true, force: true });
  }

  /** The gate did not take its order after `close`: only another container can. */
  spend(key: PlaceKey): void {
    writeFileSync(this.#spentMark(key), '');
    this.#passed.delete(key);
    this.#record?.delete(key);
  }

  /** Its container is started again: its gate has not listened yet. */
  async reset(key: PlaceKey): Promise<void> {
    await this.remove(key);
    await this.#makeIo(key);
  }

  async remove(key: PlaceKey): Promise<void> {
    this.#noted.delete(key);
    this.#passed.delete(key);
    this.#record?.delete(key);
    await rm(join(this.#directory, key), { recursive: true, force: true });
  }

  /** Removes every place that none of these containers has. */
  async removeOthers(keys: ReadonlySet<PlaceKey>): Promise<void> {
    this.#record?.keepOnly(keys);
    const found = await readdir(this.#directory).catch(() => []);
    const others = found.flatMap((name) => placeKeyFrom(name) ?? []).filter((key) => !keys.has(key));
    await Promise.all(others.map((key) => this.remove(key)));
  }

  async #makeIo(key: PlaceKey): Promise<void> {
    // The image's user, whoever it is, must be able to create the socket.
    const io = this.#io(key);
    await mkdir(io, { recursive: true });
    await chmod(io, 0o777);
  }

  #io(key: PlaceKey): string {
    return join(this.#directory, key, 'io');
  }

  #waitingMark(key: PlaceKey): string {
    return join(this.#directory, key, 'up');
  }

  #spentMark(key: PlaceKey): string {
    return join(this.#directory, key, 'spent');
  }
}
