import { createHash } from 'node:crypto';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { duplicateIdentity, idTaken, isSameMachine } from '../../core/identity.ts';
import { hasUser, isInPool } from '../../core/instance-state.ts';
import type { Facts, Instance, Moment } from '../../core/model.ts';
import { meaningOf, type Observed, type ObservedOrder } from '../../core/observed.ts';
import type { AgentUseCases, AssignmentStep, CheckIn } from '../agents.ts';
import { claimFor, claimOn } from './claims.ts';
import { failAttempt, finish, release, stopped } from './endings.ts';
import type { Synchronous } from './synchronous.ts';
import type { Tables } from './tables.ts';
import { tenancyOf } from './tenancy.ts';

export function agentCommands(tables: Tables): Synchronous<AgentUseCases> {
  const { instances } = tables;
  return {
    admit(checkIn, sessionId, at) {
      const { facts, observedGeneration } = checkIn;
      const { instanceId } = facts;
      refuseSecondMachine(tables, facts);
      const instance = instances.checkIn(checkIn, sessionId, at);
      const foreign = foreignAssignment(tables, checkIn);
      // What it carries is not ours to stop: its higher generation is left to win.
      if (foreign === undefined) instances.adoptGeneration(instanceId, observedGeneration);
      const problem = foreign ?? duplicateOf(tables, checkIn);
      if (problem !== undefined && isInPool(instance.state)) {
        instances.event(instanceId, { kind: 'quarantined' }, at, problem.toReason());
        if (foreign === undefined) instances.raiseGeneration(instanceId);
      }
      const steps = isInPool(instance.state) ? endReleased(tables, instanceId, at) : [];
      return { tenancy: tenancyOf(tables, instances.known(instanceId)), steps };
    },
    noteIdTaken: (instanceId, reason, at) => instances.noteIdTaken(instanceId, reason, at),
    openSession(instanceId, sessionId, at) {
      if (!instances.connect(instanceId, sessionId, at))
        throw new ParbakeError('SESSION_UNKNOWN', `instance ${instanceId} has no session ${sessionId} here`);
      const claimed = claimOn(tables, instanceId, at);
      return { tenancy: tenancyOf(tables, instances.known(instanceId)), claimed };
    },
    closeSession: (...session) => instances.disconnect(...session),
    observe(instanceId, observed, at) {
      const before = instances.get(instanceId);
      if (before === undefined) return undefined;
      instances.observed(before, observed.generation, observed.roles, at.now);
      observePreparation(tables, before, observed, at);
      const steps = observed.order === undefined ? [] : observeOrder(tables, before, observed.order, at);
      const claimed = claimOn(tables, instanceId, at);
      for (const { after } of steps)
        if (after.state === 'PENDING') claimed.push(...claimFor(tables, after, at, true));
      const released = steps.slice(1).map(({ after }) => after.instanceId);
      const others = released.map((id) => tenancyOf(tables, instances.known(id)));
      return { tenancy: tenancyOf(tables, instances.known(instanceId)), others, steps, claimed };
    },
    measureClock: (...measured) => instances.clock(...measured),
  };
}

/** The containers of a user are on one machine: no other one takes its place without a word from an operator. */
function refuseSecondMachine({ instances }: Tables, facts: Facts): void {
  const present = instances.get(facts.instanceId);
  if (present === undefined || !hasUser(present.state) || isSameMachine(present.facts, facts)) return;
  throw idTaken(present.facts, facts, `it is ${present.state}`);
}

/** An assignment that was released before its order reached the instance: there is nothing to stop. */
function endReleased({ assignments }: Tables, instanceId: string, at: Moment): AssignmentStep[] {
  const before = assignments.of(instanceId);
  if (before?.state !== 'RELEASING') return [];
  return [
    { before, after: assignments.event(before, { kind: 'stopped' }, { end: { outcome: 'RELEASED' } }, at) },
  ];
}

function observePreparation(
  { instances }: Tables,
  { instanceId, state }: Instance,
  { preparation, preparationError }: Observed,
  at: Moment,
): void {
  if (!isInPool(state) || preparation === undefined) return;
  const kinds = { PREPARING: 'preparing', READY: 'prepared', FAILED: 'prepare_failed' } as const;
  // While it prepares: what is in the way.
  const reason = preparation === 'READY' ? '' : preparationError;
  instances.event(instanceId, { kind: kinds[preparation] }, at, reason);
}

/** @returns what changed: first on the order's own assignment, then on the one that it replaces */
function observeOrder(
  tables: Tables,
  instance: Instance,
  order: ObservedOrder,
  at: Moment,
): AssignmentStep[] {
  const { instances, assignments } = tables;
  const before = assignments.get(order.assignmentId);
  const meaning = meaningOf(instance, before, order);
  if (order.assignmentId === instance.lastAssignmentId) instances.touched(instance);
  if (meaning.kind === 'stopped') return stopped(tables, instance, '', at);
  if (meaning.kind === 'held') instances.explain(instance.instanceId, meaning.reason);
  if (before === undefined || meaning.kind === 'nothing' || meaning.kind === 'held') return [];
  const { containers } = order;
  if (meaning.kind === 'failed') {
    const { fault, reason } = meaning;
    return [failAttempt(tables, before, { fault, reason, containers }, at)];
  }
  if (meaning.kind === 'completed')
    return [finish(tables, before, 'completed', { outcome: 'COMPLETED', containers }, at)];
  const { event, steps } = meaning;
  const endpoints = order.endpoints.length > 0 ? { endpoints: order.endpoints } : {};
  const change = { steps, containers, ...endpoints };
  const after = assignments.event(before, { kind: event }, change, at);
  return [
    { before, after },
    ...(after.state === 'SERVING' ? releaseReplaced(tables, before.replaces, at) : []),
  ];
}

/** The new assignment serves: the one that it replaces is not needed any more. */
function releaseReplaced(tables: Tables, replaces: string, at: Moment): AssignmentStep[] {
  const replaced = replaces === '' ? undefined : tables.assignments.get(replaces);
  const isThere = replaced !== undefined && replaced.releaseTime === 0 && replaced.state !== 'RELEASING';
  return isThere ? [release(tables, replaced, at)] : [];
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
