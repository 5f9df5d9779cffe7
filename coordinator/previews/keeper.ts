import { createHash } from 'node:crypto';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError, toParbakeError, type ErrorCode } from '../../proto/errors/errors.ts';
import type { Bell } from '../../proto/process/bell.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import { isOwned } from '../core/assignment-state.ts';
import type { Assignment, Moment } from '../core/model.ts';
import { noOutcome, type Outcome, type Preview, type PreviewTimings } from '../core/preview/preview.ts';
import type { Assignments } from '../fleet/assigner.ts';
import type { PreviewUseCases } from '../store/previews.ts';
import type { RequestUseCases } from '../store/requests.ts';
import { short, type Wish } from './wanted.ts';
import type { Wishes } from './wishes.ts';

/** Milliseconds between two looks when nothing wakes the keeper. */
const interval = 1_000;
/** Previews that are worked on at the same time. */
const parallel = 16;
/** How long one try waits for an instance, in milliseconds. */
const patience = 600_000;
/** Milliseconds after which a preview is looked at again whose coordinator may have died. */
const lease = 15_000;
/** Milliseconds after which GitHub is asked again where a branch leads, though it sent nothing: a delivery can be lost. */
const sweep = 300_000;
/** Milliseconds between two tries, where an error does not say. */
const retryAfter = 10_000;
/** What an operator puts right, without another commit. */
const operators: readonly ErrorCode[] = ['ROLE_UNKNOWN', 'ROUTE_NAME_TAKEN'];
/** More than a repository may have. */
const maxListed = 20_000;

export interface KeeperParts {
  store: Pick<PreviewUseCases, 'duePreviews' | 'previews' | 'concludePreview'> &
    Pick<RequestUseCases, 'assignments'>;
  assignments: Pick<Assignments, 'assign' | 'release'>;
  wishes: Wishes;
  /** Is rung when something else is wanted. */
  bell: Bell;
  /** A preview may have another outcome. */
  concluded: () => void;
  moment: () => Moment;
  logger: Logger;
}

interface Work {
  sequence: number;
  stop: AbortController;
}

/**
 * Brings every preview to the environment that is wanted for it, again and again, until the signal aborts. What is wanted
 * and what is there are both in the store, so it can end anywhere.
 */
export class PreviewKeeper {
  readonly #parts: KeeperParts;
  readonly #working = new Map<string, Work>();
  readonly #running = new Set<Promise<void>>();
  /** Previews that may take an instance now, with their repository: what the store does not show yet. */
  readonly #admitted = new Map<string, string>();
  #problem = '';

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { bell, logger, moment } = this.#parts;
    // Everything is looked at now: what a coordinator left that died, and what GitHub sent while there was none.
    let ahead = Math.max(lease, sweep);
    while (!signal.aborted) {
      try {
        await this.#round(moment().now + ahead, signal);
        ahead = 0;
        if (this.#problem !== '') logger.info('previews: works again');
        this.#problem = '';
      } catch (cause) {
        const reason = reasonOf(cause);
        if (reason !== this.#problem) logger.warn({ reason }, 'previews: failed, retrying');
        this.#problem = reason;
      }
      await bell.wait(interval, signal);
    }
    await Promise.all(this.#running);
  }

  async #round(now: number, signal: AbortSignal): Promise<void> {
    const { store, moment } = this.#parts;
    for (const preview of await store.duePreviews({ ...moment(), now }, 500)) {
      const { previewId, sequence } = preview;
      const work = this.#working.get(previewId);
      // What it works on is not wanted any more.
      if (work !== undefined && work.sequence < sequence) work.stop.abort();
      if (work === undefined && this.#working.size < parallel) this.#start(preview, signal);
    }
  }

  #start(preview: Preview, signal: AbortSignal): void {
    const { previewId, sequence } = preview;
    const stop = new AbortController();
    this.#working.set(previewId, { sequence, stop });
    const running = this.#work(preview, AbortSignal.any([signal, stop.signal])).finally(() => {
      this.#working.delete(previewId);
      this.#admitted.delete(previewId);
      this.#running.delete(running);
      this.#parts.bell.ring();
    });
    this.#running.add(running);
  }

  /** Never rejects: the row stays due. */
  async #work(preview: Preview, signal: AbortSignal): Promise<void> {
    const { wishes, logger } = this.#parts;
    const { previewId, head } = preview;
    try {
      const wish = await wishes.of(preview, signal);
      if (wish === undefined || signal.aborted) return;
      if (wish.kind === 'assignment') await this.#serve(preview, wish, signal);
      else await this.#end(preview, wish);
    } catch (cause) {
      if (signal.aborted || isAbort(cause)) return;
      const error = toParbakeError(cause);
      logger.warn(
        { preview: previewId, repository: head.repository, code: error.code, reason: error.message },
        'preview failed',
      );
      await this.#fail(preview, error).catch((failure: unknown) => {
        logger.warn(
          { preview: previewId, reason: reasonOf(failure) },
          'cannot keep what became of a preview',
        );
      });
    }
  }

  async #end(preview: Preview, { state, reason }: Extract<Wish, { kind: 'none' }>): Promise<void> {
    for (const { assignmentId } of await this.#owned(preview))
      await this.#parts.assignments.release({ assignmentId });
    await this.#conclude(preview, { ...noOutcome, state, reason });
  }

  async #serve(
    preview: Preview,
    wish: Extract<Wish, { kind: 'assignment' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { assignments, moment } = this.#parts;
    const { previewId, head, sequence } = preview;
    const { owner, role, env, routes, ttlMs, urls } = wish;
    await this.#admit(preview);
    // Another file can be read at a retry, and is another request then.
    const content = createHash('sha256').update(JSON.stringify(wish)).digest('hex').slice(0, 12);
    const requestId = `${previewId}:${sequence}:${content}`;
    const earlier = await this.#owned(preview);
    const serving = earlier.find(({ state }) => state === 'SERVING');
    const { outcome, doneSequence } = preview;
    const isDone = doneSequence === sequence && outcome.state === 'SERVING';
    if (isDone && serving?.requestId === requestId)
      return await this.#parts.store.concludePreview(previewId, sequence, outcome, this.#nextSweep());
    // The commit that serves goes on until the new one does. A name passes on between two of the same owner and role only.
    for (const one of earlier)
      if (one.requestId !== requestId && !(one === serving && one.owner === owner && one.role === role))
        await assignments.release({ assignmentId: one.assignmentId });
    const isReplaced = serving?.owner === owner && serving.role === role;
    const before = isReplaced ? preview.outcome : noOutcome;
    // Kept before an instance is asked for: a coordinator that dies here is followed by one that looks again.
    // One that failed stays so until something else is known: nobody should see it start every few minutes.
    if (doneSequence !== sequence || outcome.state !== 'FAILED')
      await this.#conclude(preview, { ...before, state: 'STARTING', reason: '' }, moment().now + lease);
    const { assignment } = await assignments.assign(
      {
        owner,
        requestId,
        user: previewId,
        role,
        environment: head.label,
        env,
        files: {},
        wait: routes.length > 0 ? 'ROUTED' : 'READY',
        traceparent: '',
        tracestate: '',
        ttlMs,
        ifExists: 'REPLACE',
        routes,
      },
      patience,
      signal,
    );
    const over = afterlife(assignment);
    if (over !== undefined)
      return await this.#conclude(preview, { ...noOutcome, state: 'RELEASED', reason: over });
    const { assignmentId } = assignment;
    await this.#conclude(
      preview,
      {
        state: 'SERVING',
        reason: '',
        servingSha: head.sha,
        assignmentId,
        urls,
        timings: timingsOf(preview, assignment),
      },
      this.#nextSweep(),
    );
  }

  /** Where GitHub cannot be asked, there is nothing to look at. */
  #nextSweep(): number {
    const { wishes, moment } = this.#parts;
    return wishes.canAsk ? moment().now + sweep : 0;
  }

  /** @throws ParbakeError PREVIEW_LIMIT */
  async #admit(preview: Preview): Promise<void> {
    const { store, wishes } = this.#parts;
    const { repository } = preview.head;
    const max = wishes.maxOf(preview);
    const found = await store.previews({ repository, includeEnded: false, limit: maxListed });
    // Between here and the end nothing else runs, so two of them do not take the last place.
    const others = new Set(
      [...this.#admitted].flatMap(([previewId, of]) => (of === repository ? [previewId] : [])),
    );
    for (const { previewId, outcome } of found)
      if (outcome.assignmentId !== '' || outcome.state === 'STARTING') others.add(previewId);
    others.delete(preview.previewId);
    if (others.size >= max)
      throw new ParbakeError(
        'PREVIEW_LIMIT',
        `${repository} has ${others.size} environments, and may have ${max}`,
      );
    this.#admitted.set(preview.previewId, repository);
  }

  async #fail(preview: Preview, error: ParbakeError): Promise<void> {
    const serving = (await this.#owned(preview)).find(({ state }) => state === 'SERVING');
    const { servingSha, urls } = preview.outcome;
    const isServing = serving !== undefined && servingSha !== '';
    const kept = isServing ? `; ${short(servingSha)} still serves` : '';
    const { now } = this.#parts.moment();
    const isRetried = error.retryable || operators.includes(error.code);
    await this.#conclude(
      preview,
      {
        state: isRetried ? 'QUEUED' : 'FAILED',
        reason: `${error.toReason()}${kept}`,
        servingSha: isServing ? servingSha : '',
        assignmentId: serving?.assignmentId ?? '',
        urls: isServing ? urls : [],
      },
      isRetried ? now + (error.retryAfterMs ?? retryAfter) : this.#nextSweep(),
    );
  }

  async #conclude(preview: Preview, outcome: Outcome, nextLook = 0): Promise<void> {
    const { store, logger } = this.#parts;
    const { previewId, sequence, head } = preview;
    await store.concludePreview(previewId, sequence, outcome, nextLook);
    this.#parts.concluded();
    const { state, reason, assignmentId } = outcome;
    const { repository, branch, sha } = head;
    logger.info({ preview: previewId, repository, branch, sha, state, reason, assignmentId }, 'preview');
  }

  /** Its assignments that can still serve, newest first. */
  async #owned({ previewId }: Preview): Promise<Assignment[]> {
    const found = await this.#parts.store.assignments({ user: previewId, liveOnly: true, limit: 100 });
    return found.filter(
      ({ state, owner }) => isOwned(state) && (owner.startsWith('preview/') || owner.startsWith('fork/')),
    );
  }
}

/** Why an assignment that was asked for does not serve any more; undefined while it does. */
function afterlife({ state }: Assignment): string | undefined {
  if (state === 'COMPLETED') return 'its containers have ended by themselves';
  if (state === 'EXPIRED') return 'its time to live is over; a new commit starts it again';
  if (state === 'RELEASED' || state === 'RELEASING') return 'its assignment was released';
  return undefined;
}

function timingsOf({ receiveTime }: Preview, { createTime, timings }: Assignment): PreviewTimings {
  const before = Math.max(0, createTime - receiveTime);
  const { claimed = 0, ready = 0, routed } = timings;
  return {
    claimed: before + claimed,
    serving: before + ready,
    ...(routed === undefined ? {} : { routed: before + routed }),
  };
}
