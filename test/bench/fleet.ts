import { fork, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pause } from '../../proto/process/tasks.ts';
import { command } from '../testbed/command.ts';
import { makeCertificates, type Certificates } from '../testbed/certificates.ts';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { connectCoordinator } from '../testbed/parbake.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import { waitFor } from '../testbed/wait.ts';
import type { AgentsOrder, AgentsSaid } from './fleet-agents.ts';
import { askForAssignments } from './fleet-asking.ts';
import type { CallersFound, CallersOrder } from './fleet-callers.ts';
import { keepAssignments } from './kept-assignments.ts';
import { cpuMs, residentBytes } from './process-cost.ts';
import { ReplicasBench, type ReplicasFigures } from './fleet-replicas.ts';
import { percentile } from './statistics.ts';

const help = `Usage: npm run bench -- fleet [--agents N] [--kept N] [--only PART,...] [--json]

Measures a coordinator with SQLite and a fleet of light agents over mutual TLS, in processes of their own: what it costs at
rest, how fast it assigns with few and with many assignments kept, what else slows that down, how soon all are back
after a kill, and what a second coordinator brings. Shares of a core and ratios say more than times where the machine does other work.

Options:
  --agents N  (default 10000; some 3 GiB in all)
  --kept N    assignments that ended and are kept (default 100000)
  --only PART what is printed: agents, assign, beside, reconnect, replicas
  --json      prints one JSON document
`;

interface AssignFigures {
  store: 'sqlite';
  kept: number;
  ready: number;
  flush_delay_ms: number;
  /** A second. */
  rate: number;
  p50_ms: number;
  p99_ms: number;
  /** Processor time of the coordinator for each, with what its agents say of it meanwhile. */
  cpu_ms: number;
}

/** What `--json` prints. */
interface FleetDocument {
  agents: {
    count: number;
    tls: boolean;
    samples: boolean;
    rss_mib: number;
    cpu_percent: number;
    bytes_per_connection: number;
  };
  assign: AssignFigures[];
  beside: { what: string; ratio: number }[];
  reconnect: { back: number; seconds: number; timed_out: number; assign_p99_ms: number };
  replicas: ReplicasFigures;
}

/** Processes that the agents share, and milliseconds between two samples of each, as the agent's default is. */
const [shares, sampleEvery] = [2, 15_000];
/** Milliseconds: how long the idle fleet is watched, how long is asked, and how long before that. */
const [idle, window, warmUp] = [20_000, 3_000, 1_000];
/** Assignments a second: beside what else is done, and while a fleet comes back. */
const rates = { usual: 500, beside: 50, back: 20 };
/** Milliseconds in which a fleet has come back, or never does. */
const patience = 300_000;
const root = join(import.meta.dirname, '../..');
const never = new AbortController().signal;

class Bench {
  readonly #directory: string;
  readonly #count: number;
  readonly #certificates: Certificates;
  readonly #said = new Map<ChildProcess, AgentsSaid>();
  #coordinator: CoordinatorProcess | undefined;
  #empty = 0;
  #addresses = { callers: '', agents: '', page: '' };

  constructor(directory: string, count: number) {
    this.#directory = directory;
    this.#count = count;
    mkdirSync(join(directory, 'certificates'));
    this.#certificates = makeCertificates(join(directory, 'certificates'));
  }

  async start(): Promise<void> {
    const loopback = await reserveLoopback();
    this.#addresses = { callers: `${loopback}:0`, agents: `${loopback}:0`, page: `${loopback}:0` };
    await this.#serve();
  }

  async agents(): Promise<void> {
    this.#empty = residentBytes(this.#running().pid);
    const { ca, agent } = this.#certificates;
    const tls = { ca: text(ca), cert: text(agent.certificate), key: text(agent.key) };
    for (let share = 0; share < shares; share++) {
      const count = Math.floor((this.#count + share) / shares);
      const order: AgentsOrder = { address: this.#addresses.agents, count, sampleEvery, tls };
      const child = fork(join(import.meta.dirname, 'fleet-agents.ts'), [JSON.stringify(order)]);
      child.on('message', (said: AgentsSaid) => this.#said.set(child, said));
    }
    await this.#ready();
  }

  /** What an idle fleet costs. */
  async idle(): Promise<FleetDocument['agents']> {
    const { pid } = this.#running();
    await pause(sampleEvery, never);
    const cpu = cpuMs(pid);
    await pause(idle, never);
    const [rss, used] = [residentBytes(pid), cpuMs(pid) - cpu];
    return {
      ...{ count: this.#count, tls: true, samples: true },
      rss_mib: Math.round(rss / 1024 ** 2),
      cpu_percent: rounded((used / idle) * 100),
      bytes_per_connection: Math.round((rss - this.#empty) / this.#count),
    };
  }

  /** @param rate a second; as fast as it goes without one */
  async assign(kept: number, rate?: number): Promise<AssignFigures> {
    await this.#ready();
    const { latencies, took, cpu } = await this.#ask({ window, ...(rate === undefined ? {} : { rate }) });
    return {
      ...{ store: 'sqlite', kept, ready: this.#count, flush_delay_ms: 0 },
      rate: Math.round((latencies.length / took) * 1_000),
      p50_ms: rounded(percentile(latencies, 0.5)),
      p99_ms: rounded(percentile(latencies, 0.99)),
      cpu_ms: rounded(cpu / latencies.length),
    };
  }

  /** Code that has never run is not what is measured. */
  async warmUp(): Promise<void> {
    await this.#ready();
    await this.#ask({ window: warmUp });
  }

  async beside(): Promise<FleetDocument['beside']> {
    const alone = await this.#p99();
    const found: FleetDocument['beside'] = [];
    const clients = connectCoordinator(this.#addresses.callers);
    const page = (path: string) => async () => {
      await (await fetch(`http://${this.#addresses.page}${path}`)).arrayBuffer();
    };
    const list = () =>
      new Promise<void>((resolve) => clients.fleet.listInstances({ pageSize: 1_000 }, () => resolve()));
    const repeated = {
      'fleet page': page('/api/fleet'),
      '/metrics': page('/metrics'),
      instances: list,
    };
    for (const [what, once] of Object.entries(repeated)) {
      const stop = new AbortController();
      const busy = (async () => {
        while (!stop.signal.aborted) {
          await once();
          await pause(200, stop.signal);
        }
      })();
      found.push({ what, ratio: rounded((await this.#p99()) / alone) });
      stop.abort();
      await busy;
    }
    const watchers = Array.from({ length: 500 }, (_, n) => {
      const stream = clients.telemetry.watchEvents({ instanceId: `i-watched-${n}` });
      stream.on('error', () => {});
      return stream.resume();
    });
    found.push({ what: '500 watchers', ratio: rounded((await this.#p99()) / alone) });
    for (const stream of watchers) stream.cancel();
    clients.close();
    return found;
  }

  /** @param meanwhile done to the store while nobody has it */
  async reconnect(meanwhile: (file: string) => void): Promise<FleetDocument['reconnect']> {
    await this.#ready();
    await this.#running().stop('SIGKILL');
    meanwhile(join(this.#directory, 'coordinator.db'));
    const before = this.#sum('timedOut');
    await waitFor('all to notice', () => this.#sum('connected') === 0);
    await this.#serve();
    const start = performance.now();
    const asking = this.#ask({ window: 30_000, rate: rates.back });
    await waitFor('all to be back', () => this.#sum('connected') >= this.#count, patience).catch(
      () => undefined,
    );
    const seconds = rounded((performance.now() - start) / 1_000);
    const back = this.#sum('connected');
    const { latencies } = await asking;
    return {
      ...{ back, seconds, timed_out: this.#sum('timedOut') - before },
      assign_p99_ms: rounded(percentile(latencies, 0.99)),
    };
  }

  async close(): Promise<void> {
    for (const child of this.#said.keys()) child.kill('SIGKILL');
    await this.#coordinator?.stop();
  }

  async #serve(): Promise<void> {
    const { callers, agents, page } = this.#addresses;
    const { ca, server } = this.#certificates;
    this.#coordinator = await startCoordinatorProcess(
      this.#directory,
      [
        ...['--listen', callers, '--tls-listen', agents, '--http', page, '--shared-agent-certificate'],
        ...['--tls-ca', ca, '--tls-cert', server.certificate, '--tls-key', server.key],
        ...['--log-level', 'info'],
      ],
      { program: join(this.#directory, 'dist/parbake-coordinator.js') },
    );
    const [first = '', second = ''] = this.#coordinator.addresses;
    const { host } = new URL(this.#coordinator.urls[0] ?? '');
    this.#addresses = { callers: first, agents: second, page: host };
  }

  /** Waits until all have come, and have nobody. */
  async #ready(): Promise<void> {
    const clients = connectCoordinator(this.#addresses.callers);
    const isReady = (): Promise<boolean> =>
      new Promise((resolve) =>
        clients.fleet.listRoles({}, (_, answer) =>
          resolve((answer?.roles[0]?.readyInstances ?? 0) >= this.#count),
        ),
      );
    await waitFor(
      'all to be READY',
      async () => {
        await pause(200, never);
        return await isReady();
      },
      patience,
    );
    clients.close();
  }

  async #p99(): Promise<number> {
    await this.#ready();
    const { latencies } = await this.#ask({ window: 2 * window, rate: rates.beside });
    return percentile(latencies, 0.99);
  }

  async #ask(order: Pick<CallersOrder, 'window' | 'rate'>): Promise<CallersFound & { cpu: number }> {
    const { pid } = this.#running();
    const whole: CallersOrder = { address: this.#addresses.callers, max: this.#count, ...order };
    return await askForAssignments(whole, () => cpuMs(pid));
  }

  #sum(name: keyof AgentsSaid): number {
    return [...this.#said.values()].reduce((sum, said) => sum + said[name], 0);
  }

  #running(): CoordinatorProcess {
    if (this.#coordinator === undefined) throw new Error('the coordinator was not started');
    return this.#coordinator;
  }
}

const parts = ['agents', 'assign', 'beside', 'reconnect', 'replicas'] as const;
type Part = (typeof parts)[number];

interface Options {
  count: number;
  kept: number;
  only: readonly Part[];
}

function status(what: string): void {
  process.stderr.write(`${what}\n`);
}

async function measure(directory: string, options: Options): Promise<Partial<FleetDocument>> {
  await command(process.execPath, [join(root, 'packaging/dev/build.mjs'), join(directory, 'dist')]);
  cpSync(join(root, 'package.json'), join(directory, 'package.json'));
  const found = options.only.some((part) => part !== 'replicas') ? await measureOne(directory, options) : {};
  if (!options.only.includes('replicas')) return found;
  status('two coordinators on one PostgreSQL');
  const pair = new ReplicasBench(directory, join(directory, 'dist/parbake-coordinator.js'));
  try {
    return { ...found, replicas: await pair.measure() };
  } finally {
    await pair.close();
  }
}

async function measureOne(
  directory: string,
  { count, kept, only }: Options,
): Promise<Partial<FleetDocument>> {
  const found: Partial<FleetDocument> = {};
  const isWanted = (part: Part): boolean => only.includes(part);
  const bench = new Bench(directory, count);
  try {
    await bench.start();
    status(`${count} agents`);
    await bench.agents();
    if (isWanted('agents')) found.agents = await bench.idle();
    await bench.warmUp();
    status('assign with few kept');
    if (isWanted('assign')) found.assign = [await bench.assign(10, rates.usual), await bench.assign(10)];
    status('assign beside others');
    if (isWanted('beside')) found.beside = await bench.beside();
    status(`back after a kill, with ${kept} kept`);
    const reconnect = await bench.reconnect((file) => keepAssignments(file, kept));
    if (isWanted('reconnect')) found.reconnect = reconnect;
    await bench.warmUp();
    status('assign with many kept');
    found.assign?.push(await bench.assign(kept, rates.usual), await bench.assign(kept));
    return found;
  } finally {
    await bench.close();
  }
}

async function main(args: readonly string[]): Promise<number> {
  const valueOf = (name: string): string | undefined =>
    args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
  const [count, kept] = [Number(valueOf('--agents') ?? 10_000), Number(valueOf('--kept') ?? 100_000)];
  const named = valueOf('--only')?.split(',') ?? parts;
  const only = parts.filter((part) => named.includes(part));
  const isRight =
    only.length === named.length && [count, kept].every((one) => Number.isInteger(one) && one > 0);
  if (args.includes('--help') || !isRight) {
    process.stderr.write(help);
    return args.includes('--help') ? 0 : 2;
  }
  const directory = mkdtempSync(join(tmpdir(), 'parbake-fleet-'));
  try {
    const found = await measure(directory, { count, kept, only });
    process.stdout.write(`${JSON.stringify(found, null, args.includes('--json') ? 0 : 2)}\n`);
    return 0;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function text(file: string): string {
  return readFileSync(file, 'utf8');
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

process.exitCode = await main(process.argv.slice(2));
