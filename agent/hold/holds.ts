import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { ContainerSpec } from '../../proto/recipe/role.ts';
import type { Order } from '../core/order/order.ts';
import type { PlaceKey } from '../core/order/place-key.ts';
import type { HoldMount } from '../docker/container-spec.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import type { PassedGates } from '../gate/passed-gates.ts';
import { gateInContainer, type GateState } from '../gate/places.ts';
import { awaitHeld, type Holding } from './await-held.ts';
import { giveOrder } from './give-order.ts';
import { holdFrame, orderDocument } from './order-document.ts';
import { HoldPlaces } from './places.ts';

/** Where a container finds its order. `/dev` is a tmpfs there, so the image's own layer stays clean. */
const shownInContainer = '/dev/.parbake/hold';

/** Orders do not get faster with more. */
const warmUpRounds = 5;
const nobodysOrder: Order = {
  assignmentId: 'warm-up',
  user: 'nobody',
  environment: '',
  role: '',
  env: {},
  files: {},
};

/** Containers that start before their user is known, and read their order themselves. Loaded only where a role has one. */
export class Holds {
  readonly #program: string;
  readonly #places: HoldPlaces;

  /**
   * @param directory on a tmpfs
   * @param program the gate, on this machine
   * @param record which orders were given, over a boot; absent where nothing outlives one
   */
  constructor(directory: string, program: string, record?: PassedGates) {
    this.#program = program;
    this.#places = new HoldPlaces(directory, program, record);
  }

  /** A place for one container. @throws ParbakeError HOLD_UNAVAILABLE, USAGE */
  async mount(name: string): Promise<HoldMount> {
    if (!existsSync(this.#program))
      throw new ParbakeError(
        'HOLD_UNAVAILABLE',
        `container ${name} cannot be given an order: there is no gate at ${this.#program}`,
      );
    const key = await this.#places.make();
    const binds = [
      `${this.#program}:${gateInContainer}:ro`,
      `${this.#places.shown(key)}:${shownInContainer}:ro`,
    ];
    return { key, binds, order: `${shownInContainer}/order`, program: gateInContainer };
  }

  look(key: PlaceKey): GateState {
    return this.#places.look(key);
  }

  /** See `awaitHeld`. */
  awaitHeld(holding: Holding, key: PlaceKey, engine: ContainerEngine, signal: AbortSignal): Promise<boolean> {
    return awaitHeld(holding, key, this.#places, engine, signal);
  }

  /**
   * Gives a held container its order, whole or not at all: one that has read half of it can only be replaced.
   * @throws ParbakeError HOLD_UNAVAILABLE, ORDER_OPENED_TWICE, ORDER_NOT_READ, GATE_REFUSED
   */
  async give(
    key: PlaceKey,
    order: Order,
    container: Pick<ContainerSpec, 'name' | 'userEnv' | 'files'>,
    instanceId: string,
  ): Promise<void> {
    const frame = holdFrame(orderDocument(order, container, instanceId));
    const given = await giveOrder(this.#places.socket(key), frame, container.name);
    if (given.kind === 'whole') return this.#places.pass(key);
    if (given.kind === 'lost') this.#places.spend(key);
    throw given.error;
  }

  /**
   * Gives orders that are nobody's to readers of its own, before anybody waits for one: code that has not run before is many
   * times slower. @throws ParbakeError as `mount` and `give` do
   */
  async warmUp(signal: AbortSignal): Promise<void> {
    for (let round = 0; round < warmUpRounds; round++) {
      signal.throwIfAborted();
      const { key } = await this.mount('warm-up');
      try {
        const read = readFile(join(this.#places.shown(key), 'order'));
        while (this.#places.readers(key) === 'none') await pause(1, signal);
        await Promise.all([this.give(key, nobodysOrder, { name: 'warm-up', userEnv: [] }, ''), read]);
      } finally {
        await this.#places.remove(key);
      }
    }
  }

  reset(key: PlaceKey): Promise<void> {
    return this.#places.reset(key);
  }

  remove(key: PlaceKey): Promise<void> {
    return this.#places.remove(key);
  }

  /** Removes every place that none of these containers has. */
  removeOthers(keys: ReadonlySet<PlaceKey>): Promise<void> {
    return this.#places.removeOthers(keys);
  }
}
