import type { ServerResponse } from 'node:http';
import type { Changes } from '../fleet/changes.ts';

/** Milliseconds for which changes are collected before they are sent. */
const together = 250;
/** Milliseconds between two heartbeats: less than the idle timeout of proxies. */
const heartbeat = 15_000;
/** Changed instances that are named. When there are more, the page is told to reload everything. */
const maxNamed = 200;
/** Pages that may watch at a time; each has a connection. */
const maxClients = 200;

/** Who watches. */
export interface Watcher {
  /** The principal; empty where the page is open to everybody. */
  reader: string;
  /** Throws once it may not watch any more. */
  check: () => void;
}

interface Client extends Watcher {
  response: ServerResponse;
  changed: Set<string>;
  isWaiting: boolean;
}

/**
 * Tells pages by server-sent events which instances changed. A slow page is told later and less exactly, so that nothing
 * piles up for it.
 */
export class LiveChanges {
  readonly #clients = new Set<Client>();
  readonly #stop: () => void;
  readonly #beat: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;

  constructor(changes: Pick<Changes, 'watch'>) {
    this.#stop = changes.watch((instanceId) => this.#note(instanceId));
    this.#beat = setInterval(() => this.#comment(), heartbeat).unref();
  }

  get size(): number {
    return this.#clients.size;
  }

  /** Serves one page until it goes. When there are too many, the oldest page of the reader who has most makes way. */
  add(response: ServerResponse, watcher: Watcher): void {
    if (this.#clients.size >= maxClients) this.#makeWay();
    const client: Client = { ...watcher, response, changed: new Set(), isWaiting: false };
    this.#clients.add(client);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 1000\n\n');
    response.on('close', () => this.#clients.delete(client));
    response.on('drain', () => {
      client.isWaiting = false;
      this.#tell(client);
    });
  }

  #makeWay(): void {
    const byReader = [...Map.groupBy(this.#clients, ({ reader }) => reader).values()];
    const [oldest] = byReader.toSorted((one, other) => other.length - one.length)[0] ?? [];
    if (oldest !== undefined) this.#end(oldest);
  }

  #end(client: Client): void {
    this.#clients.delete(client);
    client.response.end();
  }

  close(): void {
    this.#stop();
    clearInterval(this.#beat);
    clearTimeout(this.#timer);
    for (const { response } of this.#clients) response.end();
  }

  #note(instanceId: string): void {
    if (this.#clients.size === 0) return;
    for (const { changed } of this.#clients) if (changed.size <= maxNamed) changed.add(instanceId);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const client of this.#clients) this.#tell(client);
    }, together);
  }

  #tell(client: Client): void {
    const { response, changed, isWaiting } = client;
    if (isWaiting || changed.size === 0) return;
    const named = changed.size > maxNamed ? { all: true } : { instances: [...changed] };
    changed.clear();
    client.isWaiting = !response.write(`event: changed\ndata: ${JSON.stringify(named)}\n\n`);
  }

  #comment(): void {
    for (const client of this.#clients) {
      // A token may have been revoked since, and a certificate may have expired.
      if (!mayWatch(client)) this.#end(client);
      else if (!client.isWaiting) client.isWaiting = !client.response.write(': alive\n\n');
    }
  }
}

function mayWatch({ check }: Watcher): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
