import { randomBytes } from 'node:crypto';
import { constants, existsSync, writeFileSync } from 'node:fs';
import { access, chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';

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
  /** It has taken its order and is gone. */
  | 'passed';

/** The directories in which gates and the agent meet, one for each container below `run/parbake/gate`. */
export class GatePlaces {
  readonly #directory: string;
  readonly #program: string;
  /** Keys of gates that were seen waiting. */
  readonly #noted = new Set<string>();

  /**
   * @param directory on a tmpfs, since its content is meaningless after a reboot
   * @param program the gate, on this machine
   */
  constructor(directory: string, program: string) {
    this.#directory = directory;
    this.#program = program;
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
  async make(): Promise<string> {
    const key = randomBytes(6).toString('hex');
    const path = this.socket(key);
    if (Buffer.byteLength(path) >= maxSocketPath)
      throw new ParbakeError('USAGE', `${path} is too long for a Unix socket: choose a shorter --root`);
    // The image's user, whoever it is, must be able to create the socket.
    const io = join(await this.directory(), key, 'io');
    await mkdir(io, { recursive: true });
    await chmod(io, 0o777);
    return key;
  }

  /** Returns Docker's bind mounts for a container with this place. */
  binds(key: string): string[] {
    return [
      `${this.#program}:${gateInContainer}:ro`,
      `${join(this.#directory, key, 'io')}:${ioInContainer}:rw`,
    ];
  }

  socket(key: string): string {
    return join(this.#directory, key, 'io/s');
  }

  /**
   * How far the gate is. One that is seen waiting is noted for good: its absence can then mean only that it took its
   * order, also for an agent that was started anew. Synchronous, since it is asked on the way of an order.
   */
  look(key: string): GateState {
    if (!existsSync(this.socket(key))) return this.#isNoted(key) ? 'passed' : 'coming_up';
    if (!this.#isNoted(key)) writeFileSync(this.#mark(key), '');
    this.#noted.add(key);
    return 'waiting';
  }

  #isNoted(key: string): boolean {
    return this.#noted.has(key) || existsSync(this.#mark(key));
  }

  /** Its container is started again: its gate has not listened yet. */
  async reset(key: string): Promise<void> {
    this.#noted.delete(key);
    await rm(this.socket(key), { force: true });
    await rm(this.#mark(key), { force: true });
  }

  async remove(key: string): Promise<void> {
    this.#noted.delete(key);
    await rm(join(this.#directory, key), { recursive: true, force: true });
  }

  /** Removes every place that none of these containers has. */
  async removeOthers(keys: ReadonlySet<string>): Promise<void> {
    const found = await readdir(this.#directory).catch(() => []);
    await Promise.all(found.filter((key) => !keys.has(key)).map((key) => this.remove(key)));
  }

  #mark(key: string): string {
    return join(this.#directory, key, 'up');
  }
}
