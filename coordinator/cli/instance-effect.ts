import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { instanceAfter, instanceStates, type InstanceEvent } from '../core/instance-state.ts';
import { assignmentStates, isOver } from '../core/assignment-state.ts';
import { stateName } from '../insight/format.ts';

/** An instance, and the assignment that it has or had last. */
export interface Occupied {
  instance: Pick<Instance__Output, 'instanceId' | 'state' | 'connected'>;
  assignment: Occupant | null;
}

type Occupant = Pick<Assignment__Output, 'assignmentId' | 'user' | 'role' | 'state'>;

/** What draining an instance will do, as a sentence. @throws ParbakeError ILLEGAL_TRANSITION */
export function drainEffect(occupied: Occupied): string {
  const { instance } = occupied;
  const after = stateAfter(instance, { kind: 'drained' });
  const live = liveOf(occupied);
  if (live === undefined)
    return `${instance.instanceId} becomes ${after}: it never gets an assignment again.`;
  return `${instance.instanceId} becomes ${after}: it keeps ${named(live)}, and is RETIRED when that ends.`;
}

/** What retiring an instance will do, as a sentence. @throws ParbakeError ILLEGAL_TRANSITION */
export function retireEffect(occupied: Occupied): string {
  const { instance } = occupied;
  const live = liveOf(occupied);
  if (live === undefined)
    return `${instance.instanceId} becomes ${stateAfter(instance, { kind: 'retired' })}: it never gets an assignment again.`;
  if (live.state === 'ASSIGNMENT_STATE_RELEASING')
    return `${instance.instanceId} is RETIRED as soon as the containers of ${named(live)} are removed.`;
  return `${named(live)} is released: its containers are stopped and removed. Then ${instance.instanceId} is RETIRED.`;
}

/** What declaring an instance lost will do, as a sentence. @throws ParbakeError ILLEGAL_TRANSITION */
export function lostEffect(occupied: Occupied): string {
  const { instance } = occupied;
  const { instanceId } = instance;
  if (instance.connected)
    throw new ParbakeError('ILLEGAL_TRANSITION', `instance ${instanceId} is connected, so it is not lost`);
  const live = liveOf(occupied);
  if (live?.state === 'ASSIGNMENT_STATE_RELEASING')
    return `${named(live)} ends as RELEASED, and ${instanceId} is RETIRED: nobody removes its containers.`;
  const after = stateAfter(instance, { kind: 'lost' });
  if (live === undefined) return `${instanceId} becomes ${after}.`;
  const next =
    live.state === 'ASSIGNMENT_STATE_SERVING'
      ? `fails or moves to another instance, as on_loss of role ${live.role} says`
      : 'is tried on another instance while it has attempts left, and fails otherwise';
  return `${instanceId} becomes ${after}, and ${named(live)} ${next}.`;
}

/** @returns undefined when the instance has no assignment, or its last one has ended */
function liveOf({ assignment }: Occupied): Occupant | undefined {
  if (assignment === null) return undefined;
  const state = assignmentStates.find((known) => known === stateName(assignment.state));
  return state === undefined || isOver(state) ? undefined : assignment;
}

/** @throws ParbakeError ILLEGAL_TRANSITION, as the coordinator would */
function stateAfter({ instanceId, state }: Occupied['instance'], event: InstanceEvent): string {
  const now = instanceStates.find((known) => known === stateName(state));
  if (now === undefined)
    throw new ParbakeError(
      'INTERNAL',
      `instance ${instanceId} is ${stateName(state)}, which is unknown here`,
    );
  const after = instanceAfter(now, event);
  if (typeof after === 'string') return after;
  throw new ParbakeError('ILLEGAL_TRANSITION', `instance ${instanceId}: ${after.illegal}`);
}

function named({ assignmentId, user, role, state }: Occupant): string {
  return `assignment ${assignmentId} (${role} of ${user}, ${stateName(state)})`;
}
