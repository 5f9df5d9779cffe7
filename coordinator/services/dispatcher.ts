import { createHash, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { ParbakeError } from '../../proto/errors.ts';
import type { DesiredState } from '../../proto/gen/parbake/v1/DesiredState.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isOver } from '../core/assignment-state.ts';
import { duplicateIdentity } from '../core/identity.ts';
import type { Assignment, Instance, Timings } from '../core/model.ts';
import type { Store } from '../store/store.ts';
import { Changes } from './changes.ts';
import type { CheckIn, Observed, Wait, Wanted } from './from-proto.ts';
import { Session, Sessions, type SessionStream } from './sessions.ts';
import { desiredMessage } from './to-proto.ts';

/** Instances tried for one assignment before it fails. */
const maxAttempts = 3;

/** Between two looks while an assignment waits, in milliseconds; changes wake it sooner. */
const backstop = 1_000;

/** Brings assignments and instances together: the store is the truth, sessions only carry it. */
export class Dispatcher {
  readonly store: Store;
  readonly sessions = new Sessions();
  readonly changes = new Changes();
  readonly #logger: Logger;
  /** Session ids given at check-in, by instance. */
  readonly #issued = new Map<string, string>();
  /** When Assign was received, on the monotonic clock, by assignment. Lost in a restart: timings are then absent. */
  readonly #received = new Map<string, number>();
  /** Callers that wait for an assignment, by assignment. */
  readonly #waiting = new Map<string, number>();

  constructor(store: Store, logger: Logger) {
    this.store = store;
    this.#logger = logger;
  }

  checkIn({ facts, roles }: CheckIn): { sessionId: string; desired: DesiredState } {
    const { instanceId } = facts;
    const live = this.store.liveInstances();
    let instance = this.store.checkIn(facts, roles, Date.now());
    const duplicate = duplicateIdentity(facts, live, (text) =>
      createHash('sha256').update(text).digest('hex'),
    );
    if (duplicate !== undefined && instance.state !== 'QUARANTINED') {
      const reason = new ParbakeError('DUPLICATE_IDENTITY', duplicate).toReason();
      instance = this.store.instanceEvent(instanceId, { kind: 'quarantined' }, reason);
      this.#logger.warn({ instanceId, reason }, 'instance quarantined');
    }
    const sessionId = randomUUID();
    this.#issued.set(instanceId, sessionId);
    this.#logger.info({ instanceId, state: instance.state, bakeId: facts.bakeId }, 'instance checked in');
    this.changes.notify(instanceId);
    return { sessionId, desired: this.desired(instance) };
  }

  /** @throws ParbakeError SESSION_UNKNOWN when the instance did not check in with this coordinator */
  openSession(instanceId: string, sessionId: string, stream: SessionStream): Session {
    if (this.#issued.get(instanceId) !== sessionId)
      throw new ParbakeError('SESSION_UNKNOWN', `instance ${instanceId} has no session ${sessionId} here`);
    const session = new Session(instanceId, sessionId, stream);
    // First who owns the session, then what it should do: the other way round an order can fall between.
    this.sessions.open(session);
    this.push(instanceId);
    this.claimPending();
    this.changes.notify(instanceId);
    return session;
  }

  closeSession(session: Session): void {
    if (this.sessions.close(session)) this.changes.notify(session.instanceId);
  }

  /** Sends an instance what it should do now, if its agent is connected. */
  push(instanceId: string): void {
    const instance = this.store.instance(instanceId);
    if (instance !== undefined) this.sessions.get(instanceId)?.sendDesired(this.desired(instance));
  }

  desired(instance: Instance): DesiredState {
    return desiredMessage(instance, this.store.assignmentOf(instance.instanceId));
  }

  /** Takes in what an agent sees. Repetitions are normal and change nothing. */
  observe(instanceId: string, observed: Observed): void {
    const now = Date.now();
    this.store.observed(instanceId, observed.generation, observed.roles, now);
    this.#observePreparation(instanceId, observed);
    if (observed.order !== undefined) this.#observeOrder(instanceId, observed.order, now);
    this.claimPending();
    this.changes.notify(instanceId);
  }

  #observePreparation(instanceId: string, { preparation, preparationError }: Observed): void {
    const state = this.store.instance(instanceId)?.state;
    const isInPool =
      state === 'CHECKED_IN' || state === 'PREPARING' || state === 'READY' || state === 'FAILED';
    if (!isInPool || preparation === undefined) return;
    if (preparation === 'PREPARING') this.store.instanceEvent(instanceId, { kind: 'preparing' });
    if (preparation === 'FAILED')
      this.store.instanceEvent(instanceId, { kind: 'prepare_failed' }, preparationError);
    if (preparation === 'READY') this.store.instanceEvent(instanceId, { kind: 'prepared' });
  }

  #observeOrder(instanceId: string, order: NonNullable<Observed['order']>, now: number): void {
    const { assignmentId, state } = order;
    const assignment = this.store.assignment(assignmentId);
    // An instance speaks for the assignment it is taken for, and for no other.
    if (assignment === undefined || assignment.instanceId !== instanceId || isOver(assignment.state)) return;
    if (assignment.state === 'PENDING') return;
    if (assignment.state === 'RELEASING') {
      if (state === 'STOPPED') this.#finish(this.store.stopped(assignmentId, now));
      return;
    }
    if (state === 'FAILED') return this.#attemptFailed(assignment, order.error, now);
    if (state === 'STOPPED') return;
    const kinds = {
      DELIVERED: 'delivered',
      STARTING: 'starting',
      STARTED: 'starting',
      SERVING: 'serving',
    } as const;
    const steps = {
      DELIVERED: ['delivered'],
      STARTING: ['delivered'],
      STARTED: ['delivered', 'started'],
    } as const;
    const passed = state === 'SERVING' ? (['delivered', 'started', 'ready'] as const) : steps[state];
    const timings = this.#timingsOf(assignmentId, passed);
    const endpoints = order.endpoints.length > 0 ? { endpoints: order.endpoints } : {};
    this.store.assignmentEvent(assignmentId, { kind: kinds[state] }, { now, timings, ...endpoints });
  }

  #attemptFailed(assignment: Assignment, reason: string, now: number): void {
    const { assignmentId, instanceId } = assignment;
    const isLast = assignment.attempt >= maxAttempts;
    const failed = this.store.attemptFailed(assignmentId, reason, isLast, now);
    this.#logger.warn({ assignmentId, instanceId, reason, attempt: failed.attempt }, 'attempt failed');
    this.push(instanceId);
    if (isLast) this.#finish(failed);
  }

  /** Gives waiting assignments the instances that there are, oldest first. */
  claimPending(): void {
    for (const { assignmentId } of this.store.pending()) this.#claim(assignmentId);
  }

  #claim(assignmentId: string): void {
    const claimed = this.store.claim(assignmentId, this.sessions.connected, Date.now());
    if (claimed === undefined) return;
    const timings = this.#timingsOf(assignmentId, ['claimed']);
    this.push(claimed.instanceId);
    this.store.recordTimings(assignmentId, timings);
    this.#logger.info(
      { assignmentId, instanceId: claimed.instanceId, attempt: claimed.attempt },
      'instance assigned',
    );
    this.changes.notify(claimed.instanceId);
  }

  /**
   * Gives a user an instance and waits as far as asked.
   * @param waitMs after which the caller has gone
   * @throws ParbakeError ROLE_UNKNOWN, ENV_NOT_ALLOWED, REQUEST_ID_MISMATCH, NO_CAPACITY, ASSIGNMENT_FAILED,
   *   DEADLINE_EXCEEDED
   */
  async assign(wanted: Wanted, waitMs: number): Promise<{ assignment: Assignment; replayed: boolean }> {
    const receivedAt = performance.now();
    this.#checkRole(wanted);
    const { wait, ...request } = wanted;
    const created = this.store.createAssignment({
      ...request,
      assignmentId: `as-${randomUUID()}`,
      fingerprint: fingerprintOf(wanted),
      now: Date.now(),
    });
    const { assignmentId } = created.assignment;
    if (!created.replayed) this.#received.set(assignmentId, receivedAt);
    this.#waiting.set(assignmentId, (this.#waiting.get(assignmentId) ?? 0) + 1);
    try {
      if (created.assignment.state === 'PENDING') this.#claim(assignmentId);
      const assignment = await this.#awaitStep(assignmentId, wait, receivedAt + waitMs);
      return { assignment, replayed: created.replayed };
    } finally {
      const left = (this.#waiting.get(assignmentId) ?? 1) - 1;
      if (left === 0) this.#waiting.delete(assignmentId);
      else this.#waiting.set(assignmentId, left);
    }
  }

  async #awaitStep(assignmentId: string, wait: Wait, until: number): Promise<Assignment> {
    for (;;) {
      const assignment = this.store.assignment(assignmentId);
      if (assignment === undefined)
        throw new ParbakeError(
          'NO_CAPACITY',
          'no instance was ready before another caller gave this request up',
        );
      if (assignment.state === 'FAILED')
        throw new ParbakeError(
          'ASSIGNMENT_FAILED',
          `${assignment.attempt} instances were tried: ${assignment.failureReason}`,
        );
      if (hasReached(assignment, wait)) return assignment;
      const left = until - performance.now();
      if (left <= 0) throw this.#late(assignment, wait);
      await this.changes.next(Math.min(left, backstop));
    }
  }

  #late(assignment: Assignment, wait: Wait): ParbakeError {
    const { assignmentId, role, state } = assignment;
    if (state !== 'PENDING')
      return new ParbakeError(
        'DEADLINE_EXCEEDED',
        `assignment ${assignmentId} is ${state}, not yet ${wait} as asked`,
      );
    // Nothing was promised to anybody else who waits for the same request.
    if (this.#waiting.get(assignmentId) === 1) this.store.forgetPending(assignmentId);
    return new ParbakeError('NO_CAPACITY', `no instance with role ${role} became ready in time`);
  }

  #checkRole({ role, env }: Wanted): void {
    const known = this.store.roles().find(({ name }) => name === role);
    if (known === undefined) throw new ParbakeError('ROLE_UNKNOWN', `there is no role "${role}"`);
    const refused = Object.keys(env).filter((name) => !known.userEnv.includes(name));
    if (refused.length > 0)
      throw new ParbakeError(
        'ENV_NOT_ALLOWED',
        `role ${role} does not take ${refused.join(', ')} from an assignment`,
      );
  }

  /** @returns true when it had been released before */
  release(assignmentId: string): { assignment: Assignment; alreadyReleased: boolean } {
    const before = this.store.assignment(assignmentId);
    if (before === undefined)
      throw new ParbakeError('ASSIGNMENT_NOT_FOUND', `there is no assignment ${assignmentId}`);
    if (before.state === 'RELEASING' || isOver(before.state))
      return { assignment: before, alreadyReleased: true };
    const assignment = this.store.release(assignmentId, Date.now());
    this.#logger.info({ assignmentId, instanceId: assignment.instanceId }, 'assignment released');
    if (assignment.instanceId !== '') this.push(assignment.instanceId);
    this.changes.notify(assignment.instanceId);
    return { assignment, alreadyReleased: false };
  }

  #finish(assignment: Assignment): void {
    this.#received.delete(assignment.assignmentId);
    this.#logger.info({ assignmentId: assignment.assignmentId, state: assignment.state }, 'assignment over');
  }

  #timingsOf(assignmentId: string, steps: readonly (keyof Timings)[]): Timings {
    const receivedAt = this.#received.get(assignmentId);
    if (receivedAt === undefined) return {};
    const elapsed = performance.now() - receivedAt;
    return Object.fromEntries(steps.map((step) => [step, elapsed]));
  }
}

function hasReached(assignment: Assignment, wait: Wait): boolean {
  const { state, timings } = assignment;
  if (state === 'PENDING') return false;
  if (wait === 'CLAIMED' || isOver(state) || state === 'RELEASING' || state === 'SERVING') return true;
  return wait === 'EXEC' && timings.started !== undefined;
}

function fingerprintOf({ user, role, environment, env }: Wanted): string {
  const sorted = Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([user, role, environment, sorted]))
    .digest('hex');
}
