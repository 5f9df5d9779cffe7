import type { Event__Output } from '../../proto/gen/parbake/v1/Event.ts';
import { stateName } from './format.ts';

/** What happened, in a word or two: `checked_in`, `serving`. */
export function eventName({ type }: Pick<Event__Output, 'type'>): string {
  return type.replace(/^EVENT_TYPE_(INSTANCE_|ASSIGNMENT_)?/, '').toLowerCase();
}

/** The state after it, such as `READY`. */
export function eventState(event: Pick<Event__Output, 'instanceState' | 'assignmentState'>): string {
  return stateName(event.instanceState ?? event.assignmentState ?? '');
}
