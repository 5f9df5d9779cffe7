import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { pause } from '../../proto/process/tasks.ts';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { connectCoordinator } from '../testbed/parbake.ts';
import { startPostgres, type Postgres } from '../testbed/postgres.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import { waitFor } from '../testbed/wait.ts';
import { CpuLimit } from './cpu-limit.ts';
import type { AgentsOrder } from './fleet-agents.ts';
import { askForAssignments } from './fleet-asking.ts';
import type { CallersFound } from './fleet-callers.ts';
import { cpuMs } from './process-cost.ts';
import { percentile } from './statistics.ts';

export interface ReplicasFigures {
  /** Assignments a second of two coordinators, for each of one. Each has the same part of a core. */
  ratio: number;
  one: number;
  two: number;
  /** Milliseconds from the claim to the agent's confirmation, at a rate and without the limit. */
  claim_to_agent_p99_ms: number;
}

/** What each coordinator gets of a core; PostgreSQL and whoever asks are not limited. */
const cores = 0.25;
/** Instances of each coordinator, and milliseconds in which they are asked for. */
const [agents, window, warmUp] = [1_000, 3_000, 1_000];
/** Assignments a second in all, without the limit. */
const rate = 500;
const patience = 120_000;
const never = new AbortController().signal;

interface Replica {
  process: CoordinatorProcess;
  address: string;
}

/** Two coordinators on one PostgreSQL, and half of a fleet at each. */
export class ReplicasBench {
  readonly #directory: string;
  readonly #program: string;
  readonly #children: ChildProcess[] = [];
  readonly #replicas: Replica[] = [];
  readonly #limits: CpuLimit[] = [];
  #postgres: Postgres | undefined;

  constructor(directory: string, program: string) {
    this.#directory = directory;
    this.#program = program;
  }

  async measure(): Promise<ReplicasFigures> {
    this.#postgres = await startPostgres();
    const store = await this.#postgres.database();
    await this.#start(store);
    await this.#ask({ window: warmUp });
    this.#limit();
    const one = rateOf(await this.#ask({ window }));
    this.#lift();
    await this.#start(store);
    await this.#ask({ window: warmUp });
    this.#limit();
    const two = rateOf(await this.#ask({ window }));
    this.#lift();
    const found = await this.#ask({ window, rate: rate / 2, looksAfter: true });
    const delivered = found.flatMap((each) => each.delivered);
    return {
      ratio: Math.round((two / one) * 100) / 100,
      ...{ one: Math.round(one), two: Math.round(two) },
      claim_to_agent_p99_ms: Math.round(percentile(delivered, 0.99) * 10) / 10,
    };
  }

  async close(): Promise<void> {
    this.#lift();
    for (const child of this.#children) child.kill('SIGKILL');
    for (const { process } of this.#replicas) await process.stop();
    await this.#postgres?.close();
  }

  async #start(store: string): Promise<void> {
    const loopback = await reserveLoopback();
    const process = await startCoordinatorProcess(
      this.#directory,
      [
        '--listen',
        `${loopback}:0`,
        '--insecure-agents',
        '--store-key',
        join(this.#directory, 'replicas.key'),
      ],
      { program: this.#program, store },
    );
    const [address = ''] = process.addresses;
    this.#replicas.push({ process, address });
    const order: AgentsOrder = { address, count: agents };
    this.#children.push(fork(join(import.meta.dirname, 'fleet-agents.ts'), [JSON.stringify(order)]));
  }

  /** As many at each coordinator, at the same time. */
  async #ask(order: { window: number; rate?: number; looksAfter?: boolean }): Promise<CallersFound[]> {
    await this.#ready();
    return await Promise.all(
      this.#replicas.map(({ address, process: { pid } }) =>
        askForAssignments({ address, max: agents, ...order }, () => cpuMs(pid)),
      ),
    );
  }

  async #ready(): Promise<void> {
    const clients = connectCoordinator(this.#replicas[0]?.address ?? '');
    const count = agents * this.#replicas.length;
    const isReady = (): Promise<boolean> =>
      new Promise((resolve) =>
        clients.fleet.listRoles({}, (_, answer) => resolve((answer?.roles[0]?.readyInstances ?? 0) >= count)),
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

  #limit(): void {
    for (const { process } of this.#replicas) this.#limits.push(new CpuLimit(process.pid, cores));
  }

  #lift(): void {
    for (const limit of this.#limits.splice(0)) limit.lift();
  }
}

function rateOf(found: readonly CallersFound[]): number {
  return found.reduce((sum, { latencies, took }) => sum + (latencies.length / took) * 1_000, 0);
}
