import { isLive } from '../core/assignment-state.ts';
import { isGone } from '../core/instance-state.ts';
import type { Assignment, Instance } from '../core/model.ts';

export interface TagChange {
  /** Tags to put on, with what they should say. */
  set: Record<string, string>;
  /** Keys to take off. */
  remove: string[];
}

/** Characters that one tag's value may have, as EC2 has it. */
const maxValueLength = 256;

/**
 * The tags that tell whose an instance is. One that was released keeps them: it is over, and whoever reads a bill
 * wants to know who had it. One that was taken back because it did not serve must not name a user who never had it.
 */
export function wantedTags(instance: Instance, assignment: Assignment | undefined): TagChange {
  if (assignment !== undefined && isLive(assignment.state)) {
    const { assignmentId, user, role, environment } = assignment;
    const all = { user, role, assignment: assignmentId, environment };
    const said = Object.entries(all).filter(([, value]) => value !== '');
    const set = Object.fromEntries(
      said.map(([name, value]) => [tagKey(name), value.slice(0, maxValueLength)]),
    );
    return { set, remove: environment === '' ? [tagKey('environment')] : [] };
  }
  if (isGone(instance.state) || instance.state === 'RELEASING') return { set: {}, remove: [] };
  return { set: {}, remove: ['user', 'role', 'assignment', 'environment'].map(tagKey) };
}

/** What is left to do on an instance that has these tags already. */
export function missingTags(wanted: TagChange, present: Record<string, string>): TagChange {
  const set = Object.entries(wanted.set).filter(([key, value]) => present[key] !== value);
  return {
    set: Object.fromEntries(set),
    remove: wanted.remove.filter((key) => Object.hasOwn(present, key)),
  };
}

function tagKey(name: string): string {
  return `parbake:${name}`;
}
