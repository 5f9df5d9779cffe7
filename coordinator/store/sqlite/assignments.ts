import { assignmentNotFound } from '../../core/not-found.ts';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { assignmentAfter, isLive, isOver, type AssignmentEvent } from '../../core/assignment-state.ts';
import type { Assignment, Endpoint, Moment, Timings } from '../../core/model.ts';
import { fits, place, type Candidate, type Demand } from '../../core/placement.ts';
import { writeAudit } from './audit.ts';
import { legal } from '../legal.ts';
import { number, text, toAssignment, type Row } from './rows.ts';
import type { SqliteDatabase } from './database.ts';
import type { SqliteInstances } from './instances.ts';
import type { AssignmentFilter, NewRequest } from '../requests.ts';

/** What changes on an assignment beside its state. */
export interface AssignmentChange {
  endpoints?: Endpoint[];
  failureReason?: string;
  timings?: Timings;
  now: number;
}

/** The rows of assignments. Each call is part of its caller's transaction. */
export class SqliteAssignments {
  readonly #db: SqliteDatabase;
  readonly #instances: SqliteInstances;

  constructor(db: SqliteDatabase, instances: SqliteInstances) {
    this.#db = db;
    this.#instances = instances;
  }

  /** @throws ParbakeError REQUEST_ID_MISMATCH */
  create(request: NewRequest): { assignment: Assignment; replayed: boolean } {
    const inserted = this.#db.run(
      `INSERT INTO assignment (assignment_id, request_id, fingerprint, user, role, environment, env, files, state,
         create_time, received_steady, traceparent, tracestate)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'PENDING', ?, ?, ?, ?) ON CONFLICT (request_id) DO NOTHING`,
      request.assignmentId,
      request.requestId,
      request.fingerprint,
      request.user,
      request.role,
      request.environment,
      JSON.stringify(request.env),
      JSON.stringify(request.files),
      request.received.now,
      request.received.steady,
      request.traceparent,
      request.tracestate,
    );
    const row = this.#db.one('SELECT * FROM assignment WHERE request_id = ?', request.requestId) ?? {};
    const assignment = toAssignment(row);
    if (assignment.fingerprint !== request.fingerprint)
      throw new ParbakeError(
        'REQUEST_ID_MISMATCH',
        `request id ${request.requestId} was used for another request, assignment ${assignment.assignmentId}`,
      );
    return { assignment, replayed: inserted === 0 };
  }

  /** Forgets a request that nobody was told anything about. */
  forget(assignmentId: string): boolean {
    const forgotten = this.#db.run(
      `DELETE FROM assignment WHERE assignment_id = ? AND state = 'PENDING' AND attempt = 0`,
      assignmentId,
    );
    return forgotten > 0;
  }

  /** Forgets all such requests; for the start, when their callers are gone. */
  forgetAll(): void {
    this.#db.run(`DELETE FROM assignment WHERE state = 'PENDING' AND attempt = 0`);
  }

  /** @returns the assignment with its instance; undefined when there is none */
  claim(assignment: Assignment, at: Moment): Assignment | undefined {
    const instanceId = place(this.#candidates(assignment.role), demandOf(assignment));
    return instanceId === undefined ? undefined : this.#take(assignment, instanceId, at);
  }

  /** Takes an instance for the oldest request that it fits, if it can be taken. */
  claimOn(instanceId: string, at: Moment): Assignment | undefined {
    const rows = this.#db.all(
      `SELECT assignment.*, offer.user_env AS offered_env, offer.takes_files AS offered_files
       FROM offer CROSS JOIN assignment INDEXED BY assignment_waiting ON assignment.role = offer.role
       WHERE offer.instance_id = ? AND offer.ready_time IS NOT NULL AND assignment.state = 'PENDING'
       ORDER BY assignment.create_time, assignment.assignment_id`,
      instanceId,
    );
    const fitting = rows.find((row) =>
      fits(
        { userEnv: parsed(row, 'offered_env'), takesFiles: number(row, 'offered_files') === 1 },
        demandOf(toAssignment(row)),
      ),
    );
    return fitting === undefined ? undefined : this.#take(toAssignment(fitting), instanceId, at);
  }

  #take(
    { assignmentId, receivedSteady }: Assignment,
    instanceId: string,
    { now, steady }: Moment,
  ): Assignment {
    this.#instances.event(instanceId, { kind: 'assigned' }, now);
    this.#instances.raiseGeneration(instanceId);
    this.#db.run(
      'UPDATE assignment SET instance_id = ?, attempt = attempt + 1 WHERE assignment_id = ?',
      instanceId,
      assignmentId,
    );
    const timings = { claimed: Math.max(0, steady - receivedSteady) };
    return this.event(assignmentId, { kind: 'claimed' }, { now, timings });
  }

  /** What can be taken for a role, the one that has waited longest first. */
  *#candidates(role: string): Generator<Candidate> {
    const rows = this.#db.each(
      `SELECT instance_id, user_env, takes_files, warmth FROM offer INDEXED BY offer_ready
       WHERE role = ? AND ready_time IS NOT NULL ORDER BY ready_time, instance_id`,
      role,
    );
    for (const row of rows)
      yield {
        instanceId: text(row, 'instance_id'),
        userEnv: parsed(row, 'user_env'),
        takesFiles: number(row, 'takes_files') === 1,
        warmth: number(row, 'warmth'),
      };
  }

  get(assignmentId: string): Assignment | undefined {
    const row = this.#db.one('SELECT * FROM assignment WHERE assignment_id = ?', assignmentId);
    return row === undefined ? undefined : toAssignment(row);
  }

  /** The assignment that an instance is taken for; at most one. */
  of(instanceId: string): Assignment | undefined {
    const row = this.#db.one(
      `SELECT * FROM assignment WHERE instance_id = ?
         AND state IN ('CLAIMED', 'DELIVERED', 'STARTING', 'SERVING', 'RELEASING')`,
      instanceId,
    );
    return row === undefined ? undefined : toAssignment(row);
  }

  /** Newest first. */
  list({ user = '', liveOnly, before, limit }: AssignmentFilter): Assignment[] {
    return this.#db
      .all(
        `SELECT * FROM assignment WHERE (?1 = '' OR user = ?1)
           AND (?2 = 0 OR state NOT IN ('RELEASED', 'FAILED', 'EXPIRED'))
           AND (create_time, assignment_id) < (?3, ?4)
         ORDER BY create_time DESC, assignment_id DESC LIMIT ?5`,
        user,
        liveOnly ? 1 : 0,
        before?.createTime ?? Number.MAX_SAFE_INTEGER,
        before?.assignmentId ?? '',
        limit,
      )
      .map(toAssignment);
  }

  /** Requests that wait for an instance, oldest first. */
  pending(): Assignment[] {
    return this.#db
      .all(`SELECT * FROM assignment INDEXED BY assignment_waiting WHERE state = 'PENDING'`)
      .map(toAssignment)
      .sort((a, b) => a.createTime - b.createTime);
  }

  event(assignmentId: string, event: AssignmentEvent, change: AssignmentChange): Assignment {
    const before = this.known(assignmentId);
    const state = legal(assignmentAfter(before.state, event));
    // Another attempt starts with a clean slate.
    const isAgain = state === 'PENDING';
    const reason = change.failureReason ?? before.failureReason;
    this.#db.run(
      `UPDATE assignment SET state = ?, instance_id = ?, endpoints = ?, timings = ?, failure_reason = ?,
           release_time = ?, env = ?, files = ?
         WHERE assignment_id = ?`,
      state,
      isAgain ? '' : before.instanceId,
      JSON.stringify(isAgain ? [] : (change.endpoints ?? before.endpoints)),
      JSON.stringify(isAgain ? {} : { ...change.timings, ...before.timings }),
      reason,
      isOver(state) ? change.now : 0,
      isOver(state) ? '{}' : JSON.stringify(before.env),
      isOver(state) ? '{}' : JSON.stringify(before.files),
      assignmentId,
    );
    if (state !== before.state)
      writeAudit(this.#db, {
        at: change.now,
        instanceId: before.instanceId,
        assignmentId,
        event: event.kind,
        state,
        reason: change.failureReason ?? '',
      });
    return this.known(assignmentId);
  }

  /** The assignment and its instance together; a PENDING one is over at once. */
  release(assignmentId: string, now: number): Assignment {
    const released = this.event(assignmentId, { kind: 'release' }, { now });
    if (!isLive(released.state)) return released;
    this.#instances.event(released.instanceId, { kind: 'released' }, now);
    this.#instances.raiseGeneration(released.instanceId);
    return released;
  }

  /** The agent has stopped everything: both are over. */
  stopped(assignmentId: string, now: number): Assignment {
    const stopped = this.event(assignmentId, { kind: 'stopped' }, { now });
    this.#instances.event(stopped.instanceId, { kind: 'stopped' }, now);
    this.#instances.raiseEc2Revision(stopped.instanceId);
    return stopped;
  }

  /** The instance did not serve: it is quarantined, and the assignment waits for another or is over. */
  attemptFailed(assignmentId: string, reason: string, isLast: boolean, now: number): Assignment {
    const { instanceId } = this.known(assignmentId);
    const kind = isLast ? 'failed' : 'attempt_failed';
    const failed = this.event(assignmentId, { kind }, { now, failureReason: reason });
    this.#instances.event(instanceId, { kind: 'quarantined' }, now, reason);
    this.#instances.raiseGeneration(instanceId);
    return failed;
  }

  /** @returns how many were removed: those that ended without an instance */
  removeOver(endedBefore: number, limit: number): number {
    return this.#db.run(
      `DELETE FROM assignment WHERE assignment_id IN (
         SELECT assignment_id FROM assignment WHERE instance_id = '' AND release_time > 0 AND release_time < ?
           AND state IN ('RELEASED', 'FAILED', 'EXPIRED')
         LIMIT ?)`,
      endedBefore,
      limit,
    );
  }

  /** @throws ParbakeError ASSIGNMENT_NOT_FOUND */
  known(assignmentId: string): Assignment {
    const found = this.get(assignmentId);
    if (found === undefined) throw assignmentNotFound(assignmentId);
    return found;
  }
}

export function demandOf({ env, files }: Pick<Assignment, 'env' | 'files'>): Demand {
  return { variables: Object.keys(env), hasFiles: Object.keys(files).length > 0 };
}

function parsed(row: Row, column: string): string[] {
  return JSON.parse(text(row, column)) as string[];
}
