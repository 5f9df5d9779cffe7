import type { ContainerEngine } from '../docker/containers.ts';
import { containerIo } from '../host/container-io.ts';
import { nothingMoved, type IoReading } from '../host/io.ts';
import { TurnReadings } from '../host/turn-readings.ts';
import type { OwnIo } from '../report/recorder.ts';

/**
 * The first process of each container that runs, by which its control groups and its network are found. Docker is
 * asked once for each, since a process keeps its number, and beside what is being done.
 */
export class FirstProcesses {
  readonly #engine: Pick<ContainerEngine, 'inspect'>;
  readonly #signal: AbortSignal;
  readonly #readings: TurnReadings<number, IoReading>;
  readonly #pids = new Map<string, number>();
  /** Questions that Docker has not answered yet. */
  readonly #asked = new Map<string, Promise<number | undefined>>();

  /** @param signal drops what Docker is being asked */
  constructor(
    engine: Pick<ContainerEngine, 'inspect'>,
    signal: AbortSignal,
    read: (pid: number) => IoReading = containerIo,
  ) {
    this.#engine = engine;
    this.#signal = signal;
    this.#readings = new TurnReadings(read);
  }

  /** Asks Docker where it must. @returns undefined when there is none, or Docker does not say */
  learn(id: string): Promise<number | undefined> {
    const known = this.#pids.get(id);
    if (known !== undefined) return Promise.resolve(known);
    const asked = this.#asked.get(id) ?? this.#ask(id);
    this.#asked.set(id, asked);
    return asked;
  }

  /** Learns those that run while nobody waits, and drops the others. */
  follow(running: readonly string[]): void {
    for (const id of this.#pids.keys()) if (!running.includes(id)) this.#pids.delete(id);
    for (const id of running) void this.learn(id);
  }

  /** @returns those that have one, by the names that they came with */
  async of(running: readonly { id: string; name: string }[]): Promise<{ name: string; pid: number }[]> {
    const each = running.map(async ({ id, name }) => ({ name, pid: await this.learn(id) }));
    return (await Promise.all(each)).flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }]));
  }

  forget(id: string): void {
    this.#pids.delete(id);
  }

  /** Counters for a span about a running container. Docker is not asked: a container that is not known yet has none. */
  during(id: string): OwnIo {
    return { before: this.#io(id), after: () => this.#io(id) };
  }

  /** Counters for the span in which a container starts, having moved nothing before. Docker is asked after the span. */
  sinceStart(id: string): OwnIo {
    const before = this.#pids.has(id) ? this.#io(id) : Promise.resolve(nothingMoved);
    const after = async (): Promise<IoReading> => {
      await this.learn(id);
      return await this.#io(id);
    };
    return { before, after };
  }

  async #io(id: string): Promise<IoReading> {
    const pid = this.#pids.get(id) ?? (await this.#asked.get(id));
    return pid === undefined ? {} : await this.#readings.next(pid);
  }

  async #ask(id: string): Promise<number | undefined> {
    try {
      const { pid } = await this.#engine.inspect(id, this.#signal);
      if (pid <= 0) return undefined;
      this.#pids.set(id, pid);
      return pid;
    } catch {
      // It is gone, or Docker is away: whoever needs Docker to answer says so.
      return undefined;
    } finally {
      this.#asked.delete(id);
    }
  }
}
