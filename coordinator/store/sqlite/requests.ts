import { roleUnknown } from '../../core/not-found.ts';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { isLive, isOver } from '../../core/assignment-state.ts';
import type { NewRequest, RequestUseCases } from '../requests.ts';
import { claimFor, tenancyOf } from './agents.ts';
import { demandOf } from './assignments.ts';
import type { Synchronous } from './synchronous.ts';
import type { Tables } from './tables.ts';

export function requestCommands(tables: Tables): Synchronous<RequestUseCases> {
  const { instances, assignments } = tables;
  return {
    request(request) {
      const { assignment, replayed } = assignments.create(request);
      // A repetition is answered whatever became of its role; a new request that is refused leaves nothing.
      if (!replayed) checkRole(tables, request);
      if (assignment.state !== 'PENDING') return { assignment, replayed };
      const [claimed] = claimFor(tables, assignment, request.received);
      return claimed?.assignment === undefined
        ? { assignment, replayed }
        : { assignment: claimed.assignment, replayed, claimed };
    },
    claimWaiting: (at) => assignments.pending().flatMap((assignment) => claimFor(tables, assignment, at)),
    forget(assignmentId) {
      const before = assignments.get(assignmentId);
      return assignments.forget(assignmentId) ? before : undefined;
    },
    release(assignmentId, now) {
      const before = assignments.known(assignmentId);
      if (before.state === 'RELEASING' || isOver(before.state)) return { before, assignment: before };
      const assignment = assignments.release(assignmentId, now);
      if (!isLive(assignment.state)) return { before, assignment };
      return { before, assignment, tenancy: tenancyOf(tables, instances.known(assignment.instanceId)) };
    },
    assignment: (assignmentId) => assignments.get(assignmentId),
    assignments: (filter) => assignments.list(filter),
  };
}

function checkRole({ roles }: Tables, { role, env, files }: NewRequest): void {
  const refused = roles.refuses(role, demandOf({ env, files }));
  if (refused === undefined) throw roleUnknown(role);
  if (refused.variables.length > 0)
    throw new ParbakeError(
      'ENV_NOT_ALLOWED',
      `role ${role} does not take ${refused.variables.join(', ')} from an assignment`,
      {
        violations: refused.variables.map((name) => ({
          field: `env.${name}`,
          description: `is not a variable that role ${role} takes`,
        })),
        metadata: { role },
      },
    );
  if (refused.files)
    throw new ParbakeError('FILES_NOT_ALLOWED', `role ${role} takes no files from an assignment`, {
      violations: [{ field: 'files', description: `are not taken by role ${role}` }],
      metadata: { role },
    });
}
