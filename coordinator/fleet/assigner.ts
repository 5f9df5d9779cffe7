import { createHash, randomUUID } from 'node:crypto';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { isOver } from '../core/assignment-state.ts';
import type { Assignment } from '../core/model.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Wait, Wanted } from './requests.ts';

/** Between two looks while an assignment waits, in milliseconds; changes wake it sooner. */
const backstop = 1_000;

/** Answers Assign: takes the request down, and waits as far as the caller asked. */
export class Assigner {
  readonly #dispatcher: Dispatcher;
  /** How many callers wait for an assignment, by assignment. */
  readonly #waiting = new Map<string, number>();
  readonly #stopping = new AbortController();

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /**
   * Gives a user an instance and waits as far as asked.
   * @param waitMs after which the caller has gone
   * @param gone aborts when the caller goes sooner
   * @throws ParbakeError ROLE_UNKNOWN, ENV_NOT_ALLOWED, REQUEST_ID_MISMATCH, NO_CAPACITY, ASSIGNMENT_FAILED,
   *   DEADLINE_EXCEEDED, INTERRUPTED, COORDINATOR_UNREACHABLE
   */
  async assign(
    wanted: Wanted,
    waitMs: number,
    gone: AbortSignal,
  ): Promise<{ assignment: Assignment; replayed: boolean }> {
    const receivedAt = performance.now();
    const { claimed, assignmentId, replayed } = this.#create(wanted, Date.now());
    if (!replayed) this.#dispatcher.received(assignmentId, receivedAt);
    if (claimed !== undefined) this.#dispatcher.announce(claimed);
    this.#waiting.set(assignmentId, (this.#waiting.get(assignmentId) ?? 0) + 1);
    try {
      const assignment = await this.#awaitStep(assignmentId, wanted.wait, receivedAt + waitMs, gone);
      this.#leave(assignmentId);
      return { assignment, replayed };
    } catch (cause) {
      if (this.#leave(assignmentId)) this.#dispatcher.forget(assignmentId, toParbakeError(cause));
      throw cause;
    }
  }

  /** Takes the request down and an instance for it, if there is one, at one stroke: each is a flush of the disk. */
  #create(
    wanted: Wanted,
    now: number,
  ): { assignmentId: string; claimed: Assignment | undefined; replayed: boolean } {
    const { store } = this.#dispatcher;
    const { wait: _, ...request } = wanted;
    try {
      return store.transaction(() => {
        const { assignment, replayed } = store.assignments.create({
          ...request,
          assignmentId: `as-${randomUUID()}`,
          fingerprint: fingerprintOf(wanted),
          now,
        });
        // A repetition is answered whatever became of its role; a new request that is refused leaves nothing.
        if (!replayed) this.#checkRole(wanted);
        const { assignmentId, state } = assignment;
        const claimed = state === 'PENDING' ? this.#dispatcher.take(assignmentId) : undefined;
        return { assignmentId, claimed, replayed };
      });
    } catch (cause) {
      this.#dispatcher.refused({ ...wanted, receivedTime: now }, toParbakeError(cause));
      throw cause;
    }
  }

  /** Answers everybody who waits, now. */
  stop(): void {
    this.#stopping.abort();
  }

  /** @returns whether nobody waits any more */
  #leave(assignmentId: string): boolean {
    const left = (this.#waiting.get(assignmentId) ?? 1) - 1;
    if (left > 0) this.#waiting.set(assignmentId, left);
    else this.#waiting.delete(assignmentId);
    return left <= 0;
  }

  async #awaitStep(assignmentId: string, wait: Wait, until: number, gone: AbortSignal): Promise<Assignment> {
    const { store, changes } = this.#dispatcher;
    const ended = AbortSignal.any([gone, this.#stopping.signal]);
    for (;;) {
      const assignment = store.assignments.get(assignmentId);
      if (assignment === undefined)
        throw new ParbakeError('INTERNAL', `assignment ${assignmentId} vanished while it was waited for`);
      if (assignment.state === 'FAILED')
        throw new ParbakeError(
          'ASSIGNMENT_FAILED',
          `assignment ${assignmentId}: ${assignment.attempt} instances were tried: ${assignment.failureReason}`,
        );
      if (hasReached(assignment, wait)) return assignment;
      if (gone.aborted) throw new ParbakeError('INTERRUPTED', 'the caller has gone');
      if (this.#stopping.signal.aborted)
        throw new ParbakeError('COORDINATOR_UNREACHABLE', 'the coordinator is shutting down');
      const left = until - performance.now();
      if (left <= 0) throw late(assignment, wait);
      await changes.next(assignmentId, Math.min(left, backstop), ended);
    }
  }

  #checkRole({ role, env, files }: Wanted): void {
    const demand = { variables: Object.keys(env), hasFiles: Object.keys(files).length > 0 };
    const refused = this.#dispatcher.store.roles.refuses(role, demand);
    if (refused === undefined) throw new ParbakeError('ROLE_UNKNOWN', `there is no role "${role}"`);
    if (refused.variables.length > 0)
      throw new ParbakeError(
        'ENV_NOT_ALLOWED',
        `role ${role} does not take ${refused.variables.join(', ')} from an assignment`,
      );
    if (refused.files)
      throw new ParbakeError('FILES_NOT_ALLOWED', `role ${role} takes no files from an assignment`);
  }
}

function late({ assignmentId, role, state }: Assignment, wait: Wait): ParbakeError {
  return state === 'PENDING'
    ? new ParbakeError('NO_CAPACITY', `no instance with role ${role} became ready in time`)
    : new ParbakeError(
        'DEADLINE_EXCEEDED',
        `assignment ${assignmentId} is ${state}, not yet ${wait} as asked`,
      );
}

function hasReached(assignment: Assignment, wait: Wait): boolean {
  const { state, timings } = assignment;
  if (state === 'PENDING') return false;
  if (wait === 'CLAIMED' || isOver(state) || state === 'RELEASING' || state === 'SERVING') return true;
  return wait === 'EXEC' && timings.started !== undefined;
}

function fingerprintOf({ user, role, environment, env, files }: Wanted): string {
  const sorted = (map: Readonly<Record<string, string>>) =>
    Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  // Without files as it was before there were any: a request id outlives an upgrade.
  const brought = Object.keys(files).length > 0 ? [sorted(files)] : [];
  return createHash('sha256')
    .update(JSON.stringify([user, role, environment, sorted(env), ...brought]))
    .digest('hex');
}
