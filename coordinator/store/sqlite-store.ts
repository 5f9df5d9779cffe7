import { ParbakeError } from '../../proto/errors.ts';
import { assignmentAfter, isLive, isOver, type AssignmentEvent } from '../core/assignment-state.ts';
import { instanceAfter, type InstanceEvent } from '../core/instance-state.ts';
import type { Assignment, Facts, Instance, KnownRole, RoleOffer, Timings } from '../core/model.ts';
import { number, text, toAssignment, toInstance } from './rows.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import type {
  AssignmentChange,
  InstanceFilter,
  NewAssignment,
  ReportBatch,
  Store,
  Timeline,
} from './store.ts';

/** The embedded store: one SQLite file, one coordinator. */
export class SqliteStore implements Store {
  readonly #db: SqliteDatabase;

  /** @throws ParbakeError STORE_FAILED when the file cannot be opened, is in use or is newer than we are */
  constructor(path: string) {
    this.#db = new SqliteDatabase(path);
  }

  checkIn(facts: Facts, roles: readonly RoleOffer[], now: number): Instance {
    const { instanceId, bootId } = facts;
    return this.#db.transaction(() => {
      const known = this.instance(instanceId);
      const state = known?.state ?? 'EXPECTED';
      const isNewBoot = known?.facts.bootId !== bootId;
      const next = isNewBoot ? legal(instanceAfter(state, { kind: 'checked_in' })) : state;
      this.#db.run(
        `INSERT INTO instance (instance_id, state, facts, roles, boot_id, check_in_time, last_seen_time)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (instance_id) DO UPDATE SET state = excluded.state, facts = excluded.facts,
           roles = excluded.roles, boot_id = excluded.boot_id, last_seen_time = excluded.last_seen_time,
           check_in_time = CASE WHEN ? THEN excluded.check_in_time ELSE check_in_time END`,
        instanceId,
        next,
        JSON.stringify(facts),
        JSON.stringify(roles),
        bootId,
        now,
        now,
        isNewBoot ? 1 : 0,
      );
      if (isNewBoot) this.#audit(now, instanceId, '', 'checked_in', next, '');
      return this.#instance(instanceId);
    });
  }

  instance(instanceId: string): Instance | undefined {
    const row = this.#db.one('SELECT * FROM instance WHERE instance_id = ?', instanceId);
    return row === undefined ? undefined : toInstance(row);
  }

  instances({ role = '', state, after = '', limit }: InstanceFilter): Instance[] {
    return this.#db
      .all(
        `SELECT * FROM instance WHERE instance_id > ?1 AND (?2 = '' OR state = ?2)
         AND (?3 = '' OR EXISTS (SELECT 1 FROM json_each(roles) WHERE value ->> 'name' = ?3))
         ORDER BY instance_id LIMIT ?4`,
        after,
        state ?? '',
        role,
        limit,
      )
      .map(toInstance);
  }

  liveInstances(): Instance[] {
    return this.#db
      .all(
        `SELECT * FROM instance WHERE state NOT IN ('TERMINATED', 'QUARANTINED', 'FAILED') ORDER BY check_in_time`,
      )
      .map(toInstance);
  }

  instanceEvent(instanceId: string, event: InstanceEvent, reason = ''): Instance {
    return this.#db.transaction(() => {
      const { state } = this.#instance(instanceId);
      const next = legal(instanceAfter(state, event));
      const now = Date.now();
      this.#db.run(
        `UPDATE instance SET state = ?1, state_reason = ?2,
           ready_time = CASE WHEN ?1 = 'READY' AND state <> 'READY' THEN ?3 ELSE ready_time END
         WHERE instance_id = ?4`,
        next,
        reason,
        now,
        instanceId,
      );
      if (next !== state) this.#audit(now, instanceId, '', event.kind, next, reason);
      return this.#instance(instanceId);
    });
  }

  observed(instanceId: string, generation: number, roles: readonly RoleOffer[], now: number): void {
    this.#db.run(
      `UPDATE instance SET observed_generation = max(observed_generation, ?), roles = ?, last_seen_time = ?
       WHERE instance_id = ?`,
      generation,
      JSON.stringify(roles),
      now,
      instanceId,
    );
  }

  createAssignment(request: NewAssignment): { assignment: Assignment; replayed: boolean } {
    return this.#db.transaction(() => {
      const inserted = this.#db.run(
        `INSERT INTO assignment (assignment_id, request_id, fingerprint, user, role, environment, env, state, create_time)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'PENDING', ?) ON CONFLICT (request_id) DO NOTHING`,
        request.assignmentId,
        request.requestId,
        request.fingerprint,
        request.user,
        request.role,
        request.environment,
        JSON.stringify(request.env),
        request.now,
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

  forgetPending(assignmentId: string): void {
    this.#db.run(
      `DELETE FROM assignment WHERE assignment_id = ? AND state = 'PENDING' AND attempt = 0`,
      assignmentId,
    );
  }

  claim(assignmentId: string, connected: ReadonlySet<string>, now: number): Assignment | undefined {
    return this.#db.transaction(() => {
      const assignment = this.#assignment(assignmentId);
      if (assignment.state !== 'PENDING') return undefined;
      const row = this.#db.one(
        `SELECT instance_id FROM instance WHERE state = 'READY'
           AND EXISTS (SELECT 1 FROM json_each(roles) WHERE value ->> 'name' = ?)
           AND instance_id IN (SELECT value FROM json_each(?))
         ORDER BY ready_time, instance_id LIMIT 1`,
        assignment.role,
        JSON.stringify([...connected]),
      );
      if (row === undefined) return undefined;
      const instanceId = text(row, 'instance_id');
      this.instanceEvent(instanceId, { kind: 'assigned' });
      this.#raiseGeneration(instanceId);
      this.#db.run(
        `UPDATE assignment SET instance_id = ?, attempt = attempt + 1 WHERE assignment_id = ?`,
        instanceId,
        assignmentId,
      );
      return this.assignmentEvent(assignmentId, { kind: 'claimed' }, { now });
    });
  }

  assignment(assignmentId: string): Assignment | undefined {
    const row = this.#db.one('SELECT * FROM assignment WHERE assignment_id = ?', assignmentId);
    return row === undefined ? undefined : toAssignment(row);
  }

  assignmentOf(instanceId: string): Assignment | undefined {
    const row = this.#db.one(
      `SELECT * FROM assignment WHERE instance_id = ?
         AND state IN ('CLAIMED', 'DELIVERED', 'STARTING', 'SERVING', 'RELEASING')`,
      instanceId,
    );
    return row === undefined ? undefined : toAssignment(row);
  }

  assignments(filter: { user?: string; liveOnly: boolean; offset: number; limit: number }): Assignment[] {
    return this.#db
      .all(
        `SELECT * FROM assignment WHERE (?1 = '' OR user = ?1)
           AND (?2 = 0 OR state NOT IN ('RELEASED', 'FAILED', 'EXPIRED'))
         ORDER BY create_time DESC, assignment_id LIMIT ?3 OFFSET ?4`,
        filter.user ?? '',
        filter.liveOnly ? 1 : 0,
        filter.limit,
        filter.offset,
      )
      .map(toAssignment);
  }

  pending(): Assignment[] {
    return this.#db
      .all(`SELECT * FROM assignment WHERE state = 'PENDING' ORDER BY create_time`)
      .map(toAssignment);
  }

  assignmentEvent(assignmentId: string, event: AssignmentEvent, change: AssignmentChange): Assignment {
    return this.#db.transaction(() => {
      const before = this.#assignment(assignmentId);
      const state = legal(assignmentAfter(before.state, event));
      // Another attempt starts with a clean slate.
      const isAgain = state === 'PENDING';
      const endpoints = isAgain ? [] : (change.endpoints ?? before.endpoints);
      const timings = isAgain ? {} : { ...change.timings, ...before.timings };
      const reason = change.failureReason ?? before.failureReason;
      this.#db.run(
        `UPDATE assignment SET state = ?, endpoints = ?, timings = ?, failure_reason = ?, release_time = ?, env = ?
         WHERE assignment_id = ?`,
        state,
        JSON.stringify(endpoints),
        JSON.stringify(timings),
        reason,
        isOver(state) ? change.now : 0,
        isOver(state) ? '{}' : JSON.stringify(before.env),
        assignmentId,
      );
      if (state !== before.state)
        this.#audit(
          change.now,
          before.instanceId,
          assignmentId,
          event.kind,
          state,
          change.failureReason ?? '',
        );
      return this.#assignment(assignmentId);
    });
  }

  recordTimings(assignmentId: string, timings: Timings): void {
    this.#db.run(
      `UPDATE assignment SET timings = json_patch(?, timings) WHERE assignment_id = ?`,
      JSON.stringify(timings),
      assignmentId,
    );
  }

  release(assignmentId: string, now: number): Assignment {
    return this.#db.transaction(() => {
      const released = this.assignmentEvent(assignmentId, { kind: 'release' }, { now });
      if (!isLive(released.state)) return released;
      this.instanceEvent(released.instanceId, { kind: 'released' });
      this.#raiseGeneration(released.instanceId);
      return released;
    });
  }

  stopped(assignmentId: string, now: number): Assignment {
    return this.#db.transaction(() => {
      const stopped = this.assignmentEvent(assignmentId, { kind: 'stopped' }, { now });
      this.instanceEvent(stopped.instanceId, { kind: 'stopped' });
      return stopped;
    });
  }

  attemptFailed(assignmentId: string, reason: string, isLast: boolean, now: number): Assignment {
    return this.#db.transaction(() => {
      const kind = isLast ? 'failed' : 'attempt_failed';
      const failed = this.assignmentEvent(assignmentId, { kind }, { now, failureReason: reason });
      this.instanceEvent(failed.instanceId, { kind: 'quarantined' }, reason);
      this.#raiseGeneration(failed.instanceId);
      return failed;
    });
  }

  applyRoles(roles: readonly { name: string; userEnv: string[] }[]): void {
    this.#db.transaction(() => {
      for (const { name, userEnv } of roles)
        this.#db.run(
          `INSERT INTO role (name, user_env) VALUES (?, ?)
           ON CONFLICT (name) DO UPDATE SET user_env = excluded.user_env`,
          name,
          JSON.stringify(userEnv),
        );
    });
  }

  roles(): KnownRole[] {
    const found = new Map<string, KnownRole>();
    for (const row of this.#db.all('SELECT * FROM role')) {
      const name = text(row, 'name');
      const userEnv = JSON.parse(text(row, 'user_env')) as string[];
      found.set(name, { name, userEnv, applied: true, readyInstances: 0 });
    }
    const offered = this.#db.all(
      `SELECT offer.value ->> 'name' AS name, min(offer.value ->> 'userEnv') AS user_env, sum(state = 'READY') AS ready
       FROM instance, json_each(roles) AS offer WHERE state NOT IN ('TERMINATED') GROUP BY 1`,
    );
    for (const row of offered) {
      const name = text(row, 'name');
      const userEnv = JSON.parse(text(row, 'user_env')) as string[];
      const known = found.get(name) ?? { name, userEnv, applied: false, readyInstances: 0 };
      found.set(name, { ...known, readyInstances: number(row, 'ready') });
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  report(batch: ReportBatch): number {
    const { instanceId, bootId, sequence } = batch;
    return this.#db.transaction(() => {
      const row = this.#db.one(
        'SELECT sequence FROM report WHERE instance_id = ? AND boot_id = ?',
        instanceId,
        bootId,
      );
      const known = number(row ?? {}, 'sequence');
      if (sequence <= known) return known;
      for (const { id, startNs, json } of batch.spans)
        this.#db.run(
          'INSERT OR REPLACE INTO span (instance_id, boot_id, span_id, start_ns, body) VALUES (?, ?, ?, ?, ?)',
          instanceId,
          bootId,
          id,
          BigInt(startNs),
          json,
        );
      const rest = { pull: batch.pulls, start: batch.starts };
      for (const [kind, bodies] of Object.entries(rest))
        for (const body of bodies)
          this.#db.run(
            'INSERT INTO reported (instance_id, kind, body) VALUES (?, ?, ?)',
            instanceId,
            kind,
            body,
          );
      this.#db.run(
        `INSERT INTO report (instance_id, boot_id, sequence) VALUES (?, ?, ?)
         ON CONFLICT (instance_id, boot_id) DO UPDATE SET sequence = excluded.sequence`,
        instanceId,
        bootId,
        sequence,
      );
      return sequence;
    });
  }

  timeline(instanceId: string): Timeline {
    const bodies = (kind: string): string[] =>
      this.#db
        .all('SELECT body FROM reported WHERE instance_id = ? AND kind = ? ORDER BY seq', instanceId, kind)
        .map((row) => text(row, 'body'));
    const spans = this.#db.all(
      'SELECT body FROM span WHERE instance_id = ? ORDER BY start_ns, span_id',
      instanceId,
    );
    return { spans: spans.map((row) => text(row, 'body')), pulls: bodies('pull'), starts: bodies('start') };
  }

  close(): void {
    this.#db.close();
  }

  #instance(instanceId: string): Instance {
    const found = this.instance(instanceId);
    if (found === undefined)
      throw new ParbakeError('INSTANCE_NOT_FOUND', `there is no instance ${instanceId}`);
    return found;
  }

  #assignment(assignmentId: string): Assignment {
    const found = this.assignment(assignmentId);
    if (found === undefined)
      throw new ParbakeError('ASSIGNMENT_NOT_FOUND', `there is no assignment ${assignmentId}`);
    return found;
  }

  #raiseGeneration(instanceId: string): void {
    this.#db.run('UPDATE instance SET generation = generation + 1 WHERE instance_id = ?', instanceId);
  }

  #audit(
    at: number,
    instance: string,
    assignment: string,
    event: string,
    state: string,
    reason: string,
  ): void {
    this.#db.run(
      'INSERT INTO audit (at, instance_id, assignment_id, event, state, reason) VALUES (?, ?, ?, ?, ?, ?)',
      at,
      instance,
      assignment,
      event,
      state,
      reason,
    );
  }
}

function legal<T extends string>(state: T | { illegal: string }): T {
  if (typeof state === 'string') return state;
  throw new ParbakeError('ILLEGAL_TRANSITION', state.illegal);
}
