import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { Route } from '../../core/route.ts';
import type { RouteFeed } from '../feed.ts';
import type { Publisher } from '../publisher.ts';
import { RuntimeApi } from './runtime-api.ts';

/** An entry that no host name can be. It says whose map this is and how far it is. */
const marker = '_parbake';
/** More changes than this at once are a swap of the whole map. */
const maxSingly = 50;

/**
 * Keeps one map of a HAProxy: the host name, and `address/port/generation`. HAProxy forgets what it was told when it is
 * restarted or reloaded, and then the marker is gone too.
 */
export class HaproxyPublisher implements Publisher {
  readonly name: string;
  readonly #api: RuntimeApi;
  readonly #map: string;
  /** What the marker must say; another coordinator's is not ours. */
  #mark = '';

  /** @param map its file, as the configuration names it */
  constructor(name: string, socket: string, map: string) {
    this.name = name;
    this.#api = new RuntimeApi(socket);
    this.#map = map;
  }

  async publish(changes: readonly Route[], feed: RouteFeed): Promise<void> {
    const { generation } = feed;
    if (changes.length > maxSingly || !(await this.#isOurs())) return await this.#publishAll(feed);
    for (const route of changes) await this.#publishOne(route);
    // A HAProxy that was restarted meanwhile does not have it, and has nothing else either.
    const mark = markOf(generation);
    if (await this.#api.set(this.#map, marker, mark)) this.#mark = mark;
    else await this.#publishAll(feed);
  }

  async verify(feed: RouteFeed): Promise<boolean> {
    if (await this.#isOurs()) return false;
    await this.#publishAll(feed);
    return true;
  }

  async #isOurs(): Promise<boolean> {
    return this.#mark !== '' && (await this.#api.get(this.#map, marker)) === this.#mark;
  }

  async #publishOne(route: Route): Promise<void> {
    const value = valueOf(route);
    if (value === undefined) await this.#api.delete(this.#map, route.name);
    else if (!(await this.#api.set(this.#map, route.name, value)))
      await this.#api.add(this.#map, route.name, value);
  }

  async #publishAll(feed: RouteFeed): Promise<void> {
    const mark = markOf(feed.generation);
    const entries = feed.all().flatMap((route) => {
      const value = valueOf(route);
      return value === undefined ? [] : [[route.name, value] as const];
    });
    await this.#api.replace(this.#map, [[marker, mark], ...entries]);
    this.#mark = mark;
  }
}

function markOf(generation: number): string {
  return `${generation}/${randomUUID()}`;
}

/** @returns undefined for what is not in the map: HAProxy would not know what to do with it */
function valueOf({ state, target, scheme, generation }: Route): string | undefined {
  if (state !== 'PUBLISHED' || target === undefined || scheme !== 'HTTP' || isIP(target.host) === 0)
    return undefined;
  return `${target.host}/${target.port}/${generation}`;
}
