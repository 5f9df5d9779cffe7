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
import type { CallersOrder, CallersSaid } from './fleet-callers.ts';
import { keepAssignments } from './kept-assignments.ts';
import { cpuMs, residentBytes } from './process-cost.ts';
import { percentile } from './statistics.ts';

const help = `Usage: npm run bench -- fleet [--agents N] [--kept N] [--json]

Measures a coordinator with SQLite and a fleet of light agents over mutual TLS, in processes of their own: what it costs at
rest, how fast it assigns with few and with many assignments kept, what else slows that down, and how soon all are back
after a kill. Shares of a core and ratios say more than times where the machine does other work.

Options:
  --agents N  (default 10000; some 3 GiB in all)
  --kept N    assignments that ended and are kept (default 100000)
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
  /** Processor time of the coordinator for each, its agents' part included. */
  cpu_ms: number;
}

/** What `--json` prints. Replicas are not measured yet. */
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
}

/** Processes that the agents share, and milliseconds between two samples of each, as the agent's default is. */
const [shares, sampleEvery] = [2, 15_000];
/** Milliseconds: how long the idle fleet is watched, and how long is asked. */
const [idle, window] = [20_000, 3_000];
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
  #addresses = { callers: '', agents: '', page: '' };

  constructor(directory: string, count: number) {
    this.#directory = directory;
    this.#count = count;
    mkdirSync(join(directory, 'certificates'));
    this.#certificates = makeCertificates(join(directory, 'certificates'));
  }

  async start(): Promise<void> {
    await command(process.execPath, [join(root, 'packaging/dev/build.mjs'), join(this.#directory, 'dist')]);
    cpSync(join(root, 'package.json'), join(this.#directory, 'package.json'));
    const loopback = await reserveLoopback();
    this.#addresses = { callers: `${loopback}:0`, agents: `${loopback}:0`, page: `${loopback}:0` };
    await this.#serve();
  }

  /** What an idle fleet costs. */
  async agents(): Promise<FleetDocument['agents']> {
    const { pid } = this.#running();
    const before = residentBytes(pid);
    const { ca, agent } = this.#certificates;
    const tls = { ca: text(ca), cert: text(agent.certificate), key: text(agent.key) };
    for (let share = 0; share < shares; share++) {
      const count = Math.floor((this.#count + share) / shares);
      const order: AgentsOrder = { address: this.#addresses.agents, count, sampleEvery, tls };
      const child = fork(join(import.meta.dirname, 'fleet-agents.ts'), [JSON.stringify(order)]);
      child.on('message', (said: AgentsSaid) => this.#said.set(child, said));
    }
    await this.#ready();
    await pause(sampleEvery, never);
    const cpu = cpuMs(pid);
    await pause(idle, never);
    const [rss, used] = [residentBytes(pid), cpuMs(pid) - cpu];
    return {
      ...{ count: this.#count, tls: true, samples: true },
      rss_mib: Math.round(rss / 1024 ** 2),
      cpu_percent: rounded((used / idle) * 100),
      bytes_per_connection: Math.round((rss - before) / this.#count),
    };
  }

  /** @param rate a second; as fast as it goes without one */
  async assign(kept: number, rate?: number): Promise<AssignFigures> {
    await this.#ready();
    const { pid } = this.#running();
    const before = cpuMs(pid);
    const { latencies, took } = await this.#ask({ window, ...(rate === undefined ? {} : { rate }) });
    const cpu = cpuMs(pid) - before;
    return {
      ...{ store: 'sqlite', kept, ready: this.#count, flush_delay_ms: 0 },
      rate: Math.round((latencies.length / took) * 1_000),
      p50_ms: rounded(percentile(latencies, 0.5)),
      p99_ms: rounded(percentile(latencies, 0.99)),
      cpu_ms: rounded(cpu / latencies.length),
    };
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

  async #ask(order: Pick<CallersOrder, 'window' | 'rate'>): Promise<CallersSaid> {
    const whole: CallersOrder = { address: this.#addresses.callers, max: this.#count, ...order };
    const child = fork(join(import.meta.dirname, 'fleet-callers.ts'), [JSON.stringify(whole)]);
    return await new Promise((resolve, reject) => {
      child.on('message', (said: CallersSaid) => resolve(said));
      child.on('exit', (code) => reject(new Error(`the callers ended with ${code}`)));
    });
  }

  #sum(name: keyof AgentsSaid): number {
    return [...this.#said.values()].reduce((sum, said) => sum + said[name], 0);
  }

  #running(): CoordinatorProcess {
    if (this.#coordinator === undefined) throw new Error('the coordinator was not started');
    return this.#coordinator;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const numberOf = (name: string, otherwise: number): number =>
    args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise;
  const [count, kept] = [numberOf('--agents', 10_000), numberOf('--kept', 100_000)];
  if (args.includes('--help') || ![count, kept].every((value) => Number.isInteger(value) && value > 0)) {
    process.stderr.write(help);
    return args.includes('--help') ? 0 : 2;
  }
  const status = (what: string): void => void process.stderr.write(`${what}\n`);
  const directory = mkdtempSync(join(tmpdir(), 'parbake-fleet-'));
  const bench = new Bench(directory, count);
  try {
    await bench.start();
    status(`${count} agents`);
    const agents = await bench.agents();
    status('assign with few kept');
    const assign = [await bench.assign(10, rates.usual), await bench.assign(10)];
    status('assign beside others');
    const beside = await bench.beside();
    status(`back after a kill, with ${kept} kept`);
    const reconnect = await bench.reconnect((file) => keepAssignments(file, kept));
    status('assign with many kept');
    assign.push(await bench.assign(kept, rates.usual), await bench.assign(kept));
    const document: FleetDocument = { agents, assign, reconnect, beside };
    process.stdout.write(`${JSON.stringify(document, null, args.includes('--json') ? 0 : 2)}\n`);
    return 0;
  } finally {
    await bench.close();
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
