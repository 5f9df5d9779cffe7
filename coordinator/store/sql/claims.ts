import type { Assignment, Moment } from '../../core/model.ts';
import { fits, place, type Candidate, type Demand } from '../../core/placement.ts';
import type { Tenancy } from '../agents.ts';
import { number, text, toAssignment, type Row } from './rows.ts';
import type { Tables } from './tables.ts';
import { inTurn } from './in-turn.ts';

/** Takes an instance for a request, if there is one. */
export async function claimFor(
  tables: Tables,
  assignment: Assignment,
  at: Moment,
  isQueued: boolean,
): Promise<Tenancy[]> {
  const instanceId = await place(candidates(tables, assignment.role), demandOf(assignment));
  return instanceId === undefined ? [] : [await take(tables, assignment, instanceId, at, isQueued)];
}

/** Takes this instance for the oldest request that it fits, if it can be taken. */
export async function claimOn(tables: Tables, instanceId: string, at: Moment): Promise<Tenancy[]> {
  const rows = await tables.db.all(
    `SELECT assignment.*, offer.user_env AS offered_env, offer.takes_files AS offered_files
     FROM offer CROSS JOIN assignment INDEXED BY assignment_waiting
     WHERE assignment.role = offer.role AND offer.instance_id = ? AND offer.ready_time IS NOT NULL AND assignment.state = 'PENDING'
     ORDER BY assignment.create_time, assignment.assignment_id`,
    instanceId,
  );
  const fitting = rows.find((row) =>
    fits(
      { userEnv: parsed(row, 'offered_env'), takesFiles: number(row, 'offered_files') === 1 },
      demandOf(toAssignment(row)),
    ),
  );
  return fitting === undefined ? [] : [await take(tables, toAssignment(fitting), instanceId, at, true)];
}

/** Takes instances for all that wait. */
export async function claimAll(tables: Tables, at: Moment): Promise<Tenancy[]> {
  return (
    await inTurn(await tables.assignments.pending(), (assignment) => claimFor(tables, assignment, at, true))
  ).flat();
}

async function take(
  tables: Tables,
  assignment: Assignment,
  instanceId: string,
  { now }: Moment,
  isQueued: boolean,
): Promise<Tenancy> {
  const { instances, assignments } = tables;
  // The transaction began before: what was waited for until here counts.
  const at = { now, steady: tables.steady() };
  await instances.event(instanceId, { kind: 'assigned' }, at);
  const instance = await instances.takenFor(instanceId, assignment.assignmentId);
  const queuedMs = isQueued ? Math.max(0, at.steady - assignment.pendingSteady) : 0;
  const change = { begin: { instanceId, queuedMs } };
  return { instance, assignment: await assignments.event(assignment, { kind: 'claimed' }, change, at) };
}

/** What can be taken for a role, the one that has waited longest first; it is read in pages, as far as it is wanted. */
async function* candidates({ db }: Tables, role: string): AsyncGenerator<Candidate> {
  let last: Row | undefined;
  for (let limit = 4; ; limit = 64) {
    const rows: Row[] = await db.all(
      `SELECT instance_id, user_env, takes_files, warmth, ready_time FROM offer INDEXED BY offer_ready
       WHERE role = ? AND ready_time IS NOT NULL AND (ready_time, instance_id) > (?, ?)
       ORDER BY ready_time, instance_id LIMIT ?`,
      role,
      number(last ?? {}, 'ready_time'),
      text(last ?? {}, 'instance_id'),
      limit,
    );
    for (const row of rows)
      yield {
        instanceId: text(row, 'instance_id'),
        userEnv: parsed(row, 'user_env'),
        takesFiles: number(row, 'takes_files') === 1,
        warmth: number(row, 'warmth'),
      };
    if (rows.length < limit) return;
    last = rows.at(-1);
  }
}

export function demandOf({ env, files }: Pick<Assignment, 'env' | 'files'>): Demand {
  return { variables: Object.keys(env), hasFiles: Object.keys(files).length > 0 };
}

function parsed(row: Row, column: string): string[] {
  return JSON.parse(text(row, column)) as string[];
}
