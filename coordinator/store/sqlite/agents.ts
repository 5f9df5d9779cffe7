import { createHash } from 'node:crypto';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { duplicateIdentity } from '../../core/identity.ts';
import { isInPool } from '../../core/instance-state.ts';
import type { Assignment, Instance, Moment, Timings } from '../../core/model.ts';
import { meaningOf, type Observed, type ObservedOrder } from '../../core/observed.ts';
import type { AgentUseCases, CheckIn, OrderChange, Tenancy } from '../agents.ts';
import type { Synchronous } from './synchronous.ts';
import type { Tables } from './tables.ts';

/** Instances tried for one assignment before it fails. */
const maxAttempts = 3;

export function agentCommands(tables: Tables): Synchronous<AgentUseCases> {
  const { instances } = tables;
  return {
    admit(checkIn, sessionId, now) {
      const { facts, observedGeneration } = checkIn;
      const { instanceId } = facts;
      const instance = instances.checkIn(checkIn, sessionId, now);
      const foreign = foreignAssignment(tables, checkIn);
      // What it carries is not ours to stop: its higher generation is left to win.
      if (foreign === undefined) instances.adoptGeneration(instanceId, observedGeneration);
      const problem = foreign ?? duplicateOf(tables, checkIn);
      if (problem !== undefined && isInPool(instance.state))
        instances.event(instanceId, { kind: 'quarantined' }, now, problem.toReason());
      return tenancyOf(tables, instances.known(instanceId));
    },
    openSession(instanceId, sessionId, now) {
      if (!instances.connect(instanceId, sessionId, now))
        throw new ParbakeError('SESSION_UNKNOWN', `instance ${instanceId} has no session ${sessionId} here`);
      const claimed = claimOn(tables, instanceId, { now, steady: tables.steady() });
      return { tenancy: tenancyOf(tables, instances.known(instanceId)), claimed };
    },
    closeSession: (...session) => instances.disconnect(...session),
    observe(instanceId, observed, at) {
      const before = instances.get(instanceId);
      if (before === undefined) return undefined;
      instances.observed(before, observed.generation, observed.roles, at.now);
      observePreparation(tables, before, observed, at.now);
      const change = observed.order && observeOrder(tables, instanceId, observed.order, at);
      const claimed = claimOn(tables, instanceId, at);
      if (change?.after.state === 'PENDING') claimed.push(...claimFor(tables, change.after, at));
      const tenancy = tenancyOf(tables, instances.known(instanceId));
      return change === undefined ? { tenancy, claimed } : { tenancy, change, claimed };
    },
    measureClock: (...measured) => instances.clock(...measured),
  };
}

/** An instance with what it is taken for. */
export function tenancyOf({ assignments }: Pick<Tables, 'assignments'>, instance: Instance): Tenancy {
  const assignment = assignments.of(instance.instanceId);
  return assignment === undefined ? { instance } : { instance, assignment };
}

/** Takes an instance for a request, if there is one. */
export function claimFor(tables: Tables, assignment: Assignment, { now }: Moment): Tenancy[] {
  const claimed = tables.assignments.claim(assignment, { now, steady: tables.steady() });
  return claimed === undefined ? [] : [tenancyOf(tables, tables.instances.known(claimed.instanceId))];
}

/** Takes this instance for a request that waits, if there is one. */
function claimOn(tables: Tables, instanceId: string, { now }: Moment): Tenancy[] {
  const claimed = tables.assignments.claimOn(instanceId, { now, steady: tables.steady() });
  return claimed === undefined ? [] : [tenancyOf(tables, tables.instances.known(instanceId))];
}

function observePreparation(
  { instances }: Tables,
  { instanceId, state }: Instance,
  { preparation, preparationError }: Observed,
  now: number,
): void {
  if (!isInPool(state) || preparation === undefined) return;
  const kinds = { PREPARING: 'preparing', READY: 'prepared', FAILED: 'prepare_failed' } as const;
  // While it prepares: what is in the way.
  const reason = preparation === 'READY' ? '' : preparationError;
  instances.event(instanceId, { kind: kinds[preparation] }, now, reason);
}

function observeOrder(
  { assignments }: Tables,
  instanceId: string,
  order: ObservedOrder,
  { now, steady }: Moment,
): OrderChange | undefined {
  const before = assignments.get(order.assignmentId);
  const meaning = meaningOf(before, instanceId, order);
  if (before === undefined || meaning.kind === 'nothing') return undefined;
  const { assignmentId, attempt, receivedSteady } = before;
  if (meaning.kind === 'stopped')
    return { kind: 'stopped', before, after: assignments.stopped(assignmentId, now) };
  if (meaning.kind === 'failed') {
    const after = assignments.attemptFailed(assignmentId, meaning.reason, attempt >= maxAttempts, now);
    return { kind: 'failed', before, after };
  }
  const elapsed = Math.max(0, steady - receivedSteady);
  const timings: Timings = Object.fromEntries(meaning.steps.map((step) => [step, elapsed]));
  const endpoints = order.endpoints.length > 0 ? { endpoints: order.endpoints } : {};
  const change = { now, timings, ...endpoints };
  return {
    kind: 'progress',
    before,
    after: assignments.event(assignmentId, { kind: meaning.event }, change),
  };
}

/** An instance with somebody's containers must not get into the pool, whatever happened to the store. */
function foreignAssignment(
  { instances, assignments }: Tables,
  { facts: { instanceId }, assignmentId }: CheckIn,
): ParbakeError | undefined {
  if (assignmentId === '') return undefined;
  // One that failed here and waits for another instance, or is over, leaves the instance out of the pool.
  if (assignments.get(assignmentId) !== undefined && !isInPool(instances.known(instanceId).state))
    return undefined;
  return new ParbakeError(
    'FOREIGN_ASSIGNMENT',
    `instance ${instanceId} carries assignment ${assignmentId}, which this store did not give it`,
  );
}

function duplicateOf({ instances }: Tables, { facts }: CheckIn): ParbakeError | undefined {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const duplicate = duplicateIdentity(facts, instances.twins(facts), sha256);
  return duplicate === undefined ? undefined : new ParbakeError('DUPLICATE_IDENTITY', duplicate);
}
