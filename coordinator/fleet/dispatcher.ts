import { createHash, randomUUID } from 'node:crypto';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { DesiredState } from '../../proto/gen/parbake/v1/DesiredState.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { ProtoTime } from '../../proto/wire/time.ts';
import { isOver } from '../core/assignment-state.ts';
import { duplicateIdentity } from '../core/identity.ts';
import { isInPool } from '../core/instance-state.ts';
import type { Assignment, Instance, Timings } from '../core/model.ts';
import { nobody, type Observer, type RefusedRequest } from '../core/observer.ts';
import type { CheckIn, Store } from '../store/store.ts';
import { Changes } from './changes.ts';
import { Session, Sessions, type SessionStream } from './sessions.ts';
import { desiredMessage } from '../api/to-proto.ts';
import type { Observed } from './requests.ts';

/** Instances tried for one assignment before it fails. */
const maxAttempts = 3;

/** Brings assignments and instances together: the store is the truth, sessions only carry it. */
export class Dispatcher {
  readonly store: Store;
  readonly sessions = new Sessions();
  readonly changes = new Changes();
  readonly #logger: Logger;
  readonly #observer: Observer;
  /** Session ids given at check-in, by instance. */
  readonly #issued = new Map<string, string>();
  /** When Assign was received, on the monotonic clock, by assignment. Lost in a restart: timings are then absent. */
  readonly #received = new Map<string, number>();

  /** Where a container's own steps belong; see Order.env. */
  readonly #traceparentFor: (assignment: Assignment) => string;

  /** @param traceparentFor the caller's own unless said otherwise */
  constructor(
    store: Store,
    logger: Logger,
    observer: Observer = nobody,
    traceparentFor = ({ traceparent }: Assignment): string => traceparent,
  ) {
    this.store = store;
    this.#logger = logger;
    this.#observer = observer;
    this.#traceparentFor = traceparentFor;
    // Callers of a former process are gone; what nobody was told of is not carried out behind their backs.
    store.assignments.forgetAll();
  }

  checkIn(checkIn: CheckIn): { sessionId: string; desired: DesiredState; setAside: string } {
    const { facts } = checkIn;
    const { instanceId, bakeId } = facts;
    const instance = this.store.transaction(() => this.#takeIn(checkIn, Date.now()));
    const sessionId = randomUUID();
    this.#issued.set(instanceId, sessionId);
    const { state, stateReason } = instance;
    const isSetAside = state === 'QUARANTINED';
    if (isSetAside) this.#logger.warn({ instanceId, reason: stateReason }, 'instance quarantined');
    this.#logger.info({ instanceId, state, bakeId }, 'instance checked in');
    this.#observer.checkedIn();
    this.changes.notify({ instanceId });
    return { sessionId, desired: this.desired(instance), setAside: isSetAside ? stateReason : '' };
  }

  #takeIn(checkIn: CheckIn, now: number): Instance {
    const { facts, observedGeneration } = checkIn;
    const { instanceId } = facts;
    const instance = this.store.instances.checkIn(checkIn, now);
    const foreign = this.#foreignAssignment(checkIn);
    // What it carries is not ours to stop: its higher generation is left to win.
    if (foreign === undefined) this.store.instances.adoptGeneration(instanceId, observedGeneration);
    const problem = foreign ?? duplicateOf(checkIn, this.store);
    if (problem === undefined || !isInPool(instance.state))
      return this.store.instances.get(instanceId) ?? instance;
    return this.store.instances.event(instanceId, { kind: 'quarantined' }, now, problem.toReason());
  }

  /** An instance with somebody's containers must not get into the pool, whatever happened to the store. */
  #foreignAssignment({ facts: { instanceId }, assignmentId }: CheckIn): ParbakeError | undefined {
    if (assignmentId === '') return undefined;
    const known = this.store.assignments.get(assignmentId);
    // One that was tried here and is sought another instance for, or is over, leaves the instance out of the pool.
    if (known !== undefined && !isInPool(this.store.instances.get(instanceId)?.state ?? 'READY'))
      return undefined;
    return new ParbakeError(
      'FOREIGN_ASSIGNMENT',
      `instance ${instanceId} carries assignment ${assignmentId}, which this store did not give it`,
    );
  }

  /** @throws ParbakeError SESSION_UNKNOWN when the instance did not check in with this coordinator */
  openSession(instanceId: string, sessionId: string, stream: SessionStream): Session {
    // One that was silent for so long that it was removed checks in again.
    if (this.#issued.get(instanceId) !== sessionId || this.store.instances.get(instanceId) === undefined)
      throw new ParbakeError('SESSION_UNKNOWN', `instance ${instanceId} has no session ${sessionId} here`);
    const session = new Session(instanceId, sessionId, stream);
    // First who owns the session, then what it should do: the other way round an order can fall between.
    this.sessions.open(session);
    this.push(instanceId);
    this.claimPending();
    this.changes.notify({ instanceId });
    return session;
  }

  closeSession(session: Session): void {
    const { instanceId } = session;
    if (!this.sessions.close(session)) return;
    this.store.instances.seen(instanceId, session.lastSeenTime);
    this.changes.notify({ instanceId });
  }

  /** Answers a heartbeat, and says again what should be done when the agent has not got that far. */
  heartbeat(session: Session, observedGeneration: number, sendTime: ProtoTime | null): void {
    const instance = this.store.instances.get(session.instanceId);
    if (instance === undefined) return;
    session.acknowledge(instance.generation, sendTime);
    if (observedGeneration < instance.generation) session.sendDesired(this.desired(instance));
  }

  /** Sends an instance what it should do now, if its agent is connected. */
  push(instanceId: string): void {
    const instance = this.store.instances.get(instanceId);
    if (instance !== undefined) this.sessions.get(instanceId)?.sendDesired(this.desired(instance));
  }

  desired(instance: Instance): DesiredState {
    const assignment = this.store.assignments.of(instance.instanceId);
    return desiredMessage(
      instance,
      assignment,
      assignment === undefined ? '' : this.#traceparentFor(assignment),
    );
  }

  /** Takes in what an agent sees. Repetitions are normal and change nothing. */
  observe(instanceId: string, observed: Observed): void {
    const now = Date.now();
    const { order } = observed;
    const isBehind = this.store.transaction(() => {
      this.store.instances.observed(instanceId, observed.generation, observed.roles, now);
      this.#observePreparation(instanceId, observed, now);
      return order !== undefined && this.#observeOrder(instanceId, order, now);
    });
    if (isBehind) this.push(instanceId);
    this.claimPending();
    this.changes.notify({ instanceId, ...(order === undefined ? {} : { assignmentId: order.assignmentId }) });
  }

  #observePreparation(instanceId: string, { preparation, preparationError }: Observed, now: number): void {
    const state = this.store.instances.get(instanceId)?.state;
    if (state === undefined || !isInPool(state) || preparation === undefined) return;
    const kinds = { PREPARING: 'preparing', READY: 'prepared', FAILED: 'prepare_failed' } as const;
    const reason = preparation === 'FAILED' ? preparationError : '';
    this.store.instances.event(instanceId, { kind: kinds[preparation] }, now, reason);
  }

  /** @returns whether the agent has to be told what to do now */
  #observeOrder(instanceId: string, order: NonNullable<Observed['order']>, now: number): boolean {
    const { assignmentId, state } = order;
    const assignment = this.store.assignments.get(assignmentId);
    // An instance speaks for the assignment it is taken for, and for no other.
    if (assignment === undefined || assignment.instanceId !== instanceId || isOver(assignment.state))
      return false;
    if (assignment.state === 'RELEASING') {
      if (state === 'STOPPED') this.#finish(this.store.assignments.stopped(assignmentId, now));
      return false;
    }
    if (state === 'FAILED') {
      this.#attemptFailed(assignment, order.error, now);
      return true;
    }
    if (state === 'STOPPED') return false;
    const { event, steps } = progress[state];
    const timings = this.#timingsOf(assignmentId, steps);
    for (const step of steps)
      if (assignment.timings[step] === undefined) this.#tellStep(assignment, step, timings[step]);
    const endpoints = order.endpoints.length > 0 ? { endpoints: order.endpoints } : {};
    const after = this.store.assignments.event(assignmentId, { kind: event }, { now, timings, ...endpoints });
    if (assignment.timings.ready === undefined && after.timings.ready !== undefined)
      this.#observer.served(after);
    return false;
  }

  #attemptFailed(assignment: Assignment, reason: string, now: number): void {
    const { assignmentId, instanceId, attempt } = assignment;
    const isLast = attempt >= maxAttempts;
    const failed = this.store.assignments.attemptFailed(assignmentId, reason, isLast, now);
    this.#logger.warn({ assignmentId, instanceId, reason, attempt }, 'attempt failed');
    this.#observer.attemptFailed(assignment.role, reason);
    if (!isLast) return;
    this.#finish(failed);
    this.#observer.failed({ ...failed, instanceId }, new ParbakeError('ASSIGNMENT_FAILED', reason), now);
  }

  /** Gives waiting assignments the instances that there are, oldest first. */
  claimPending(): void {
    for (const assignmentId of this.store.assignments.pending()) this.claim(assignmentId);
  }

  /** Takes an instance for an assignment, durably, and then tells its agent. */
  claim(assignmentId: string): void {
    const claimed = this.take(assignmentId);
    if (claimed !== undefined) this.announce(claimed);
  }

  /** Takes an instance for an assignment, if there is one. Once that is durable, it is to be announced. */
  take(assignmentId: string): Assignment | undefined {
    return this.store.assignments.claim(assignmentId, (id) => this.sessions.has(id), Date.now());
  }

  /** Tells its agent of an assignment that was given its instance. */
  announce(claimed: Assignment): void {
    const { assignmentId, instanceId, attempt } = claimed;
    const timings = this.#timingsOf(assignmentId, ['claimed']);
    this.push(instanceId);
    // The order is on its way first; what is written and said about it follows.
    setImmediate(() => {
      this.#logger.info({ assignmentId, instanceId, attempt }, 'instance assigned');
      this.store.assignments.recordTimings(assignmentId, timings);
      this.#tellStep(claimed, 'claimed', timings.claimed);
      this.changes.notify({ instanceId, assignmentId });
    });
  }

  /** @returns `alreadyReleased` when it had been before */
  release(assignmentId: string): { assignment: Assignment; alreadyReleased: boolean } {
    const before = this.store.assignments.get(assignmentId);
    if (before === undefined)
      throw new ParbakeError('ASSIGNMENT_NOT_FOUND', `there is no assignment ${assignmentId}`);
    if (before.state === 'RELEASING' || isOver(before.state))
      return { assignment: before, alreadyReleased: true };
    const now = Date.now();
    const assignment = this.store.assignments.release(assignmentId, now);
    const { instanceId } = assignment;
    this.#logger.info({ assignmentId, instanceId }, 'assignment released');
    if (isOver(assignment.state)) this.#finish(assignment);
    if (before.state !== 'SERVING')
      this.#observer.failed(before, new ParbakeError('INTERRUPTED', 'released before it served'), now);
    this.push(instanceId);
    this.changes.notify({ instanceId, assignmentId });
    return { assignment, alreadyReleased: false };
  }

  /** Timings of this assignment count from `at`, on the monotonic clock. */
  received(assignmentId: string, at: number): void {
    this.#received.set(assignmentId, at);
  }

  /**
   * Drops a request that its last caller has given up before anything was taken for it; any other stays.
   * @param error what the caller was told
   */
  forget(assignmentId: string, error: ParbakeError): void {
    const before = this.store.assignments.get(assignmentId);
    this.store.assignments.forget(assignmentId);
    if (this.store.assignments.get(assignmentId) !== undefined) return;
    this.#received.delete(assignmentId);
    if (before !== undefined) this.#observer.failed(before, error, Date.now());
  }

  /** A request was refused, and nothing of it is kept. */
  refused(request: RefusedRequest, error: ParbakeError): void {
    this.#observer.refused(request, error, Date.now());
  }

  #tellStep({ role }: Assignment, step: keyof Timings, ms: number | undefined): void {
    if (ms !== undefined) this.#observer.step(role, step, ms);
  }

  #finish({ assignmentId, state }: Assignment): void {
    this.#received.delete(assignmentId);
    this.#logger.info({ assignmentId, state }, 'assignment over');
  }

  #timingsOf(assignmentId: string, steps: readonly (keyof Timings)[]): Timings {
    const receivedAt = this.#received.get(assignmentId);
    if (receivedAt === undefined) return {};
    const elapsed = performance.now() - receivedAt;
    return Object.fromEntries(steps.map((step) => [step, elapsed]));
  }
}

/** What an order's state means for its assignment, and which steps have passed by then. */
const progress = {
  DELIVERED: { event: 'delivered', steps: ['delivered'] },
  STARTING: { event: 'starting', steps: ['delivered'] },
  STARTED: { event: 'starting', steps: ['delivered', 'started'] },
  SERVING: { event: 'serving', steps: ['delivered', 'started', 'ready'] },
} as const;

function duplicateOf({ facts }: CheckIn, store: Store): ParbakeError | undefined {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const duplicate = duplicateIdentity(facts, store.instances.twins(facts), sha256);
  return duplicate === undefined ? undefined : new ParbakeError('DUPLICATE_IDENTITY', duplicate);
}
