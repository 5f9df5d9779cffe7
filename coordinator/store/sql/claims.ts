import type { Assignment, Moment } from '../../core/model.ts';
import { fits, place, type Candidate, type Demand } from '../../core/placement.ts';
import type { Tenancy } from '../agents.ts';
import { number, text, toAssignment, type Row } from './rows.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';
import { inTurn } from './in-turn.ts';

/** Takes an instance for a request, if there is one. */
export async function claimFor(
  tables: Tables,
  assignment: Assignment,
  at: Moment,
  isQueued: boolean,
): Promise<Tenancy[]> {
  const known = { locked: new Set<string>(), passedOver: new Set<string>() };
  for (;;) {
    const instanceId = await place(candidates(tables, assignment.role, known), demandOf(assignment));
    if (instanceId === undefined) return [];
    if (known.locked.has(instanceId) || (await tables.instances.hold(instanceId)))
      return [await take(tables, assignment, instanceId, at, isQueued)];
    known.passedOver.add(instanceId);
  }
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
  for (const row of rows) {
    const assignment = toAssignment(row);
    const offer = { userEnv: parsed(row, 'offered_env'), takesFiles: number(row, 'offered_files') === 1 };
    if (fits(offer, demandOf(assignment)) && (await tables.assignments.hold(assignment.assignmentId)))
      return [await take(tables, assignment, instanceId, at, true)];
  }
  return [];
}

/** Takes instances for all that wait. */
export async function claimAll(tables: Tables, at: Moment): Promise<Tenancy[]> {
  const claimed = await inTurn(await tables.assignments.pending(), async (assignment) =>
    (await tables.assignments.hold(assignment.assignmentId))
      ? await claimFor(tables, assignment, at, true)
      : [],
  );
  return claimed.flat();
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

/**
 * What can be taken for a role, the one that has waited longest first; it is read in pages, as far as it is wanted.
 * @param known what is locked already, and what is left out
 */
async function* candidates(
  { db }: Tables,
  role: string,
  { locked, passedOver }: { locked: Set<string>; passedOver: ReadonlySet<string> },
): AsyncGenerator<Candidate> {
  const free = db.dialect.isShared && locked.size === 0 ? await firstFree(db, role) : undefined;
  if (free !== undefined) {
    locked.add(text(free, 'instance_id'));
    yield candidateOf(free);
  }
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
    for (const row of rows) if (!passedOver.has(text(row, 'instance_id'))) yield candidateOf(row);
    if (rows.length < limit) return;
    last = rows.at(-1);
  }
}

/** More than there are claims at the same moment, of all coordinators. */
const firstOnes = 32;

/**
 * The first of those that have waited longest and that nobody else is about to take: with several coordinators, whoever looks at
 * the same one would wait for the other. It is locked at once, since most often it is the one to take. Only so many are
 * looked at, however PostgreSQL joins the two.
 */
async function firstFree(db: Database, role: string): Promise<Row | undefined> {
  return await db.one(
    `SELECT first.instance_id, first.user_env, first.takes_files, first.warmth
     FROM (SELECT instance_id, user_env, takes_files, warmth, ready_time FROM offer INDEXED BY offer_ready
           WHERE role = ? AND ready_time IS NOT NULL ORDER BY ready_time, instance_id LIMIT ?) AS first
     JOIN instance ON instance.instance_id = first.instance_id
     WHERE instance.state = 'READY' AND instance.connected = 1
     ORDER BY first.ready_time, first.instance_id LIMIT 1${db.dialect.lockFree('instance')}`,
    role,
    firstOnes,
  );
}

function candidateOf(row: Row): Candidate {
  return {
    instanceId: text(row, 'instance_id'),
    userEnv: parsed(row, 'user_env'),
    takesFiles: number(row, 'takes_files') === 1,
    warmth: number(row, 'warmth'),
  };
}

export function demandOf({ env, files }: Pick<Assignment, 'env' | 'files'>): Demand {
  return { variables: Object.keys(env), hasFiles: Object.keys(files).length > 0 };
}

function parsed(row: Row, column: string): string[] {
  return JSON.parse(text(row, column)) as string[];
}
