import { instanceNotFound } from '../../core/not-found.ts';
import {
  goneStates,
  instanceAfter,
  type InstanceEvent,
  type InstanceState,
} from '../../core/instance-state.ts';
import type { Clock, Facts, Instance, Moment, RoleOffer } from '../../core/model.ts';
import { writeAudit } from './audit.ts';
import { isEnded, writeOffers } from './offers.ts';
import { legal } from '../legal.ts';
import { sqlList, text, toInstance, type Row } from './rows.ts';
import type { Database } from './database.ts';
import type { CheckIn } from '../agents.ts';
import type { InstanceFilter } from '../fleet.ts';
import { instanceOrder } from './instance-order.ts';

/** As the indexes have it: states in which an identity does not count. */
const identityEnded = sqlList([...goneStates, 'QUARANTINED']);

/** The rows of instances and of the roles that they offer. Each call is part of its caller's transaction. */
export class InstanceRows {
  readonly #db: Database;
  readonly #lock: string;

  constructor(db: Database) {
    this.#db = db;
    this.#lock = db.dialect.lock('instance');
  }

  /** A new boot is the event `checked_in`. */
  async checkIn(
    { facts, roles, observedGeneration, assignmentId }: CheckIn,
    sessionId: string,
    { now, steady }: Moment,
  ): Promise<Instance> {
    const { instanceId, bootId, engineId, machineIdHash } = facts;
    const before = await this.get(instanceId);
    const isNewBoot = before?.facts.bootId !== bootId;
    const stateBefore = before?.state ?? 'EXPECTED';
    // The claim raised the generation, and passing it over raised it again: the agent applied neither.
    const isUntouched =
      before?.hadUser === false && assignmentId === '' && observedGeneration <= before.generation - 2;
    const isNews = isNewBoot || stateBefore === 'LOST' || (stateBefore === 'RELEASING' && isUntouched);
    const event = { kind: 'checked_in', isUntouched } as const;
    const state = isNews ? legal(instanceAfter(stateBefore, event)) : stateBefore;
    const isMoved = state !== stateBefore;
    await this.#db.run(
      `INSERT INTO instance (instance_id, state, facts, roles, boot_id, observed_generation, check_in_time,
         last_seen_time, session_id, session_steady, state_time, state_steady, ec2_revision, engine_id, machine_id_hash)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, ?7, ?9, 1, ?12, ?13)
       ON CONFLICT (instance_id) DO UPDATE SET state = excluded.state, facts = excluded.facts,
         roles = excluded.roles, boot_id = excluded.boot_id, last_seen_time = excluded.last_seen_time,
         session_id = excluded.session_id, connected = 0,
         session_steady = CASE WHEN instance.connected = 1 THEN excluded.session_steady ELSE instance.session_steady END,
         observed_generation = excluded.observed_generation, engine_id = excluded.engine_id,
         machine_id_hash = excluded.machine_id_hash,
         check_in_time = CASE WHEN ?10 = 1 THEN excluded.check_in_time ELSE instance.check_in_time END,
         ec2_revision = CASE WHEN ?10 = 1 THEN instance.ec2_revision + 1 ELSE instance.ec2_revision END,
         state_time = CASE WHEN ?11 = 1 THEN excluded.state_time ELSE instance.state_time END,
         state_steady = CASE WHEN ?11 = 1 THEN excluded.state_steady ELSE instance.state_steady END`,
      instanceId,
      state,
      JSON.stringify(facts),
      JSON.stringify(roles),
      bootId,
      observedGeneration,
      now,
      sessionId,
      steady,
      isNewBoot ? 1 : 0,
      isMoved ? 1 : 0,
      engineId,
      machineIdHash,
    );
    await writeOffers(this.#db, facts, isEnded(state) ? [] : roles);
    if (isNews) await this.#audit(instanceId, 'checked_in', state, '', now);
    // It waits in its pool again, and is told so.
    if (isMoved && stateBefore === 'RELEASING') await this.raiseGeneration(instanceId);
    return await this.known(instanceId);
  }

  /** Where it is read to be changed, it is locked. */
  async get(instanceId: string): Promise<Instance | undefined> {
    return await this.#read(`SELECT * FROM instance WHERE instance_id = ?${this.#lock}`, instanceId);
  }

  /** Without a lock. */
  async seen(instanceId: string): Promise<Instance | undefined> {
    return await this.#read('SELECT * FROM instance WHERE instance_id = ?', instanceId);
  }

  /** Locks the instance of an assignment, so that every use case locks the instance first. */
  async lockOf(assignmentId: string): Promise<void> {
    const { isShared } = this.#db.dialect;
    if (isShared)
      await this.#db.one(
        `SELECT 1 FROM instance JOIN assignment USING (instance_id) WHERE assignment_id = ?${this.#lock}`,
        assignmentId,
      );
  }

  /** @returns false when somebody else is about to change it, or has taken it */
  async hold(instanceId: string): Promise<boolean> {
    const { dialect } = this.#db;
    if (!dialect.isShared) return true;
    const held = await this.#db.one(
      `SELECT 1 FROM instance WHERE instance_id = ? AND state = 'READY' AND connected = 1${dialect.lockFree('instance')}`,
      instanceId,
    );
    return held !== undefined;
  }

  /** @throws ParbakeError INSTANCE_NOT_FOUND */
  async known(instanceId: string): Promise<Instance> {
    const found = await this.get(instanceId);
    if (found === undefined) throw instanceNotFound(instanceId);
    return found;
  }

  async list({
    role = '',
    state,
    after = '',
    find = '',
    order = 'ID',
    limit,
  }: InstanceFilter): Promise<Instance[]> {
    const { after: isAfter, by } = instanceOrder[order];
    return (
      await this.#db.all(
        `SELECT * FROM instance WHERE ${isAfter}
           AND (?2 = '' OR state = ?2)
           AND (?3 = '' OR EXISTS (SELECT 1 FROM ${this.#db.dialect.elements('roles')} WHERE value ->> 'name' = ?3))
           AND (?5 = '' OR replace(instance_id, ?5, '') <> instance_id)
         ORDER BY ${by} LIMIT ?4`,
        after,
        state ?? '',
        role,
        limit,
        find,
      )
    ).map(toInstance);
  }

  /**
   * The earliest other ones whose identity counts (neither over nor quarantined): with this engine id, and with this machine
   * id in another boot. Whoever does not know its own id has no twin by it.
   */
  async twins({ instanceId, engineId, machineIdHash, bootId }: Facts): Promise<Instance[]> {
    const engine = await this.#db.one(
      `SELECT * FROM instance INDEXED BY instance_engine
       WHERE engine_id = ? AND engine_id <> '' AND state NOT IN ${identityEnded} AND instance_id <> ?
       ORDER BY check_in_time LIMIT 1`,
      engineId,
      instanceId,
    );
    const machine = await this.#db.one(
      `SELECT * FROM instance INDEXED BY instance_machine
       WHERE machine_id_hash = ? AND machine_id_hash <> '' AND state NOT IN ${identityEnded} AND instance_id <> ?
         AND boot_id <> ?
       ORDER BY check_in_time LIMIT 1`,
      machineIdHash,
      instanceId,
      bootId,
    );
    return [engine, machine].filter((row): row is Row => row !== undefined).map(toInstance);
  }

  async event(instanceId: string, event: InstanceEvent, { now, steady }: Moment, reason = ''): Promise<void> {
    const before = await this.known(instanceId);
    const state = legal(instanceAfter(before.state, event));
    if (state === before.state && reason === before.stateReason) return;
    await this.#db.run(
      `UPDATE instance SET state = ?1, state_reason = ?2, ready_time = CASE WHEN ?1 = 'READY' THEN ?3 ELSE ready_time END,
         state_time = CASE WHEN state = ?1 THEN state_time ELSE ?3 END,
         state_steady = CASE WHEN state = ?1 THEN state_steady ELSE ?5 END
       WHERE instance_id = ?4`,
      state,
      reason,
      now,
      instanceId,
      steady,
    );
    if (isEnded(state)) await writeOffers(this.#db, before.facts, []);
    if (state !== before.state) await this.#audit(instanceId, event.kind, state, reason, now);
  }

  /** Why it is where it is; no event. */
  async explain(instanceId: string, reason: string): Promise<void> {
    await this.#db.run('UPDATE instance SET state_reason = ? WHERE instance_id = ?', reason, instanceId);
  }

  /** @returns whether it is the first time, or another machine than the last time */
  async noteIdTaken(instanceId: string, reason: string, { now }: Moment): Promise<boolean> {
    const found = await this.get(instanceId);
    const last = await this.#db.one(
      `SELECT reason FROM audit WHERE instance_id = ? AND event = 'id_taken' ORDER BY seq DESC LIMIT 1`,
      instanceId,
    );
    if (found === undefined || (last !== undefined && text(last, 'reason') === reason)) return false;
    await this.#audit(instanceId, 'id_taken', found.state, reason, now);
    return true;
  }

  /** It was taken, and has something else to do. */
  async takenFor(instanceId: string, assignmentId: string): Promise<Instance> {
    const row = await this.#db.one(
      `UPDATE instance SET last_assignment = ?, generation = generation + 1, ec2_revision = ec2_revision + 1
       WHERE instance_id = ? RETURNING *`,
      assignmentId,
      instanceId,
    );
    if (row === undefined) throw instanceNotFound(instanceId);
    return toInstance(row);
  }

  /** An order reached it. */
  async touched({ instanceId, hadUser }: Instance): Promise<void> {
    if (!hadUser) await this.#db.run('UPDATE instance SET had_user = 1 WHERE instance_id = ?', instanceId);
  }

  async inState(state: InstanceState): Promise<Instance[]> {
    return (
      await this.#db.all(
        'SELECT * FROM instance INDEXED BY instance_state WHERE state = ? ORDER BY state_steady',
        state,
      )
    ).map(toInstance);
  }

  /** Connected, and its agent has not applied what it should do. */
  async behind(): Promise<Instance[]> {
    return (
      await this.#db.all(
        'SELECT * FROM instance INDEXED BY instance_behind WHERE connected = 1 AND observed_generation < generation',
      )
    ).map(toInstance);
  }

  /** Writes only what is new. */
  async observed(
    before: Instance,
    generation: number,
    roles: readonly RoleOffer[],
    now: number,
  ): Promise<void> {
    const { instanceId } = before;
    const isSameOffer = JSON.stringify(before.roles) === JSON.stringify(roles);
    if (isSameOffer && before.observedGeneration === generation) return;
    await this.#db.run(
      'UPDATE instance SET observed_generation = ?, roles = ?, last_seen_time = ? WHERE instance_id = ?',
      generation,
      JSON.stringify(roles),
      now,
      instanceId,
    );
    if (!isSameOffer && !isEnded(before.state)) await writeOffers(this.#db, before.facts, roles);
  }

  /** @returns false when the session was superseded by a later check-in */
  async connect(instanceId: string, sessionId: string, { now, steady }: Moment): Promise<boolean> {
    const changed = await this.#db.run(
      `UPDATE instance SET connected = 1, session_steady = ?, last_seen_time = ?, session_replica = ?
       WHERE instance_id = ? AND session_id = ?`,
      steady,
      now,
      this.#db.replicaId,
      instanceId,
      sessionId,
    );
    return changed > 0;
  }

  /** @returns whether it was connected by this session */
  async disconnect(
    instanceId: string,
    sessionId: string,
    lastSeenTime: number,
    { steady }: Moment,
  ): Promise<boolean> {
    const changed = await this.#db.run(
      `UPDATE instance SET connected = 0, session_steady = ?1,
         last_seen_time = CASE WHEN last_seen_time < ?2 THEN ?2 ELSE last_seen_time END
       WHERE instance_id = ?3 AND session_id = ?4 AND connected = 1`,
      steady,
      lastSeenTime,
      instanceId,
      sessionId,
    );
    return changed > 0;
  }

  /** The sessions of a former process are gone with it. */
  async disconnectAll(): Promise<void> {
    await this.#db.run('UPDATE instance INDEXED BY instance_connected SET connected = 0 WHERE connected = 1');
  }

  /** The sessions of a coordinator that is gone are over. @returns the instances */
  async disconnectOf(replicaId: string, steady: number): Promise<string[]> {
    const rows = await this.#db.all(
      `UPDATE instance INDEXED BY instance_connected SET connected = 0, session_steady = ?
       WHERE connected = 1 AND session_replica = ? RETURNING instance_id`,
      steady,
      replicaId,
    );
    return rows.map((row) => text(row, 'instance_id'));
  }

  async clock(instanceId: string, { offsetMs, uncertaintyMs }: Clock, now: number): Promise<void> {
    await this.#db.run(
      'UPDATE instance SET clock_offset_ms = ?, clock_uncertainty_ms = ?, clock_time = ? WHERE instance_id = ?',
      offsetMs,
      uncertaintyMs,
      now,
      instanceId,
    );
  }

  /** Goes on from a generation that the agent has applied, when the store knows only lower ones. */
  async adoptGeneration(instanceId: string, generation: number): Promise<void> {
    await this.#db.run(
      'UPDATE instance SET generation = ?1 WHERE instance_id = ?2 AND generation < ?1',
      generation,
      instanceId,
    );
  }

  /** What the instance should do has changed, and so has what EC2 should say about it. */
  async raiseGeneration(instanceId: string): Promise<void> {
    await this.#db.run(
      'UPDATE instance SET generation = generation + 1, ec2_revision = ec2_revision + 1 WHERE instance_id = ?',
      instanceId,
    );
  }

  async raiseEc2Revision(instanceId: string): Promise<void> {
    await this.#db.run(
      'UPDATE instance SET ec2_revision = ec2_revision + 1 WHERE instance_id = ?',
      instanceId,
    );
  }

  async #read(sql: string, instanceId: string): Promise<Instance | undefined> {
    const row = await this.#db.one(sql, instanceId);
    return row === undefined ? undefined : toInstance(row);
  }

  async #audit(instanceId: string, event: string, state: string, reason: string, at: number): Promise<void> {
    await writeAudit(this.#db, { at, instanceId, assignmentId: '', event, state, reason });
  }
}
