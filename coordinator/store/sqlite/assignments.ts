import { ParbakeError } from '../../../proto/errors/errors.ts';
import { assignmentAfter, isLive, isOver, type AssignmentEvent } from '../../core/assignment-state.ts';
import type { Assignment, Timings } from '../../core/model.ts';
import { place, type Candidate, type Demand } from '../../core/placement.ts';
import { writeAudit } from './audit.ts';
import { legal } from '../legal.ts';
import { number, text, toAssignment } from './rows.ts';
import type { SqliteDatabase } from './database.ts';
import type { SqliteInstances } from './instances.ts';
import type { AssignmentChange, AssignmentFilter, AssignmentStore, NewAssignment } from '../store.ts';

export class SqliteAssignments implements AssignmentStore {
  readonly #db: SqliteDatabase;
  readonly #instances: SqliteInstances;

  constructor(db: SqliteDatabase, instances: SqliteInstances) {
    this.#db = db;
    this.#instances = instances;
  }

  create(request: NewAssignment): { assignment: Assignment; replayed: boolean } {
    return this.#db.transaction(() => {
      const inserted = this.#db.run(
        `INSERT INTO assignment (assignment_id, request_id, fingerprint, user, role, environment, env, files, state,
           create_time, traceparent, tracestate)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'PENDING', ?, ?, ?) ON CONFLICT (request_id) DO NOTHING`,
        request.assignmentId,
        request.requestId,
        request.fingerprint,
        request.user,
        request.role,
        request.environment,
        JSON.stringify(request.env),
        JSON.stringify(request.files),
        request.now,
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
    });
  }

  forget(assignmentId: string): void {
    this.#db.run(
      `DELETE FROM assignment WHERE assignment_id = ? AND state = 'PENDING' AND attempt = 0`,
      assignmentId,
    );
  }

  forgetAll(): void {
    this.#db.run(`DELETE FROM assignment WHERE state = 'PENDING' AND attempt = 0`);
  }

  claim(
    assignmentId: string,
    isConnected: (instanceId: string) => boolean,
    now: number,
  ): Assignment | undefined {
    return this.#db.transaction(() => {
      const assignment = this.#known(assignmentId);
      if (assignment.state !== 'PENDING') return undefined;
      const instanceId = place(this.#candidates(assignment.role), demandOf(assignment), isConnected);
      if (instanceId === undefined) return undefined;
      this.#instances.event(instanceId, { kind: 'assigned' }, now);
      this.#instances.raiseGeneration(instanceId);
      this.#db.run(
        'UPDATE assignment SET instance_id = ?, attempt = attempt + 1 WHERE assignment_id = ?',
        instanceId,
        assignmentId,
      );
      return this.event(assignmentId, { kind: 'claimed' }, { now });
    });
  }

  /** READY instances that offer the role, the one that has waited longest first. */
  *#candidates(role: string): Generator<Candidate> {
    // CROSS JOIN keeps this order of the loops: oldest first, without sorting the whole pool.
    const rows = this.#db.each(
      `SELECT instance.instance_id, offer.user_env, offer.takes_files, offer.warmth
       FROM instance INDEXED BY instance_ready CROSS JOIN offer USING (instance_id)
       WHERE instance.state = 'READY' AND offer.role = ?
       ORDER BY instance.ready_time, instance.instance_id`,
      role,
    );
    for (const row of rows)
      yield {
        instanceId: text(row, 'instance_id'),
        userEnv: JSON.parse(text(row, 'user_env')) as string[],
        takesFiles: number(row, 'takes_files') === 1,
        warmth: number(row, 'warmth'),
      };
  }

  get(assignmentId: string): Assignment | undefined {
    const row = this.#db.one('SELECT * FROM assignment WHERE assignment_id = ?', assignmentId);
    return row === undefined ? undefined : toAssignment(row);
  }

  of(instanceId: string): Assignment | undefined {
    const row = this.#db.one(
      `SELECT * FROM assignment WHERE instance_id = ?
         AND state IN ('CLAIMED', 'DELIVERED', 'STARTING', 'SERVING', 'RELEASING')`,
      instanceId,
    );
    return row === undefined ? undefined : toAssignment(row);
  }

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

  pending(): string[] {
    return this.#db
      .all(`SELECT assignment_id FROM assignment WHERE state = 'PENDING' ORDER BY create_time, assignment_id`)
      .map((row) => text(row, 'assignment_id'));
  }

  event(assignmentId: string, event: AssignmentEvent, change: AssignmentChange): Assignment {
    return this.#db.transaction(() => {
      const before = this.#known(assignmentId);
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
      return this.#known(assignmentId);
    });
  }

  recordTimings(assignmentId: string, timings: Timings): void {
    this.#db.run(
      'UPDATE assignment SET timings = json_patch(?, timings) WHERE assignment_id = ?',
      JSON.stringify(timings),
      assignmentId,
    );
  }

  release(assignmentId: string, now: number): Assignment {
    return this.#db.transaction(() => {
      const released = this.event(assignmentId, { kind: 'release' }, { now });
      if (!isLive(released.state)) return released;
      this.#instances.event(released.instanceId, { kind: 'released' }, now);
      this.#instances.raiseGeneration(released.instanceId);
      return released;
    });
  }

  stopped(assignmentId: string, now: number): Assignment {
    return this.#db.transaction(() => {
      const stopped = this.event(assignmentId, { kind: 'stopped' }, { now });
      this.#instances.event(stopped.instanceId, { kind: 'stopped' }, now);
      this.#instances.raiseEc2Revision(stopped.instanceId);
      return stopped;
    });
  }

  attemptFailed(assignmentId: string, reason: string, isLast: boolean, now: number): Assignment {
    return this.#db.transaction(() => {
      const { instanceId } = this.#known(assignmentId);
      const kind = isLast ? 'failed' : 'attempt_failed';
      const failed = this.event(assignmentId, { kind }, { now, failureReason: reason });
      this.#instances.event(instanceId, { kind: 'quarantined' }, now, reason);
      this.#instances.raiseGeneration(instanceId);
      return failed;
    });
  }

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

  #known(assignmentId: string): Assignment {
    const found = this.get(assignmentId);
    if (found === undefined)
      throw new ParbakeError('ASSIGNMENT_NOT_FOUND', `there is no assignment ${assignmentId}`);
    return found;
  }
}

function demandOf({ env, files }: Assignment): Demand {
  return { variables: Object.keys(env), hasFiles: Object.keys(files).length > 0 };
}
