import type { AgentServiceClient } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { ReportResponse__Output } from '../../proto/gen/parbake/v1/ReportResponse.ts';
import type { Sample } from '../../proto/gen/parbake/v1/Sample.ts';
import { isAbort, pause } from '../../proto/process/tasks.ts';
import type { ReportItem } from './recorder.ts';
import type { Batch, Spool } from './spool.ts';

/** Milliseconds: what happens together goes into one batch. */
const gather = 50;
/** Milliseconds between two looks when nothing happens. */
const idle = 60_000;
/** Milliseconds that a sample waits for others, or for something else to be sent. */
const samplesTogether = 5_000;

/** Sends what the spool holds, and keeps it until it is acknowledged. */
export class Reporter {
  readonly #spool: Spool;
  readonly #identity: { instanceId: string; bootId: string };
  #items: ReportItem[] = [];
  #samples: Sample[] = [];
  #samplesDue: NodeJS.Timeout | undefined;
  #changed = new AbortController();
  /** Aborts when there is something new to send, or something was acknowledged. */
  #moved = new AbortController();
  #sentUpTo = 0;

  constructor(spool: Spool, identity: { instanceId: string; bootId: string }) {
    this.#spool = spool;
    this.#identity = identity;
  }

  emit(item: ReportItem): void {
    this.#items.push(item);
    this.#changed.abort();
  }

  /** Samples of one moment: they wait for company, since each batch is a write and a message. */
  sample(samples: readonly Sample[]): void {
    this.#samples.push(...samples);
    this.#samplesDue ??= setTimeout(() => this.#changed.abort(), samplesTogether).unref();
  }

  /** Gathers items into durable batches until the signal aborts, and then the rest. */
  async gather(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (!this.#changed.signal.aborted) await pause(idle, AbortSignal.any([signal, this.#changed.signal]));
      this.#changed = new AbortController();
      await pause(gather, signal);
      this.flush();
    }
    this.flush();
  }

  flush(): void {
    const items = this.#items.splice(0);
    const samples = this.#samples.splice(0);
    clearTimeout(this.#samplesDue);
    this.#samplesDue = undefined;
    if (items.length === 0 && samples.length === 0) return;
    this.#spool.add({
      spans: items.flatMap((item) => ('span' in item ? [item.span] : [])),
      pulls: items.flatMap((item) => ('pull' in item ? [item.pull] : [])),
      starts: items.flatMap((item) => ('start' in item ? [item.start] : [])),
      reads: items.flatMap((item) => ('reads' in item ? [item.reads] : [])),
      samples,
    });
    this.#moved.abort();
  }

  /**
   * Sends over one stream until it ends or the signal aborts; unacknowledged batches first.
   * @param drainMs after the abort, how long the last acknowledgements are waited for
   */
  async send(client: AgentServiceClient, signal: AbortSignal, drainMs: number): Promise<void> {
    this.#sentUpTo = 0;
    const stream = client.report();
    const closed = new AbortController();
    stream.on('data', ({ acknowledgedSequence }: ReportResponse__Output) => {
      this.#spool.acknowledge(acknowledgedSequence);
      this.#moved.abort();
    });
    stream.on('error', () => closed.abort());
    stream.on('end', () => closed.abort());
    try {
      for (let until = Infinity; !closed.signal.aborted && performance.now() < until;) {
        if (signal.aborted && until === Infinity) until = performance.now() + drainMs;
        if (signal.aborted && this.#spool.waiting.length === 0) break;
        for (const batch of this.#unsent()) stream.write({ ...this.#identity, ...batch });
        await pause(...this.#nextLook(signal, closed.signal));
      }
    } catch (cause) {
      if (!isAbort(cause)) throw cause;
    } finally {
      if (closed.signal.aborted) stream.cancel();
      else stream.end();
    }
  }

  /** How long to rest, and what ends the rest. While it drains it looks often: its end has a time. */
  #nextLook(stop: AbortSignal, closed: AbortSignal): [number, AbortSignal] {
    this.#moved = new AbortController();
    const woken = AbortSignal.any([closed, this.#moved.signal]);
    return stop.aborted ? [gather, woken] : [idle, AbortSignal.any([woken, stop])];
  }

  #unsent(): Batch[] {
    const unsent = this.#spool.waiting.filter(({ sequence }) => sequence > this.#sentUpTo);
    this.#sentUpTo = unsent.at(-1)?.sequence ?? this.#sentUpTo;
    return unsent;
  }
}
