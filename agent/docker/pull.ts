import type { Readable } from 'node:stream';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { JsonLines } from '../core/json-lines.ts';
import { pullFailure } from '../core/image/pull-failure.ts';
import { PullProgress, type LayerProgress, type PullOutcome } from '../core/image/pull-progress.ts';
import { reasonOf } from '../../proto/errors/cause.ts';

export interface PullReading {
  /** Name used in messages. */
  ref: string;
  /** Longest time without a word from the Engine, in milliseconds. */
  silenceMs: number;
  /** Monotonic, milliseconds. */
  clock: () => number;
  signal: AbortSignal;
  /**
   * Whether other pulls got on within `silenceMs`. The Engine fetches a few layers at a time over all pulls, so one that
   * only waits for its turn is as silent as one that is stuck. Absent means that there are no others.
   */
  othersGetOn?: (() => boolean) | undefined;
  /** Called after every chunk. */
  onProgress: (layers: LayerProgress[]) => void;
}

export interface PullResult {
  outcome: Extract<PullOutcome, { kind: 'done' }>;
  layers: LayerProgress[];
}

/**
 * Reads the Engine's answer to a pull to its end. Destroys the stream, and so ends the pull, on abort and
 * on silence.
 * @throws ParbakeError IMAGE_NOT_FOUND, IMAGE_PULL_FAILED, IMAGE_PULL_STALLED, IMAGE_PLATFORM_MISMATCH or
 *   DISK_FULL; the signal's reason when it aborts
 */
export async function readPull(stream: Readable, reading: PullReading): Promise<PullResult> {
  const { ref, clock } = reading;
  const lines = new JsonLines();
  const progress = new PullProgress();
  const watchdog = watch(stream, reading, progress);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      watchdog.alive();
      const now = clock();
      for (const line of parsed(ref, () => lines.push(chunk))) progress.apply(line, now);
      reading.onProgress(progress.layers());
    }
  } catch (cause) {
    reading.signal.throwIfAborted();
    if (cause instanceof ParbakeError) throw cause;
    // What the Engine said before the connection broke explains more than that it broke.
    throw (
      failureOf(ref, progress) ?? pullFailure(ref, `the Engine's answer broke off: ${reasonOf(cause)}`, cause)
    );
  } finally {
    watchdog.end();
    stream.destroy();
  }
  for (const line of parsed(ref, () => lines.end())) progress.apply(line, clock());
  const failure = failureOf(ref, progress);
  if (failure !== undefined) throw failure;
  const outcome = progress.outcome();
  if (outcome.kind !== 'done') throw pullFailure(ref, "the Engine's answer ended before the pull did");
  return { outcome, layers: progress.layers() };
}

export function stalled(ref: string, silenceMs: number): ParbakeError {
  return new ParbakeError('IMAGE_PULL_STALLED', `cannot pull ${ref}: no progress for ${silenceMs / 1000} s`);
}

function failureOf(ref: string, progress: PullProgress): ParbakeError | undefined {
  const outcome = progress.outcome();
  return outcome.kind === 'failed' ? pullFailure(ref, outcome.text) : undefined;
}

function parsed(ref: string, parse: () => unknown[]): unknown[] {
  try {
    return parse();
  } catch (cause) {
    throw pullFailure(ref, "the Engine's answer is not JSON", cause);
  }
}

/** Destroys the stream when nobody calls `alive` for too long, or when the signal aborts. */
function watch(
  stream: Readable,
  reading: PullReading,
  progress: PullProgress,
): { alive: () => void; end: () => void } {
  const { signal, silenceMs, ref, othersGetOn } = reading;
  const onAbort = (): void => void stream.destroy(new Error('aborted'));
  const onSilence = (): void => {
    if (progress.isQueued() && othersGetOn?.() === true) timer.refresh();
    else stream.destroy(stalled(ref, silenceMs));
  };
  const timer = setTimeout(onSilence, silenceMs);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return {
    alive: () => void timer.refresh(),
    end: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
