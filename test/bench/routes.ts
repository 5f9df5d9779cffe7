import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { Agent, createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import dnsPacket from 'dns-packet';
import { branchLabel } from '../../coordinator/core/preview/label.ts';
import { aPush, aSha, deliver, webhookSecret } from '../fakes/github-payloads.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { branchNames, labelProblem } from '../support/branch-names.ts';
import { answered, assign, release } from '../support/calls.ts';
import { startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { packagingMissing } from '../support/requirement.ts';
import { startHttpRouter, type HttpRouter } from '../testbed/http-router.ts';
import { sweepProcesses } from '../testbed/processes.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import { waitFor } from '../testbed/wait.ts';
import { pause } from '../../proto/process/tasks.ts';
import { summarise, type Summary } from './statistics.ts';

const help = `Usage: npm run bench -- routes [--json] [--rounds N] [--probes N] [--names N]

Measures how soon a name is visible after its assignment serves, over DNS and through HAProxy, and how soon an address
answers after a push, and looks for answers of a wrong instance while HAProxy is killed. Coordinator, DNS and HAProxy are
real; the agents speak the protocol without a Docker Engine, and a program on this machine sends GitHub's webhooks.

Options:
  --json        print one JSON document on stdout
  --rounds N    names that are published for each figure (default 100)
  --probes N    requests while HAProxy is killed again and again (default 20000)
  --names N     names of branches that are tried (default 200000)
`;

/** Parbake has no publisher for Traefik. */
const noTraefik = { n: 0, p50_ms: null, p99_ms: null, reason: 'Parbake has no publisher for Traefik' };
const appPort = 8080;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '100' },
      probes: { type: 'string', default: '20000' },
      names: { type: 'string', default: '200000' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const missing = packagingMissing([]);
  if (missing !== undefined) {
    process.stderr.write(`bench: HAProxy ${missing}\n`);
    return 2;
  }
  const counts = [values.rounds, values.probes, values.names].map(Number);
  if (counts.some((count) => !Number.isSafeInteger(count) || count < 1)) {
    process.stderr.write(`bench: a number is not one\n\n${help}`);
    return 2;
  }
  const [rounds = 1, probes = 1, names = 1] = counts;
  const directory = mkdtempSync(join(tmpdir(), 'parbake-routes-'));
  const stop = (): void => void sweepProcesses(directory).finally(() => process.exit(130));
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, stop);
  const bench = await Bench.start(directory);
  try {
    const { dns, haproxy } = await bench.visible(rounds);
    const document = {
      dns,
      haproxy,
      traefik: noTraefik,
      push_to_answer: await bench.pushes(rounds),
      probes: await bench.probe(probes),
      names: labels(names),
    };
    process.stdout.write(
      values.json ? `${JSON.stringify(document)}\n` : `${JSON.stringify(document, null, 2)}\n`,
    );
    return 0;
  } finally {
    await bench.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The names of the issue, and what becomes of them. */
function labels(count: number): { tried: number; collisions: number; invalid: number } {
  const made = branchNames(count).map((name) => branchLabel(4711, name));
  return {
    tried: made.length,
    collisions: made.length - new Set(made).size,
    invalid: made.filter((label) => labelProblem(label) !== undefined).length,
  };
}

class Bench {
  readonly #coordinator: LoneCoordinator;
  readonly #router: HttpRouter;
  readonly #dns: string;
  readonly #app: Server;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  #instances = 0;
  #pushes = Math.floor(Date.now() / 1000);

  private constructor(coordinator: LoneCoordinator, router: HttpRouter, dns: string, app: Server) {
    this.#coordinator = coordinator;
    this.#router = router;
    this.#dns = dns;
    this.#app = app;
  }

  static async start(directory: string): Promise<Bench> {
    const router = await startHttpRouter(directory, await reserveLoopback());
    // Every instance has an address of its own on loopback, and says which one was reached.
    const app = createServer(({ socket }, response) => response.end(socket.localAddress));
    await new Promise<void>((resolve) => app.listen(appPort, '0.0.0.0', resolve));
    const dns = `${await reserveLoopback()}:5353`;
    const file = (name: string, text: string): string => {
      writeFileSync(join(directory, name), text, { mode: 0o600 });
      return join(directory, name);
    };
    const preview = file(
      'preview.yaml',
      `apiVersion: parbake/v1\nkind: Preview\nrole: web\non: { branches: ['**'] }\nhosts: [{ port: ${appPort} }]\n`,
    );
    const repositories = file(
      'repositories.yaml',
      `apiVersion: parbake/v1
kind: Repositories
github: { webhook_secret: ${file('secret', webhookSecret)} }
repositories: { acme/shop: { zone: shop.bench.test, roles: [web], preview: ${preview}, max: 10000 } }
`,
    );
    const coordinator = await startLoneCoordinator([
      ...['--zone', 'bench.test', '--dns', dns, '--haproxy', `${router.socket}=${router.map}`],
      ...['--repositories', repositories, '--webhook-listen', `${await reserveLoopback()}:0`],
    ]);
    await answered((done) => coordinator.clients.fleet.applyRoles({ roles: [{ name: 'web' }] }, done));
    return new Bench(coordinator, router, dns, app);
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await this.#coordinator.close();
    await this.#router.close();
    this.#app.close();
  }

  /** Milliseconds from the moment at which the store says that the assignment serves. */
  async visible(rounds: number): Promise<{ dns: Summary; haproxy: Summary }> {
    const [dns, haproxy]: [number[], number[]] = [[], []];
    const { clients } = this.#coordinator;
    for (let round = 0; round < rounds; round += 1) {
      const name = `v${round}.bench.test`;
      await this.#instance();
      const seen = Promise.all([this.#untilDns(name), this.#untilHttp(name)]);
      const { assignment } = await assign(clients, {
        ...{ user: name, role: 'web', wait: 'WAIT_UNTIL_ROUTED' },
        routes: [{ name, port: appPort }],
      });
      const [dnsTime, httpTime] = await seen;
      const { routes } = await new Promise<{
        routes: { publishTime: { seconds: number; nanos: number } | null }[];
      }>((resolve, reject) => {
        clients.routes.listRoutes({ assignmentId: assignment?.assignmentId ?? '' }, (error, answer) =>
          answer === undefined ? reject(error ?? new Error('no answer')) : resolve(answer),
        );
      });
      const { seconds = 0, nanos = 0 } = routes[0]?.publishTime ?? {};
      const published = seconds * 1000 + nanos / 1e6;
      dns.push(Math.max(0, dnsTime - published));
      haproxy.push(Math.max(0, httpTime - published));
      await release(clients, assignment?.assignmentId ?? '');
    }
    return { dns: summarise(dns), haproxy: summarise(haproxy) };
  }

  /** Milliseconds from the delivery of a push to the first answer through HAProxy. */
  async pushes(rounds: number): Promise<Summary> {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const branch = `push-${round}`;
      await this.#instance();
      const start = now();
      const seen = this.#untilHttp(`${branch}.shop.bench.test`);
      const payload = aPush({ branch, after: aSha(branch), at: (this.#pushes += 1) });
      const { status } = await deliver(this.#coordinator.process.webhook, 'push', payload);
      if (status !== 202) throw new Error(`the webhook answered ${status}`);
      times.push((await seen) - start);
    }
    return summarise(times);
  }

  /**
   * Asks for names that come and go while HAProxy is killed.
   * @returns `wrong_tenant`: answers of an instance that never had the name; `stale`: of one that was released before the
   *   request, by more than the time that publishers have
   */
  async probe(count: number): Promise<{ count: number; wrong_tenant: number; stale: number }> {
    const { clients } = this.#coordinator;
    const names = Array.from({ length: 6 }, (_, index) => `k${index}.bench.test`);
    /** The instances that each name led to, and when each was released. */
    const tenants = new Map<string, Map<string, number>>(names.map((name) => [name, new Map()]));
    const found = { count: 0, wrong_tenant: 0, stale: 0 };
    const isDone = (): boolean => found.count >= count;
    const ask = async (): Promise<void> => {
      while (!isDone())
        for (const name of names) {
          const asked = Date.now();
          const address = await this.#get(name).catch(() => '');
          found.count += 1;
          const released = tenants.get(name)?.get(address);
          if (address !== '' && released === undefined) found.wrong_tenant += 1;
          if (released !== undefined && released > 0 && asked > released + publisherPatience)
            found.stale += 1;
        }
    };
    const change = async (): Promise<void> => {
      while (!isDone())
        for (const name of names) {
          const address = await this.#instance();
          tenants.get(name)?.set(address, 0);
          const { assignment } = await assign(clients, {
            ...{ user: name, role: 'web', wait: 'WAIT_UNTIL_READY' },
            routes: [{ name, port: appPort }],
          });
          await release(clients, assignment?.assignmentId ?? '');
          tenants.get(name)?.set(address, Date.now());
          if (isDone()) return;
        }
    };
    const kill = async (): Promise<void> => {
      while (!isDone()) {
        await this.#router.restart();
        const until = found.count + 500;
        await waitFor('some probes', () => isDone() || found.count >= until);
      }
    };
    await Promise.all([ask(), ask(), ask(), ask(), change(), kill()]);
    return found;
  }

  /** A READY instance at an address of its own. @returns the address */
  async #instance(): Promise<string> {
    const number = (this.#instances += 1);
    const host = `127.77.${number >> 8}.${number & 255}`;
    const instanceId = `i-${number}`;
    await startSimulatedAgent(this.#coordinator.agents, {
      ...{ instanceId, role: 'web', endpoint: { host, port: appPort } },
    });
    return host;
  }

  async #untilHttp(name: string): Promise<number> {
    // What is measured shares the machine's cores with this loop.
    for (;;) {
      if ((await this.#get(name).catch(() => '')) !== '') return now();
      await pause(1, new AbortController().signal);
    }
  }

  /** @returns the address of the instance that answered; empty for none */
  #get(name: string): Promise<string> {
    const [hostname, port] = this.#router.address.split(':');
    return new Promise((resolve, reject) => {
      const options = { hostname, port, headers: { host: name }, agent: this.#agent, timeout: 5_000 };
      const asked = request(options, (response) => {
        let text = '';
        response.on('data', (part: Buffer) => (text += part.toString()));
        response.on('end', () => resolve(response.statusCode === 200 ? text.replace('::ffff:', '') : ''));
        response.on('error', reject);
      });
      asked.on('error', reject);
      asked.on('timeout', () => asked.destroy(new Error('no answer')));
      asked.end();
    });
  }

  async #untilDns(name: string): Promise<number> {
    const [host = '', port = ''] = this.#dns.split(':');
    const socket = createSocket('udp4');
    const arrived = new AbortController();
    const query = dnsPacket.encode({ type: 'query', id: 1, questions: [{ type: 'A', name }] });
    socket.on('message', (answer) => {
      if ((dnsPacket.decode(answer).answers ?? []).length > 0) arrived.abort();
    });
    try {
      // A resolver may ask a thousand times a second.
      while (!arrived.signal.aborted) {
        socket.send(query, Number(port), host);
        await pause(2, arrived.signal);
      }
      return now();
    } finally {
      socket.close();
    }
  }
}

/** Milliseconds after which a publisher is not waited for: HAProxy may be dead just then. */
const publisherPatience = 2_000;

function now(): number {
  return performance.timeOrigin + performance.now();
}

process.exit(await main());
