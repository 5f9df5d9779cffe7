import { assignmentNotFound, roleUnknown } from '../../core/not-found.ts';
import { notTaken } from '../../../proto/recipe/order-content.ts';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { isLive, isOver } from '../../core/assignment-state.ts';
import { assignBackoff, backoffWindow } from '../../core/fault.ts';
import type { Assignment } from '../../core/model.ts';
import type { Named, NewRequest, Requested, RequestUseCases } from '../requests.ts';
import { claimAll, claimFor, demandOf } from './claims.ts';
import { release } from './endings.ts';
import type { Tables } from './tables.ts';
import { tenancyOf } from './tenancy.ts';
import { recentTimes } from './times.ts';

export function requestCommands(tables: Tables): RequestUseCases {
  const { instances, assignments } = tables;
  return {
    async request(request) {
      const { owner, user, role, environment, ifExists } = request;
      // When two look for the same assignment at once, the second finds what the first made.
      if (ifExists !== undefined)
        await tables.db.exclusively(`tenant ${JSON.stringify([owner, user, role, environment])}`);
      const found = (await repeated(tables, request)) ?? (await existing(tables, request));
      if (found !== undefined) await assignments.awaited(found.assignment.assignmentId);
      return found ?? (await create(tables, request));
    },
    claimWaiting: (at) => claimAll(tables, at),
    async forget(assignmentId, at) {
      const before = await assignments.get(assignmentId);
      if (before === undefined || !(await assignments.forget(assignmentId))) return undefined;
      if (before.routes.length > 0) await tables.routes.forget(assignmentId, at);
      return before;
    },
    async release(named, at) {
      await instances.lockOf(named.assignmentId);
      const before = await knownTo(tables, named);
      if (before.state === 'RELEASING' || isOver(before.state)) return { before, after: before };
      const { after } = await release(tables, before, at);
      if (!isLive(after.state) || after.isStopHeld) return { before, after };
      return { before, after, tenancy: await tenancyOf(tables, await instances.known(after.instanceId)) };
    },
    extend: async (named, ttlMs, at) => assignments.extend(await knownTo(tables, named), ttlMs, at),
    assignment: (assignmentId) => assignments.get(assignmentId),
    assignmentByRequest: (owner, requestId) => assignments.byRequest(owner, requestId),
    assignments: (filter) => assignments.list(filter),
    recentTimes: (limit) => recentTimes(tables.db, limit),
  };
}

/** @throws ParbakeError ASSIGNMENT_NOT_FOUND, also for what belongs to somebody else */
async function knownTo({ assignments }: Tables, { assignmentId, owner }: Named): Promise<Assignment> {
  const found = await assignments.known(assignmentId);
  if (owner !== undefined && owner !== found.owner) throw assignmentNotFound(assignmentId);
  return found;
}

/** A repetition is answered whatever became of its role. */
async function repeated(
  { assignments }: Tables,
  { owner, requestId, fingerprint, earlierHashes }: NewRequest,
): Promise<Requested | undefined> {
  const assignment = await assignments.byRequest(owner, requestId);
  if (assignment === undefined) return undefined;
  const isSame = (hash: string): boolean => hash === assignment.fingerprint;
  if (!isSame(fingerprint) && !earlierHashes.some((earlier) => isSame(earlier.fingerprint)))
    throw new ParbakeError('REQUEST_ID_MISMATCH', `request id ${requestId} was used for another request`);
  return { assignment, replayed: true, existing: false };
}

/** The owner's live assignment of the same user, role and environment, when the caller wants it. */
async function existing({ assignments }: Tables, request: NewRequest): Promise<Requested | undefined> {
  const assignment = request.ifExists === 'RETURN' ? await assignments.owned(request) : undefined;
  if (assignment === undefined) return undefined;
  const isSame = (hash: string): boolean => hash === assignment.contentHash;
  if (!isSame(request.contentHash) && !request.earlierHashes.some((earlier) => isSame(earlier.contentHash)))
    throw new ParbakeError(
      'ASSIGNMENT_DIFFERS',
      `${request.user} has assignment ${assignment.assignmentId} of role ${request.role} with other variables or files`,
    );
  return { assignment, replayed: false, existing: true };
}

async function create(tables: Tables, request: NewRequest): Promise<Requested> {
  await checkRole(tables, request);
  await checkBackoff(tables, request);
  const replaces =
    request.ifExists === 'REPLACE' ? (await tables.assignments.owned(request))?.assignmentId : '';
  const assignment: Assignment = await tables.assignments.create(request, replaces ?? '');
  const [claimed] = await claimFor(tables, assignment, request.received, false);
  const answer = { replayed: false, existing: false };
  return claimed?.assignment === undefined
    ? { assignment, ...answer }
    : { assignment: claimed.assignment, ...answer, claimed };
}

async function checkBackoff({ assignments }: Tables, request: NewRequest): Promise<void> {
  const { user, role, received } = request;
  const waitMs = assignBackoff(
    await assignments.userFaults(request, received.now - backoffWindow),
    received.now,
  );
  if (waitMs > 0)
    throw new ParbakeError(
      'ASSIGN_BACKOFF',
      `the last assignments of role ${role} for ${user} failed by their own fault: ask again in ${Math.ceil(waitMs / 1000)} s`,
      { retryAfterMs: waitMs },
    );
}

async function checkRole({ roles }: Tables, { role, env, files }: NewRequest): Promise<void> {
  const refused = await roles.refuses(role, demandOf({ env, files }));
  if (refused === undefined) throw roleUnknown(role);
  if (refused.variables.length > 0) {
    const refusal = notTaken(role, refused.variables);
    throw new ParbakeError('ENV_NOT_ALLOWED', refusal, {
      violations: [{ field: 'env', description: refusal }],
      metadata: { role },
    });
  }
  if (refused.files)
    throw new ParbakeError('FILES_NOT_ALLOWED', `role ${role} takes no files from an assignment`, {
      violations: [{ field: 'files', description: `are not taken by role ${role}` }],
      metadata: { role },
    });
}
