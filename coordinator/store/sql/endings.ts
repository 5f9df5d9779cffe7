import { defined } from '../../../proto/errors/defined.ts';
import type { Fault } from '../../../proto/errors/faults.ts';
import { maxAttempts } from '../../core/fault.ts';
import type { Assignment, ContainerEnd, Instance, Moment, OnLoss } from '../../core/model.ts';
import type { AssignmentStep, Tenancy } from '../agents.ts';
import type { AttemptEnd } from './attempts.ts';
import type { Tables } from './tables.ts';
import { tenancyOf } from './tenancy.ts';

export interface Failure {
  fault: Fault;
  /** `CODE: sentence`. */
  reason: string;
  containers?: ContainerEnd[];
}

/**
 * An attempt failed. A fault of the user or the recipe ends the assignment: another instance would not help. A fault of the
 * machine quarantines it, and the next one is tried; once the user was served, the role decides that.
 * @param gone what becomes of the instance of a machine's fault
 */
export async function failAttempt(
  tables: Tables,
  before: Assignment,
  failure: Failure,
  at: Moment,
  gone: 'quarantined' | 'lost' = 'quarantined',
): Promise<AssignmentStep> {
  const { assignments, instances } = tables;
  const { fault, reason } = failure;
  const { instanceId } = before;
  const end: AttemptEnd = { outcome: 'FAILED', ...failure };
  if (fault !== 'MACHINE') return await finish(tables, before, 'failed', end, at);
  const kind = (await mayTryAgain(tables, before)) ? 'attempt_failed' : 'failed';
  const after = await assignments.event(before, { kind }, { end }, at);
  await instances.event(instanceId, { kind: gone }, at, reason);
  await instances.raiseGeneration(instanceId);
  return { before, after };
}

/** The assignment is over, and its instance removes the containers. */
export async function finish(
  { assignments, instances }: Tables,
  before: Assignment,
  kind: 'completed' | 'failed' | 'expired',
  end: AttemptEnd,
  at: Moment,
): Promise<AssignmentStep> {
  const after = await assignments.event(before, { kind }, { end }, at);
  if (before.instanceId !== '') {
    await instances.event(before.instanceId, { kind: 'released' }, at, end.reason);
    await instances.raiseGeneration(before.instanceId);
  }
  return { before, after };
}

/** Its agent did not confirm the order. It may still get it, so it is told to stop and waits outside of the pool. */
export async function passOver(
  { assignments, instances }: Tables,
  before: Assignment,
  reason: string,
  at: Moment,
): Promise<AssignmentStep> {
  const end: AttemptEnd = { outcome: 'UNDELIVERED', reason };
  const kind = before.isAbandoned ? 'failed' : 'undelivered';
  const after = await assignments.event(before, { kind }, { end }, at);
  await instances.event(before.instanceId, { kind: 'released' }, at, reason);
  await instances.raiseGeneration(before.instanceId);
  return { before, after };
}

/** A PENDING one is over at once; of any other the instance is told to stop. */
export async function release(
  { assignments, instances, targets }: Tables,
  before: Assignment,
  at: Moment,
): Promise<AssignmentStep> {
  const { assignmentId, instanceId, routes } = before;
  const after = await assignments.event(before, { kind: 'release' }, {}, at);
  if (instanceId === '') return { before, after };
  await instances.event(instanceId, { kind: 'released' }, at);
  // Its routes were withdrawn just now: nobody should be sent to containers that are gone.
  if (routes.length > 0 && (await targets.isAwaited(assignmentId)))
    return { before, after: await assignments.holdStop(assignmentId, true) };
  await instances.raiseGeneration(instanceId);
  return { before, after };
}

/** Publishers have dropped its address, or took too long: its instance is told to stop. */
export async function letStop(tables: Tables, assignmentId: string): Promise<Tenancy | undefined> {
  const { assignments, instances } = tables;
  await instances.lockOf(assignmentId);
  const held = await assignments.get(assignmentId);
  if (held?.isStopHeld !== true) return undefined;
  await assignments.holdStop(assignmentId, false);
  await instances.raiseGeneration(held.instanceId);
  return await tenancyOf(tables, await instances.known(held.instanceId));
}

/**
 * Nothing of the user runs on the instance any more, or nobody waits for that any longer.
 * @param reason why it is not waited for any longer; empty when its agent said that all is stopped
 */
export async function stopped(
  { assignments, instances }: Tables,
  { instanceId, stateReason }: Instance,
  reason: string,
  at: Moment,
): Promise<AssignmentStep[]> {
  const before = await assignments.of(instanceId);
  const kind = reason === '' ? 'stopped' : 'retired';
  // Why its assignment ended stays to be found.
  await instances.event(instanceId, { kind }, at, reason === '' ? stateReason : reason);
  await instances.raiseEc2Revision(instanceId);
  if (before === undefined) return [];
  // What it was told last is to go on, under this generation.
  if (before.isStopHeld) {
    await assignments.holdStop(before.assignmentId, false);
    await instances.raiseGeneration(instanceId);
  }
  const end = { outcome: 'RELEASED', ...(reason === '' ? {} : { reason }) } as const;
  return [{ before, after: await assignments.event(before, { kind: 'stopped' }, { end }, at) }];
}

async function mayTryAgain(tables: Tables, assignment: Assignment): Promise<boolean> {
  if (assignment.isAbandoned) return false;
  if (assignment.state === 'SERVING') return (await lossPolicyOf(tables, assignment)).onLoss === 'REPLACE';
  const sinceServed = assignment.attempts.slice(
    1 + assignment.attempts.findLastIndex(({ timings }) => timings.ready !== undefined),
  );
  // The present one is about to fail too.
  const failed = sinceServed.filter(({ outcome }) => outcome === 'FAILED').length + 1;
  return failed < maxAttempts;
}

/** What the role, as it was baked into the instance, says; else what an operator applied. */
export async function lossPolicyOf(
  { instances, roles }: Tables,
  { instanceId, role }: Assignment,
): Promise<{ onLoss: OnLoss; silentAfterMs?: number }> {
  const offer = (await instances.get(instanceId))?.roles.find(({ name }) => name === role);
  const { onLoss, silentAfterMs } = offer?.onLoss === undefined ? ((await roles.applied(role)) ?? {}) : offer;
  return { onLoss: onLoss ?? 'FAIL', ...defined({ silentAfterMs }) };
}
