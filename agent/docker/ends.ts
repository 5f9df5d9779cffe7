import type { ContainerInspectInfo } from 'dockerode';
import { endFrom, type ContainerEnd } from '../core/order/container-end.ts';
import type { DockerClient } from './client.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';

/** Milliseconds before a container's end in which a signal may have been its cause: a stop gives it time to end. */
const askedBefore = 60_000;

/** Milliseconds within which Docker notices an end: a count from before that is from before the end. */
const noticeTime = 2_000;
/** Looks whose counts are kept: they may come in quick succession. */
const keptCounts = 32;

/** What the kernel says about the machine. */
export interface KernelFacts {
  /** Processes that it killed for lack of memory since the boot. */
  memoryKills(): number;
  /** Milliseconds since the epoch. */
  bootedAt(): number;
}

/** What Docker and the kernel know about containers that have ended, read once for each end. */
export class ContainerEnds {
  readonly #client: DockerClient;
  /** Keyed by container and end. */
  readonly #known = new Map<string, ContainerEnd>();
  readonly #kernel: KernelFacts;
  /** Kills for lack of memory, as counted at the last looks, oldest first. */
  #counts: { at: number; memoryKills: number }[] = [];

  constructor(client: DockerClient, kernel: KernelFacts) {
    this.#client = client;
    this.#kernel = kernel;
    this.look([]);
  }

  /** Called with every look at the containers. @param ended ids of those that have ended */
  look(ended: readonly string[]): void {
    for (const key of this.#known.keys()) {
      if (!ended.includes(key.split(' ')[0] ?? '')) this.#known.delete(key);
    }
    this.#counts.push({ at: Date.now(), memoryKills: this.#kernel.memoryKills() });
    this.#counts.splice(0, this.#counts.length - keptCounts);
  }

  async of(
    { Id: id, State: state, HostConfig }: ContainerInspectInfo,
    signal: AbortSignal,
  ): Promise<ContainerEnd> {
    const key = `${id} ${state.FinishedAt}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const finishedAt = Date.parse(state.FinishedAt);
    const end = endFrom({
      exitCode: state.ExitCode,
      oomKilled: state.OOMKilled,
      hasMemoryLimit: (HostConfig.Memory ?? 0) > 0,
      startedAt: Date.parse(state.StartedAt),
      finishedAt,
      wasAskedToEnd: await this.#wasAskedToEnd(id, finishedAt, signal),
      engineStartedAt: await this.#engineStartedAt(signal),
      bootedAt: this.#kernel.bootedAt(),
      hostKilledForMemory: this.#hasKilledSince(finishedAt - noticeTime),
    });
    this.#known.set(key, end);
    return end;
  }

  #hasKilledSince(time: number): boolean {
    const before = this.#counts.findLast(({ at }) => at < time) ?? this.#counts[0];
    return before !== undefined && this.#kernel.memoryKills() > before.memoryKills;
  }

  /** Docker makes its own network anew whenever it starts without containers that it left running. */
  async #engineStartedAt(signal: AbortSignal): Promise<number | undefined> {
    const bridge: { Created?: string } | undefined = await withDeadline(
      "inspect Docker's own network",
      dockerDeadlines.inspect,
      signal,
      () => this.#client.getNetwork('bridge').inspect(),
    ).catch(() => undefined);
    signal.throwIfAborted();
    const created = Date.parse(bridge?.Created ?? '');
    return Number.isNaN(created) ? undefined : created;
  }

  /** Docker remembers its last 256 events while it runs. */
  async #wasAskedToEnd(id: string, finishedAt: number, signal: AbortSignal): Promise<boolean> {
    const filters = { container: [id], event: ['kill'] };
    const since = (finishedAt - askedBefore) / 1000;
    const until = Date.now() / 1000;
    const text = await withDeadline('read events', dockerDeadlines.inspect, signal, async (abortSignal) => {
      const stream = await this.#client.getEvents({ since, until, filters, abortSignal });
      let read = '';
      for await (const chunk of stream) read += String(chunk);
      return read;
    });
    return text.split('\n').some(isEndingSignal);
  }
}

/** Signals that a process lives through: Docker passes on a window's size, or what makes a server read its files again. */
const harmless: ReadonlySet<string> = new Set(['1', '10', '12', '17', '18', '28']);

function isEndingSignal(line: string): boolean {
  try {
    const event = JSON.parse(line) as { Actor?: { Attributes?: { signal?: string } } };
    const sent = event.Actor?.Attributes?.signal;
    return sent !== undefined && !harmless.has(sent);
  } catch {
    return false;
  }
}
