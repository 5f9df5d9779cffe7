import { isGone } from '../../core/instance-state.ts';
import type { Ec2Facts, Instance, Moment } from '../../core/model.ts';
import { isOfMassSilence } from './silence.ts';
import type { AssignmentStep } from '../agents.ts';
import { failAttempt, stopped } from './endings.ts';
import type { Tables } from './tables.ts';

/**
 * What follows from EC2's word on a silent instance. A terminated one is gone for good. A stopped one is lost, unless so
 * many fell silent at once that it is not these machines that failed.
 * @returns what changed on its assignment; undefined when nothing follows
 */
export async function concludeFromEc2(
  tables: Tables,
  instance: Instance,
  facts: Ec2Facts | undefined,
  at: Moment,
): Promise<AssignmentStep[] | undefined> {
  const { state, connected } = instance;
  if (connected || state === 'TERMINATED') return undefined;
  // EC2 forgets an instance about an hour after its end; of one that may have a user, that is not enough to go by.
  const isTerminated = facts === undefined ? isGone(state) : facts.state === 'terminated';
  const isStopped = facts?.state === 'stopped' && !isGone(state) && !isParked(instance);
  if (isTerminated) {
    const said = facts === undefined ? 'EC2 does not know it any more' : 'EC2 says that it is terminated';
    return await concludeTerminated(tables, instance, said, at);
  }
  if (!isStopped || (await isOfMassSilence(tables, instance, at))) return undefined;
  return await endUse(tables, instance, 'INSTANCE_LOST: EC2 says that it is stopped', at);
}

/** A machine that is gone takes its instance with it, and ends or moves the assignment. */
export async function concludeTerminated(
  tables: Tables,
  instance: Instance,
  said: string,
  at: Moment,
): Promise<AssignmentStep[]> {
  const { instances } = tables;
  const steps = await endUse(tables, instance, `INSTANCE_LOST: ${said}`, at);
  const { stateReason } = await instances.known(instance.instanceId);
  await instances.event(instance.instanceId, { kind: 'terminated' }, at, stateReason);
  return steps;
}

/** The same as when an operator says that it is lost. */
async function endUse(
  tables: Tables,
  instance: Instance,
  reason: string,
  at: Moment,
): Promise<AssignmentStep[]> {
  const { instances, assignments } = tables;
  const { instanceId, state } = instance;
  const assignment = await assignments.of(instanceId);
  if (assignment?.state === 'RELEASING') return await stopped(tables, instance, reason, at);
  if (assignment !== undefined)
    return [await failAttempt(tables, assignment, { fault: 'MACHINE', reason }, at, 'lost')];
  if (!isGone(state)) await instances.event(instanceId, { kind: 'lost' }, at, reason);
  return [];
}

/** We stopped it ourselves. */
function isParked({ state }: Instance): boolean {
  return state === 'PARKED' || state === 'PARKING';
}
