import type { AgentServiceClient } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { ReportResponse__Output } from '../../proto/gen/parbake/v1/ReportResponse.ts';
import type { Sample } from '../../proto/gen/parbake/v1/Sample.ts';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { backoff } from '../../proto/process/backoff.ts';
import type { Logger } from '../../proto/process/log.ts';
import { retry } from '../../proto/process/retry.ts';
import { isAbort, pause } from '../../proto/process/tasks.ts';
import type { ReportItem } from './recorder.ts';
import type { Batch, Spool } from './spool.ts';

/** Milliseconds: what happens together goes into one batch. */
const gather = 50;
/** Milliseconds between two looks when nothing happens. */
const idle = 60_000;
/** Milliseconds that a sample waits for others, or for something else to be sent. */
const samplesTogether = 5_000;

export interface ReporterOptions {
  spool: Spool;
  identity: { instanceId: string; bootId: string };
  logger: Logger;
  /** From 0 to 1. */
  random: () => number;
}

/** Sends what the spool holds, and keeps it until it is acknowledged. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #spool: Spool;
  #items: ReportItem[] = [];
  #samples: Sample[] = [];
  #samplesDue: NodeJS.Timeout | undefined;
  #changed = new AbortController();
  /** Aborts when there is something new to send, or something was acknowledged. */
  #moved = new AbortController();
  #sentUpTo = 0;
  #problem = '';

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#spool = options.spool;
  }

  /** Why the coordinator takes no reports at the moment; empty when it does. */
  get problem(): string {
    return this.#problem;
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
   * Sends until the signal aborts, unacknowledged batches first. A stream that ends before is opened again.
   * @param drainMs after the abort, how long the last acknowledgements are waited for
   */
  async send(client: AgentServiceClient, signal: AbortSignal, drainMs: number): Promise<void> {
    let failure: ParbakeError | undefined;
    const once = async (startOver: () => void): Promise<void> => {
      // A session that ends takes its report stream with it, so a failure counts only once the wait after it is over.
      if (failure !== undefined) this.#refused(failure);
      await this.#sendOnce(client, signal, drainMs, startOver);
    };
    await retry(once, {
      delay: (failures) => backoff(failures, this.#options.random()),
      signal,
      onRetry: ({ cause }) => (failure = toParbakeError(cause)),
    }).catch((cause: unknown) => {
      if (!isAbort(cause)) throw cause;
    });
  }

  #refused(failure: ParbakeError): void {
    const reason = failure.toReason();
    if (this.#problem === '') this.#options.logger.warn({ reason }, 'reports refused, retrying');
    this.#problem = reason;
  }

  /**
   * One stream, until it fails or everything is sent after the abort.
   * @param onAcknowledged called for each acknowledgement
   * @throws ParbakeError why the stream ended
   */
  async #sendOnce(
    client: AgentServiceClient,
    signal: AbortSignal,
    drainMs: number,
    onAcknowledged: () => void,
  ): Promise<void> {
    this.#sentUpTo = 0;
    const stream = client.report();
    const closed = new AbortController();
    let failure = new ParbakeError('COORDINATOR_UNREACHABLE', 'the coordinator ended the report stream');
    stream.on('data', ({ acknowledgedSequence }: ReportResponse__Output) => {
      this.#acknowledge(acknowledgedSequence);
      onAcknowledged();
    });
    stream.on('error', (cause) => {
      failure = fromStatus(cause);
      // The same batch would be refused each time.
      if (failure.code === 'REQUEST_INVALID') this.#spool.dropOldest();
      closed.abort();
    });
    stream.on('end', () => closed.abort());
    try {
      for (let until = Infinity; !closed.signal.aborted && performance.now() < until;) {
        if (signal.aborted && until === Infinity) until = performance.now() + drainMs;
        if (signal.aborted && this.#spool.waiting.length === 0) break;
        for (const batch of this.#unsent()) stream.write({ ...this.#options.identity, ...batch });
        await pause(...this.#nextLook(signal, closed.signal));
      }
    } finally {
      if (closed.signal.aborted) stream.cancel();
      else stream.end();
    }
    if (closed.signal.aborted) throw failure;
  }

  #acknowledge(sequence: number): void {
    this.#spool.acknowledge(sequence);
    if (this.#problem !== '') this.#options.logger.info('reports accepted again');
    this.#problem = '';
    this.#moved.abort();
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
