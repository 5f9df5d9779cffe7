import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pause } from '../../proto/process/tasks.ts';
import { allAssignments } from '../support/calls.ts';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { connectCoordinator } from '../testbed/parbake.ts';
import { startPostgres, type Postgres } from '../testbed/postgres.ts';
import { startProgram, type Started } from '../testbed/processes.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import { waitFor } from '../testbed/wait.ts';
import { delivered, violationsOf, type Violation } from './checker.ts';
import type { Entry, FinalAssignment, History, WatcherEntry } from './history.ts';
import { entriesOf } from './journal.ts';
import { Link, type Cut } from './link.ts';
import { randomFrom, shuffled, type Random } from './random.ts';
import { SmallDisk } from './small-disk.ts';
import { allEvents, watchEvents } from './watcher.ts';

/** What is done to processes, the network of agents, sessions that listen, and the disk; each is over before the next one. */
export const faults = [
  'coordinator',
  'postgres',
  'callers',
  'agents',
  'frozenCoordinator',
  'frozenAgents',
  'partition',
  'listeners',
  'fullDisk',
] as const;
export type Fault = (typeof faults)[number];
export type Counts = Readonly<Record<Fault, number>>;

export interface FaultsRun {
  /** The same seed draws the same faults in the same order; what they meet differs. */
  seed: number;
  /**
   * How often each is done. With kills of PostgreSQL the store is in one, and two coordinators share it: callers are at one, and
   * agents at the other.
   */
  counts: Counts;
  /** Another coordinator than the sources, such as a bundle or a mutant. */
  program?: string;
  /** Milliseconds until everything that was acknowledged is delivered. */
  settling?: number;
  signal: AbortSignal;
  status: (text: string) => void;
}

/** READY instances that there are, and callers that ask at a time: at times the pool is empty. */
const [ready, waiting] = [10, 8];
/** Milliseconds between two faults at the most, unless it is waited for an answer between them. */
const between = 300;
/** Milliseconds that a process is stopped at the most. */
const frozen = 1_500;
/** Milliseconds that agents are cut off at the most; some for longer than an order may take to be confirmed. */
const [cutOff, cutOffForLong] = [1_500, 6_000];
const cuts = ['both', 'to the coordinator', 'to the agents'] as const satisfies readonly Cut[];
/** The last words of a coordinator that its store or the others gave up. */
const givenUp = /\[STORE_(UNREACHABLE|FAILED)\]/;
/** Milliseconds for whatever takes five seconds, on a machine that does much else. */
const patience = 90_000;

/** Kills a coordinator, its store, its callers and its agents while they work, cuts agents off, and judges what they saw. */
export async function runFaults(run: FaultsRun): Promise<Violation[]> {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-faults-'));
  const postgres = run.counts.postgres > 0 ? await startPostgres() : undefined;
  const scene = new Scene(directory, run, postgres);
  try {
    await scene.start();
    await scene.suffer();
    return violationsOf(await scene.history());
  } finally {
    await scene.close();
    await postgres?.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

class Scene {
  readonly #directory: string;
  readonly #run: FaultsRun;
  readonly #postgres: Postgres | undefined;
  readonly #random: Random;
  readonly #seen: WatcherEntry[] = [];
  readonly #watching = new AbortController();
  #options: { program?: string; store?: string } = {};
  readonly #coordinators: CoordinatorProcess[] = [];
  readonly #addresses: string[] = [];
  #disk: SmallDisk | undefined;
  #callers: Started | undefined;
  #agents: Started | undefined;
  #link: Link | undefined;
  #clients: ReturnType<typeof connectCoordinator> | undefined;
  #watcher: Promise<void> | undefined;

  constructor(directory: string, run: FaultsRun, postgres: Postgres | undefined) {
    this.#directory = directory;
    this.#run = run;
    this.#postgres = postgres;
    this.#random = randomFrom(run.seed);
  }

  async start(): Promise<void> {
    const { program } = this.#run;
    this.#options = {
      ...(program === undefined ? {} : { program }),
      ...(await this.#store()),
    };
    const loopback = await reserveLoopback();
    const count = this.#postgres === undefined ? 1 : 2;
    for (let at = 0; at < count; at++) {
      this.#addresses.push(`${loopback}:0`);
      await this.#startCoordinator(at);
    }
    const [ofCallers = '', ofAgents = ofCallers] = this.#addresses;
    this.#clients = connectCoordinator(ofCallers);
    this.#link = await Link.open(loopback, ofAgents);
    this.#agents = this.#startPart('agents', ready);
    this.#callers = this.#startPart('callers', waiting);
    this.#watcher = watchEvents(this.#clients.telemetry, this.#seen, this.#watching.signal);
  }

  async #store(): Promise<{ store?: string }> {
    if (this.#postgres !== undefined) return { store: await this.#postgres.database() };
    if (this.#run.counts.fullDisk === 0) return {};
    this.#disk = await SmallDisk.mount(this.#file('disk'));
    return { store: `sqlite:${join(this.#disk.directory, 'coordinator.db')}` };
  }

  /** Every fault, in an order that the seed says. */
  async suffer(): Promise<void> {
    const { counts, signal, status } = this.#run;
    const all = faults.flatMap((fault) => Array.from({ length: counts[fault] }, () => fault));
    for (const [index, fault] of shuffled(all, this.#random).entries()) {
      signal.throwIfAborted();
      if (this.#random() < 0.5) await this.#progress();
      else await pause(this.#random() * between, signal);
      status(`fault ${index + 1} of ${all.length}: ${fault}`);
      await this.#do(fault);
    }
    await this.#progress();
  }

  /** What everybody saw, once nothing is under way any more. */
  async history(): Promise<History> {
    const { status, signal, settling = patience } = this.#run;
    status('waiting until everything is delivered');
    await this.#callers?.stop('SIGTERM', settling);
    // A connection that was refused while a coordinator was down is not tried again at once.
    await waitFor('the coordinator to answer', () =>
      this.#assignments(true).then(
        () => true,
        () => false,
      ),
    );
    // What is never delivered is a violation, and no error of this run.
    const until = performance.now() + settling;
    while (performance.now() < until && !(await this.#isSettled())) await pause(between, signal);
    const assignments = await this.#assignments(false);
    const cursors = await allEvents(this.#connected().telemetry);
    return { entries: [...this.#entries(), ...this.#seen], final: { assignments, cursors } };
  }

  async #isSettled(): Promise<boolean> {
    const final = { assignments: await this.#assignments(true), cursors: [] };
    if (violationsOf({ entries: this.#entries(), final }, { delivered }).length > 0) return false;
    const last = (await allEvents(this.#connected().telemetry)).at(-1) ?? 0;
    return (this.#seen.at(-1)?.cursor ?? 0) >= last;
  }

  async close(): Promise<void> {
    this.#watching.abort();
    await this.#watcher;
    for (const one of [this.#callers, this.#agents, ...this.#coordinators]) await one?.stop('SIGKILL');
    await this.#disk?.unmount();
    await this.#link?.close();
    this.#clients?.close();
  }

  async #do(fault: Fault): Promise<void> {
    if (fault === 'coordinator') {
      const at = Math.floor(this.#random() * this.#coordinators.length);
      await this.#coordinators[at]?.stop('SIGKILL');
      await this.#startCoordinator(at);
    } else if (fault === 'postgres') {
      await this.#postgres?.kill();
      await this.#postgres?.start();
    } else if (fault === 'callers') {
      await this.#callers?.stop('SIGKILL');
      this.#callers = this.#startPart('callers', waiting);
    } else if (fault === 'agents') {
      // What it is sent meanwhile is lost with it.
      this.#agents?.child.kill('SIGSTOP');
      await pause(this.#random() * between, this.#run.signal);
      await this.#agents?.stop('SIGKILL');
      this.#agents = this.#startPart('agents', ready);
    } else if (fault === 'partition') await this.#partition();
    else if (fault === 'listeners') await this.#endListeners();
    else if (fault === 'fullDisk') await this.#fillDisk();
    else await this.#freeze(fault === 'frozenAgents' ? this.#agents : this.#coordinators[0]);
  }

  async #partition(): Promise<void> {
    const { status, signal } = this.#run;
    const way = cuts[Math.floor(this.#random() * cuts.length)] ?? 'both';
    const time = this.#random() < 0.3 ? cutOffForLong : this.#random() * cutOff;
    const isLost = this.#random() < 0.5;
    status(`nothing gets through (${way}) for ${Math.round(time)} ms${isLost ? ', and is lost' : ''}`);
    this.#link?.cut(way);
    await pause(time, signal);
    this.#link?.heal(isLost);
  }

  /** What one coordinator tells another is lost until both listen again. */
  async #endListeners(): Promise<void> {
    const { store = '' } = this.#options;
    const session = await this.#postgres?.client(store);
    await session?.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parbake-coordinator peers'`,
    );
    await session?.end();
  }

  async #fillDisk(): Promise<void> {
    this.#disk?.fill();
    await pause(this.#random() * frozen, this.#run.signal);
    this.#disk?.free();
  }

  async #freeze(process: Started | undefined): Promise<void> {
    process?.child.kill('SIGSTOP');
    await pause(this.#random() * frozen, this.#run.signal);
    process?.child.kill('SIGCONT');
  }

  /** Waits until a caller gets an answer: it asks and is answered between two faults. */
  async #progress(): Promise<void> {
    const size = (): number => statSync(this.#file('callers'), { throwIfNoEntry: false })?.size ?? 0;
    const before = size();
    // Bytes of its journal: some fifteen answers.
    const moved = 3_000;
    await waitFor('callers to be answered', async () => {
      await this.#restartGivenUp();
      for (const one of [this.#callers, this.#agents, ...this.#coordinators])
        if (one?.ended() !== undefined) throw new Error(`a process ended: ${one.log().slice(-2_000)}`);
      return size() > before + moved;
    });
  }

  /** A coordinator ends when the others or PostgreSQL gave it up, and its unit starts it again. */
  async #restartGivenUp(): Promise<void> {
    for (const [at, one] of this.#coordinators.entries())
      if (one.ended() !== undefined && givenUp.test(one.log())) await this.#startCoordinator(at);
  }

  async #startCoordinator(at: number): Promise<void> {
    const started = await startCoordinatorProcess(
      this.#directory,
      ['--listen', this.#addresses[at] ?? '', '--insecure-agents', '--log-level', 'info', ...this.#key()],
      this.#options,
    );
    this.#coordinators[at] = started;
    this.#addresses[at] = started.addresses[0] ?? '';
  }

  #key(): string[] {
    return this.#postgres === undefined ? [] : ['--store-key', this.#file('store.key')];
  }

  #startPart(name: 'agents' | 'callers', count: number): Started {
    const program = join(import.meta.dirname, `${name}.ts`);
    const address = (name === 'agents' ? this.#link?.address : this.#addresses[0]) ?? '';
    const args = [program, this.#file(name), address, String(count)];
    return startProgram(process.execPath, args, `${this.#file(name)}.log`);
  }

  #file(name: string): string {
    return join(this.#directory, name);
  }

  #entries(): Entry[] {
    return [...entriesOf(this.#file('callers')), ...entriesOf(this.#file('agents'))];
  }

  #connected(): ReturnType<typeof connectCoordinator> {
    if (this.#clients === undefined) throw new Error('the run has not started');
    return this.#clients;
  }

  /** @param liveOnly those that have not ended */
  async #assignments(liveOnly: boolean): Promise<FinalAssignment[]> {
    return (await allAssignments(this.#connected(), { liveOnly })).map(
      ({ assignmentId, requestId, state, attempts }) => ({
        assignmentId,
        requestId,
        state: state.replace('ASSIGNMENT_STATE_', ''),
        attempts: attempts.map(({ instanceId, outcome }) => ({
          instanceId,
          outcome: outcome.replace('ATTEMPT_OUTCOME_', ''),
        })),
      }),
    );
  }
}
