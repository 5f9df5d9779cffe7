import type { PlaceKey } from '../core/order/place-key.ts';
import type { ObservedContainer } from '../core/order/planner.ts';
import type { ContainerEngine, DockerContainer } from '../docker/containers.ts';
import type { GatePlaces } from '../gate/places.ts';

/**
 * What there is, as Docker and the gates say. Kept between looks, because an order must not wait for Docker to list
 * what it listed a moment ago; whoever changes something says so, and what proves wrong is forgotten.
 */
export class Observation {
  readonly #engine: ContainerEngine;
  readonly #places: GatePlaces;
  #kept: DockerContainer[] | undefined;
  /** What the last look saw, even after `forget`: a container that is being removed has its places until it is gone. */
  #keys: ReadonlyMap<string, Pick<DockerContainer, 'gateKey' | 'filesKey'>> = new Map();

  constructor(engine: ContainerEngine, places: GatePlaces) {
    this.#engine = engine;
    this.#places = places;
  }

  /** @param isFresh Docker is asked, whatever was kept */
  async look(isFresh: boolean, signal: AbortSignal): Promise<ObservedContainer[]> {
    if (isFresh || this.#kept === undefined) {
      this.#kept = await this.#engine.list(signal);
      this.#keys = new Map(this.#kept.map((container) => [container.id, container]));
    }
    return this.#kept.map((container) => this.#withGate(container));
  }

  /** What was kept, without a look; empty when nothing is. */
  get last(): ObservedContainer[] {
    return (this.#kept ?? []).map((container) => this.#withGate(container));
  }

  forget(): void {
    this.#kept = undefined;
  }

  gateKeyOf(id: string): PlaceKey | undefined {
    return this.#keys.get(id)?.gateKey;
  }

  filesKeyOf(id: string): PlaceKey | undefined {
    return this.#keys.get(id)?.filesKey;
  }

  filesKeys(): Set<PlaceKey> {
    return new Set((this.#kept ?? []).flatMap(({ filesKey }) => filesKey ?? []));
  }

  gateKeys(): Set<PlaceKey> {
    return new Set((this.#kept ?? []).flatMap(({ gateKey }) => gateKey ?? []));
  }

  #withGate({ gateKey, filesKey: _filesKey, state, ...container }: DockerContainer): ObservedContainer {
    if (gateKey === undefined || state === 'created' || state === 'paused') return { ...container, state };
    const gate = this.#places.look(gateKey);
    if (gate === 'spent') return { ...container, state: 'dead' };
    if (state === 'ended') return { ...container, state: gate === 'passed' ? 'ended' : 'dead' };
    return { ...container, state: gate === 'passed' ? 'running' : gate };
  }
}
