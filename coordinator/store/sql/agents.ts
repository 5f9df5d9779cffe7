import { createHash } from 'node:crypto';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { duplicateIdentity, idTaken, isSameMachine } from '../../core/identity.ts';
import { hasUser, isInPool } from '../../core/instance-state.ts';
import type { Facts, Instance, Moment } from '../../core/model.ts';
import { meaningOf, type Observed, type ObservedOrder } from '../../core/observed.ts';
import type { AgentUseCases, AssignmentStep, CheckIn } from '../agents.ts';
import { claimFor, claimOn } from './claims.ts';
import { failAttempt, finish, release, stopped } from './endings.ts';
import { blockOffering } from './launches.ts';
import { inTurn } from './in-turn.ts';
import type { Tables } from './tables.ts';
import { tenancyOf } from './tenancy.ts';

export function agentCommands(tables: Tables): AgentUseCases {
  const { instances } = tables;
  return {
    async admit(checkIn, sessionId, at) {
      const { facts, observedGeneration } = checkIn;
      const { instanceId } = facts;
      await tables.db.exclusively(...identities(facts));
      await refuseSecondMachine(tables, facts);
      const instance = await instances.checkIn(checkIn, sessionId, at);
      const foreign = await foreignAssignment(tables, checkIn);
      // What it carries is not ours to stop: its higher generation is left to win.
      if (foreign === undefined) await instances.adoptGeneration(instanceId, observedGeneration);
      const problem = foreign ?? (await duplicateOf(tables, checkIn));
      if (problem !== undefined && isInPool(instance.state)) {
        await instances.event(instanceId, { kind: 'quarantined' }, at, problem.toReason());
        if (foreign === undefined) await instances.raiseGeneration(instanceId);
      }
      const steps = isInPool(instance.state) ? await endReleased(tables, instanceId, at) : [];
      return { tenancy: await tenancyOf(tables, await instances.known(instanceId)), steps };
    },
    noteIdTaken: (instanceId, reason, at) => instances.noteIdTaken(instanceId, reason, at),
    async openSession(instanceId, sessionId, at) {
      if (!(await instances.connect(instanceId, sessionId, at)))
        throw new ParbakeError('SESSION_UNKNOWN', `instance ${instanceId} has no session ${sessionId} here`);
      const claimed = await claimOn(tables, instanceId, at);
      return { tenancy: await tenancyOf(tables, await instances.known(instanceId)), claimed };
    },
    closeSession: (...session) => instances.disconnect(...session),
    async observe(instanceId, observed, at, sessionId) {
      const before = await instances.get(instanceId);
      if (before === undefined) return undefined;
      if (sessionId !== undefined && sessionId !== before.sessionId)
        throw new ParbakeError('SESSION_SUPERSEDED', `instance ${instanceId} checked in again`);
      await instances.observed(before, observed.generation, observed.roles, at.now);
      if (!(await observeInterruption(tables, before, observed, at)))
        await observePreparation(tables, before, observed, at);
      const steps =
        observed.order === undefined ? [] : await observeOrder(tables, before, observed.order, at);
      const claimed = await claimOn(tables, instanceId, at);
      for (const { after } of steps)
        if (after.state === 'PENDING') claimed.push(...(await claimFor(tables, after, at, true)));
      const released = steps.slice(1).map(({ after }) => after.instanceId);
      const others = await inTurn(released, async (id) => tenancyOf(tables, await instances.known(id)));
      return { tenancy: await tenancyOf(tables, await instances.known(instanceId)), others, steps, claimed };
    },
    measureClock: (...measured) => instances.clock(...measured),
  };
}

/** What tells machines apart: of two that check in at once with one of these, the second sees the first. */
function identities({ instanceId, engineId, machineIdHash }: Facts): string[] {
  return [`instance ${instanceId}`, `engine ${engineId}`, `machine ${machineIdHash}`];
}

/** The containers of a user are on one machine: no other one takes its place without a word from an operator. */
async function refuseSecondMachine({ instances }: Tables, facts: Facts): Promise<void> {
  const present = await instances.get(facts.instanceId);
  if (present === undefined || !hasUser(present.state) || isSameMachine(present.facts, facts)) return;
  throw idTaken(present.facts, facts, `it is ${present.state}`);
}

/** An assignment that was released before its order reached the instance: there is nothing to stop. */
async function endReleased(
  { assignments }: Tables,
  instanceId: string,
  at: Moment,
): Promise<AssignmentStep[]> {
  const before = await assignments.of(instanceId);
  if (before?.state !== 'RELEASING') return [];
  return [
    {
      before,
      after: await assignments.event(before, { kind: 'stopped' }, { end: { outcome: 'RELEASED' } }, at),
    },
  ];
}

/**
 * The provider takes the machine back: without a user it leaves its pool at once, and what it was bought as is not bought for a
 * while, since it would be taken back too. With a user, its caller is told by an event.
 * @returns whether it has left its pool
 */
async function observeInterruption(
  { db, instances }: Tables,
  { instanceId, state }: Instance,
  { interruptTime }: Observed,
  at: Moment,
): Promise<boolean> {
  if (interruptTime === undefined || !(isInPool(state) || state === 'ASSIGNED')) return false;
  const when = interruptTime > 0 ? `at ${new Date(interruptTime).toISOString()}` : 'soon';
  const reason = `INSTANCE_INTERRUPTED: the provider takes it back ${when}`;
  await instances.event(instanceId, { kind: 'drained' }, at, reason);
  await blockOffering(db, instanceId, 'SpotInterruption', at);
  if (!isInPool(state)) return false;
  await instances.raiseGeneration(instanceId);
  return true;
}

async function observePreparation(
  { instances }: Tables,
  { instanceId, state }: Instance,
  { preparation, preparationError }: Observed,
  at: Moment,
): Promise<void> {
  if (!isInPool(state) || preparation === undefined) return;
  const kinds = { PREPARING: 'preparing', READY: 'prepared', FAILED: 'prepare_failed' } as const;
  // While it prepares: what is in the way.
  const reason = preparation === 'READY' ? '' : preparationError;
  await instances.event(instanceId, { kind: kinds[preparation] }, at, reason);
}

/** @returns what changed: first on the order's own assignment, then on the one that it replaces */
async function observeOrder(
  tables: Tables,
  instance: Instance,
  order: ObservedOrder,
  at: Moment,
): Promise<AssignmentStep[]> {
  const { instances, assignments } = tables;
  const before = await assignments.get(order.assignmentId);
  const meaning = meaningOf(instance, before, order);
  if (order.assignmentId === instance.lastAssignmentId) await instances.touched(instance);
  if (meaning.kind === 'stopped') return await stopped(tables, instance, '', at);
  if (meaning.kind === 'held') await instances.explain(instance.instanceId, meaning.reason);
  if (before === undefined || meaning.kind === 'nothing' || meaning.kind === 'held') return [];
  const { containers } = order;
  if (meaning.kind === 'failed') {
    const { fault, reason } = meaning;
    return [await failAttempt(tables, before, { fault, reason, containers }, at)];
  }
  if (meaning.kind === 'completed')
    return [await finish(tables, before, 'completed', { outcome: 'COMPLETED', containers }, at)];
  const { event, steps } = meaning;
  const endpoints = order.endpoints.length > 0 ? { endpoints: order.endpoints } : {};
  const change = { steps, containers, ...endpoints };
  const after = await assignments.event(before, { kind: event }, change, at);
  return [
    { before, after },
    ...(after.state === 'SERVING' ? await releaseReplaced(tables, before.replaces, at) : []),
  ];
}

/** The new assignment serves: the one that it replaces is not needed any more. */
async function releaseReplaced(tables: Tables, replaces: string, at: Moment): Promise<AssignmentStep[]> {
  const replaced = replaces === '' ? undefined : await tables.assignments.get(replaces);
  const isThere = replaced !== undefined && replaced.releaseTime === 0 && replaced.state !== 'RELEASING';
  return isThere ? [await release(tables, replaced, at)] : [];
}

/** An instance with somebody's containers must not get into the pool, whatever happened to the store. */
async function foreignAssignment(
  { instances, assignments }: Tables,
  { facts: { instanceId }, assignmentId }: CheckIn,
): Promise<ParbakeError | undefined> {
  if (assignmentId === '') return undefined;
  // One that failed here and waits for another instance, or is over, leaves the instance out of the pool.
  if (
    (await assignments.get(assignmentId)) !== undefined &&
    !isInPool((await instances.known(instanceId)).state)
  )
    return undefined;
  return new ParbakeError(
    'FOREIGN_ASSIGNMENT',
    `instance ${instanceId} carries assignment ${assignmentId}, which this store did not give it`,
  );
}

async function duplicateOf({ instances }: Tables, { facts }: CheckIn): Promise<ParbakeError | undefined> {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const duplicate = duplicateIdentity(facts, await instances.twins(facts), sha256);
  return duplicate === undefined ? undefined : new ParbakeError('DUPLICATE_IDENTITY', duplicate);
}
