import { assignmentNotFound } from '../../core/not-found.ts';
import {
  assignmentAfter,
  isOver,
  liveStates,
  overStates,
  ownedStates,
  type AssignmentEvent,
} from '../../core/assignment-state.ts';
import type { Assignment, Moment } from '../../core/model.ts';
import { attemptsAfter, isAnswerTo, timingsAfter, type AssignmentChange } from './attempts.ts';
import { writeAudit } from './audit.ts';
import { legal } from '../legal.ts';
import { number, sqlList, toAssignment } from './rows.ts';
import type { Database } from './database.ts';
import type { AssignmentFilter, NewRequest } from '../requests.ts';
import type { RouteRows } from './routes.ts';
import type { UsageRows } from './usage.ts';

/** Whose live assignment and whose faults count together. */
type Tenant = Pick<Assignment, 'owner' | 'user' | 'role' | 'environment'>;

const live = sqlList(liveStates);
const over = sqlList(overStates);
/** SQLite takes the partial index only where a query names the states as the index does. */
const owned = sqlList(ownedStates);

/** The rows of assignments. Each call is part of its caller's transaction. */
export class AssignmentRows {
  readonly #db: Database;
  readonly #usage: UsageRows;
  readonly #lock: string;
  readonly #routes: RouteRows;

  constructor(db: Database, usage: UsageRows, routes: RouteRows) {
    this.#db = db;
    this.#usage = usage;
    this.#lock = db.dialect.lock('assignment');
    this.#routes = routes;
  }

  async byRequest(owner: string, requestId: string): Promise<Assignment | undefined> {
    const row = await this.#db.one(
      `SELECT * FROM assignment WHERE owner = ? AND request_id = ?${this.#lock}`,
      owner,
      requestId,
    );
    return row === undefined ? undefined : toAssignment(row);
  }

  async create(request: NewRequest, replaces: string): Promise<Assignment> {
    const { now, steady } = request.received;
    const { ttlMs } = request;
    const row = await this.#db.one(
      `INSERT INTO assignment (assignment_id, owner, request_id, fingerprint, content_hash, "user", role, environment, env, files,
         state, create_time, received_steady, pending_steady, expire_time, expire_steady, replaces, wait, traceparent,
         tracestate, sealed_by, awaited_by, routes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'PENDING', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       RETURNING *`,
      request.assignmentId,
      request.owner,
      request.requestId,
      request.fingerprint,
      request.contentHash,
      request.user,
      request.role,
      request.environment,
      JSON.stringify(request.env),
      JSON.stringify(request.files),
      now,
      steady,
      steady,
      ttlMs === undefined ? 0 : now + ttlMs,
      ttlMs === undefined ? null : steady + ttlMs,
      replaces,
      request.wait,
      request.traceparent,
      request.tracestate,
      request.sealedBy,
      this.#db.replicaId,
      JSON.stringify(request.routes),
    );
    if (row === undefined) throw assignmentNotFound(request.assignmentId);
    const created = toAssignment(row);
    await this.#routes.reserve(created, replaces);
    return created;
  }

  /**
   * Callers wait here no more; one who asked another coordinator since waits there.
   * @returns whether it was forgotten; what was answered, or has an instance, stays
   */
  async forget(assignmentId: string): Promise<boolean> {
    const forgotten = await this.#db.run(
      `DELETE FROM assignment WHERE assignment_id = ? AND state = 'PENDING' AND answered = 0 AND awaited_by = ?`,
      assignmentId,
      this.#db.replicaId,
    );
    if (forgotten === 0)
      await this.#db.run(
        `UPDATE assignment SET abandoned = 1
         WHERE assignment_id = ? AND answered = 0 AND release_time = 0 AND awaited_by = ?`,
        assignmentId,
        this.#db.replicaId,
      );
    return forgotten > 0;
  }

  /** Somebody waits for it again, and here. */
  async awaited(assignmentId: string): Promise<void> {
    await this.#db.run(
      `UPDATE assignment SET abandoned = 0, awaited_by = ?1
       WHERE assignment_id = ?2 AND (abandoned = 1 OR awaited_by <> ?1)`,
      this.#db.replicaId,
      assignmentId,
    );
  }

  /** Forgets the requests whose callers waited at a coordinator that is gone. */
  async forgetOf(replicaId: string): Promise<void> {
    await this.#db.run(
      `DELETE FROM assignment INDEXED BY assignment_unanswered
       WHERE state = 'PENDING' AND answered = 0 AND release_time = 0 AND awaited_by = ?`,
      replicaId,
    );
    await this.#db.run(
      `UPDATE assignment INDEXED BY assignment_unanswered SET abandoned = 1
       WHERE answered = 0 AND release_time = 0 AND awaited_by = ?`,
      replicaId,
    );
  }

  /** Forgets every request; for the start, when their callers are gone. */
  async forgetAll(): Promise<void> {
    await this.#db.run(
      `DELETE FROM assignment INDEXED BY assignment_unanswered
       WHERE state = 'PENDING' AND answered = 0 AND release_time = 0`,
    );
    await this.#db.run(
      `UPDATE assignment INDEXED BY assignment_unanswered SET abandoned = 1 WHERE answered = 0 AND release_time = 0`,
    );
  }

  /** Where it is read to be changed, it is locked. */
  async get(assignmentId: string): Promise<Assignment | undefined> {
    const row = await this.#db.one(
      `SELECT * FROM assignment WHERE assignment_id = ?${this.#lock}`,
      assignmentId,
    );
    return row === undefined ? undefined : toAssignment(row);
  }

  /** @returns false when somebody else is about to change it, or it waits no more */
  async hold(assignmentId: string): Promise<boolean> {
    const { dialect } = this.#db;
    if (!dialect.isShared) return true;
    const held = await this.#db.one(
      `SELECT 1 FROM assignment WHERE assignment_id = ? AND state = 'PENDING'${dialect.lockFree('assignment')}`,
      assignmentId,
    );
    return held !== undefined;
  }

  /** @throws ParbakeError ASSIGNMENT_NOT_FOUND */
  async known(assignmentId: string): Promise<Assignment> {
    const found = await this.get(assignmentId);
    if (found === undefined) throw assignmentNotFound(assignmentId);
    return found;
  }

  /** The assignment that an instance is taken for; at most one. */
  async of(instanceId: string): Promise<Assignment | undefined> {
    const row = await this.#db.one(
      `SELECT * FROM assignment WHERE instance_id = ? AND state IN ${live}${this.#lock}`,
      instanceId,
    );
    return row === undefined ? undefined : toAssignment(row);
  }

  /** The newest of an owner's user, role and environment that can still serve. */
  async owned({ owner, user, role, environment }: Tenant): Promise<Assignment | undefined> {
    const row = await this.#db.one(
      `SELECT * FROM assignment INDEXED BY assignment_owned
       WHERE owner = ? AND "user" = ? AND role = ? AND environment = ? AND state IN ${owned}
       ORDER BY create_time DESC LIMIT 1${this.#lock}`,
      owner,
      user,
      role,
      environment,
    );
    return row === undefined ? undefined : toAssignment(row);
  }

  /** When assignments of an owner's user, role and environment failed by the user's fault, since a time. */
  async userFaults({ owner, user, role, environment }: Tenant, since: number): Promise<number[]> {
    return (
      await this.#db.all(
        `SELECT release_time FROM assignment INDEXED BY assignment_fault
         WHERE owner = ? AND "user" = ? AND role = ? AND environment = ? AND fault = 'USER' AND release_time > ?`,
        owner,
        user,
        role,
        environment,
        since,
      )
    ).map((row) => number(row, 'release_time'));
  }

  /** Newest first. */
  async list({ before, limit, liveOnly, ...wanted }: AssignmentFilter): Promise<Assignment[]> {
    const {
      owner = '',
      user = '',
      role = '',
      environment = '',
      instanceId = '',
      state = '',
      find = '',
    } = wanted;
    return (
      await this.#db.all(
        `SELECT * FROM assignment WHERE (?1 = '' OR "user" = ?1)
           AND (?2 = 0 OR state NOT IN ${over})
           AND (create_time, assignment_id) < (?3, ?4)
           AND (?6 = '' OR role = ?6) AND (?7 = '' OR environment = ?7) AND (?8 = '' OR state = ?8)
           AND (?9 = '' OR EXISTS (SELECT 1 FROM ${this.#db.dialect.elements('attempts')} WHERE value ->> 'instanceId' = ?9))
           AND (?10 = '' OR owner = ?10)
           AND (?11 = '' OR replace(assignment_id, ?11, '') <> assignment_id OR replace("user", ?11, '') <> "user"
             OR replace(environment, ?11, '') <> environment OR replace(instance_id, ?11, '') <> instance_id)
         ORDER BY create_time DESC, assignment_id DESC LIMIT ?5`,
        user,
        liveOnly ? 1 : 0,
        before?.createTime ?? Number.MAX_SAFE_INTEGER,
        before?.assignmentId ?? '',
        limit,
        role,
        environment,
        state,
        instanceId,
        owner,
        find,
      )
    ).map(toAssignment);
  }

  /** Requests that wait for an instance, oldest first. */
  async pending(): Promise<Assignment[]> {
    return (
      await this.#db.all(`SELECT * FROM assignment INDEXED BY assignment_waiting WHERE state = 'PENDING'`)
    )
      .map(toAssignment)
      .sort((a, b) => a.createTime - b.createTime || (a.assignmentId < b.assignmentId ? -1 : 1));
  }

  /** Those that have an instance and do not serve yet. */
  async underWay(): Promise<Assignment[]> {
    return (
      await this.#db.all(
        `SELECT * FROM assignment INDEXED BY assignment_under_way WHERE state IN ('CLAIMED', 'DELIVERED', 'STARTING')`,
      )
    ).map(toAssignment);
  }

  /** Those whose time to live is over. */
  async expired(steady: number): Promise<Assignment[]> {
    return (
      await this.#db.all(
        `SELECT * FROM assignment INDEXED BY assignment_expiring
         WHERE expire_steady IS NOT NULL AND expire_steady <= ? AND state IN ${owned}`,
        steady,
      )
    ).map(toAssignment);
  }

  /** It lives so long from now on. */
  async extend(before: Assignment, ttlMs: number, { now, steady }: Moment): Promise<Assignment> {
    const { assignmentId } = before;
    legal(assignmentAfter(before.state, { kind: 'extended' }));
    await this.#db.run(
      'UPDATE assignment SET expire_time = ?, expire_steady = ? WHERE assignment_id = ?',
      now + ttlMs,
      steady + ttlMs,
      assignmentId,
    );
    await this.#audit(before, 'extended', before.state, '', now);
    return await this.known(assignmentId);
  }

  async event(
    before: Assignment,
    event: AssignmentEvent,
    change: AssignmentChange,
    at: Moment,
  ): Promise<Assignment> {
    const { assignmentId } = before;
    const state = legal(assignmentAfter(before.state, event));
    const attempts = attemptsAfter(before, change, at);
    const isAgain = state === 'PENDING';
    const reason = change.end?.reason ?? before.failureReason;
    const row = await this.#db.one(
      `UPDATE assignment SET state = ?, instance_id = ?, attempt = ?, attempts = ?, endpoints = ?, timings = ?,
         failure_reason = ?, fault = ?, release_time = ?, pending_steady = CASE WHEN ? = 1 THEN ? ELSE pending_steady END, answered = ?,
         env = ?, files = ?
       WHERE assignment_id = ? RETURNING *`,
      state,
      isAgain ? '' : (change.begin?.instanceId ?? before.instanceId),
      attempts.length,
      JSON.stringify(attempts),
      JSON.stringify(isAgain ? [] : (change.endpoints ?? before.endpoints)),
      JSON.stringify(timingsAfter(before, change, at)),
      reason,
      isOver(state) ? (change.end?.fault ?? '') : '',
      isOver(state) ? at.now : 0,
      isAgain ? 1 : 0,
      at.steady,
      before.isAnswered || isAnswerTo(before, change) ? 1 : 0,
      isOver(state) ? '{}' : JSON.stringify(before.env),
      isOver(state) ? '{}' : JSON.stringify(before.files),
      assignmentId,
    );
    if (row === undefined) throw assignmentNotFound(assignmentId);
    const after = toAssignment(row);
    await this.#usage.follow(before, after);
    await this.#routes.follow(before, after, at);
    if (state !== before.state)
      await this.#audit(isAgain ? before : after, event.kind, state, change.end?.reason ?? '', at.now);
    return after;
  }

  /** Its containers go on until publishers have dropped its address; or that is over. */
  async holdStop(assignmentId: string, isHeld: boolean): Promise<Assignment> {
    await this.#db.run(
      'UPDATE assignment SET stop_held = ? WHERE assignment_id = ?',
      isHeld ? 1 : 0,
      assignmentId,
    );
    return await this.known(assignmentId);
  }

  /** @returns how many were removed: those that ended without an instance */
  async removeOver(endedBefore: number, limit: number): Promise<number> {
    return await this.#db.run(
      `DELETE FROM assignment WHERE assignment_id IN (
         SELECT assignment_id FROM assignment WHERE instance_id = '' AND release_time > 0 AND release_time < ?
           AND state IN ${over}
         LIMIT ?)`,
      endedBefore,
      limit,
    );
  }

  async #audit(
    { assignmentId, instanceId }: Assignment,
    event: string,
    state: string,
    reason: string,
    at: number,
  ): Promise<void> {
    await writeAudit(this.#db, { at, instanceId, assignmentId, event, state, reason });
  }
}
