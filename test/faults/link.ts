import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Which way nothing gets through. What is sent meanwhile arrives late, or never, if the connection is given up first. */
export type Cut = 'both' | 'to the coordinator' | 'to the agents';

interface Pair {
  agent: Socket;
  coordinator: Socket;
}

/** The network between agents and their coordinator, which can be cut in one way or both. */
export class Link {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  readonly #target: { host: string; port: number };
  #cut: Cut | undefined;

  private constructor(server: Server, target: { host: string; port: number }) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (agent) => this.#join(agent));
  }

  /** @param host where it listens. @param target `host:port` of the coordinator, which may be started again there */
  static async open(host: string, target: string): Promise<Link> {
    const at = target.lastIndexOf(':');
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
    return new Link(server, { host: target.slice(0, at), port: Number(target.slice(at + 1)) });
  }

  /** `host:port` for agents. */
  get address(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `${address}:${port}`;
  }

  cut(way: Cut): void {
    this.#cut = way;
    for (const pair of this.#pairs) this.#apply(pair);
  }

  /** @param isLost what was on its way is lost, with the connections that it was on */
  heal(isLost: boolean): void {
    this.#cut = undefined;
    for (const pair of this.#pairs)
      if (isLost) pair.agent.destroy();
      else this.#apply(pair);
  }

  async close(): Promise<void> {
    for (const { agent } of this.#pairs) agent.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(agent: Socket): void {
    const coordinator = connect(this.#target);
    const pair = { agent, coordinator };
    this.#pairs.add(pair);
    for (const [from, to] of [
      [agent, coordinator],
      [coordinator, agent],
    ] as const) {
      from.setNoDelay(true);
      from.on('data', (data) => void (to.write(data) || from.pause()));
      to.on('drain', () => this.#apply(pair));
      from.on('error', () => from.destroy());
      from.on('close', () => {
        this.#pairs.delete(pair);
        to.destroy();
      });
    }
    coordinator.on('connect', () => this.#apply(pair));
  }

  #apply({ agent, coordinator }: Pair): void {
    const isOpen = (way: Cut): boolean => this.#cut !== 'both' && this.#cut !== way;
    for (const [from, way] of [
      [agent, 'to the coordinator'],
      [coordinator, 'to the agents'],
    ] as const)
      if (isOpen(way)) from.resume();
      else from.pause();
  }
}
