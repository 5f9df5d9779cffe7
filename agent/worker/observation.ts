import type { PlaceKey } from '../core/order/place-key.ts';
import type { ObservedContainer } from '../core/order/planner.ts';
import type { ContainerEngine, DockerContainer } from '../docker/containers.ts';
import type { GatePlaces, GateState } from '../gate/places.ts';
import type { Holds } from '../hold/holds.ts';

/**
 * What there is, as Docker, the gates and the applications that read their order themselves say. Kept between looks, because an order must not wait for Docker to list
 * what it listed a moment ago; whoever changes something says so, and what proves wrong is forgotten.
 */
export class Observation {
  readonly #engine: ContainerEngine;
  readonly #places: GatePlaces;
  readonly #holds: Pick<Holds, 'look'> | undefined;
  #kept: DockerContainer[] | undefined;
  /** What the last look saw, even after `forget`: a container that is being removed has its places until it is gone. */
  #keys: ReadonlyMap<string, Pick<DockerContainer, 'gateKey' | 'holdKey' | 'filesKey'>> = new Map();

  /** @param holds undefined where no role reads its order itself */
  constructor(engine: ContainerEngine, places: GatePlaces, holds: Pick<Holds, 'look'> | undefined) {
    this.#engine = engine;
    this.#places = places;
    this.#holds = holds;
  }

  /** @param isFresh Docker is asked, whatever was kept */
  async look(isFresh: boolean, signal: AbortSignal): Promise<ObservedContainer[]> {
    if (isFresh || this.#kept === undefined) {
      this.#kept = await this.#engine.list(signal);
      this.#keys = new Map(this.#kept.map((container) => [container.id, container]));
    }
    return this.#kept.map((container) => this.#withOrder(container));
  }

  /** What was kept, without a look; empty when nothing is. */
  get last(): ObservedContainer[] {
    return (this.#kept ?? []).map((container) => this.#withOrder(container));
  }

  forget(): void {
    this.#kept = undefined;
  }

  gateKeyOf(id: string): PlaceKey | undefined {
    return this.#keys.get(id)?.gateKey;
  }

  holdKeyOf(id: string): PlaceKey | undefined {
    return this.#keys.get(id)?.holdKey;
  }

  filesKeyOf(id: string): PlaceKey | undefined {
    return this.#keys.get(id)?.filesKey;
  }

  filesKeys(): Set<PlaceKey> {
    return new Set((this.#kept ?? []).flatMap(({ filesKey }) => filesKey ?? []));
  }

  holdKeys(): Set<PlaceKey> {
    return new Set((this.#kept ?? []).flatMap(({ holdKey }) => holdKey ?? []));
  }

  gateKeys(): Set<PlaceKey> {
    return new Set((this.#kept ?? []).flatMap(({ gateKey }) => gateKey ?? []));
  }

  #withOrder(found: DockerContainer): ObservedContainer {
    const { gateKey: _gateKey, holdKey: _holdKey, filesKey: _filesKey, state, ...container } = found;
    if (state === 'created' || state === 'paused') return { ...container, state };
    const order = this.#orderOf(found);
    if (order === undefined) return { ...container, state };
    if (order === 'spent') return { ...container, state: 'dead' };
    if (state === 'ended') return { ...container, state: order === 'passed' ? 'ended' : 'dead' };
    return { ...container, state: order === 'passed' ? 'running' : order };
  }

  /** How far a container is with its order; undefined for one that waits for none. */
  #orderOf({ gateKey, holdKey }: DockerContainer): GateState | undefined {
    if (holdKey !== undefined) return this.#holds?.look(holdKey);
    return gateKey === undefined ? undefined : this.#places.look(gateKey);
  }
}
