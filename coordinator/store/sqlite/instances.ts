import { ParbakeError } from '../../../proto/errors/errors.ts';
import { instanceAfter, type InstanceEvent } from '../../core/instance-state.ts';
import type { Clock, Ec2Facts, Facts, Instance, RoleOffer } from '../../core/model.ts';
import { removeAuditOf, writeAudit } from './audit.ts';
import { legal } from '../legal.ts';
import { number, text, toInstance } from './rows.ts';
import type { SqliteDatabase } from './database.ts';
import type { CheckIn, Ec2Work, InstanceCounts, InstanceFilter, InstanceStore } from '../store.ts';

export class SqliteInstances implements InstanceStore {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  checkIn({ facts, roles, observedGeneration }: Omit<CheckIn, 'assignmentId'>, now: number): Instance {
    const { instanceId, bootId } = facts;
    return this.#db.transaction(() => {
      const known = this.get(instanceId);
      const isNewBoot = known?.facts.bootId !== bootId;
      const before = known?.state ?? 'EXPECTED';
      const state = isNewBoot ? legal(instanceAfter(before, { kind: 'checked_in' })) : before;
      this.#db.run(
        `INSERT INTO instance (instance_id, state, facts, roles, boot_id, observed_generation, check_in_time,
           last_seen_time, ec2_revision)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
         ON CONFLICT (instance_id) DO UPDATE SET state = excluded.state, facts = excluded.facts,
           roles = excluded.roles, boot_id = excluded.boot_id, last_seen_time = excluded.last_seen_time,
           observed_generation = excluded.observed_generation,
           check_in_time = iif(?, excluded.check_in_time, check_in_time), ec2_revision = ec2_revision + ?`,
        instanceId,
        state,
        JSON.stringify(facts),
        JSON.stringify(roles),
        bootId,
        observedGeneration,
        now,
        now,
        isNewBoot ? 1 : 0,
        isNewBoot ? 1 : 0,
      );
      this.#writeOffers(instanceId, state === 'TERMINATED' ? [] : roles);
      if (isNewBoot)
        writeAudit(this.#db, {
          at: now,
          instanceId,
          assignmentId: '',
          event: 'checked_in',
          state,
          reason: '',
        });
      return this.#known(instanceId);
    });
  }

  get(instanceId: string): Instance | undefined {
    const row = this.#db.one('SELECT * FROM instance WHERE instance_id = ?', instanceId);
    return row === undefined ? undefined : toInstance(row);
  }

  list({ role = '', state, after = '', find = '', limit }: InstanceFilter): Instance[] {
    return this.#db
      .all(
        `SELECT * FROM instance WHERE instance_id > ?1 AND (?2 = '' OR state = ?2)
           AND (?3 = '' OR EXISTS (SELECT 1 FROM json_each(roles) WHERE value ->> 'name' = ?3))
           AND instr(instance_id, ?5) > 0
         ORDER BY instance_id LIMIT ?4`,
        after,
        state ?? '',
        role,
        limit,
        find,
      )
      .map(toInstance);
  }

  counts(): InstanceCounts {
    const states: InstanceCounts['states'] = {};
    for (const row of this.#db.all('SELECT state, count(*) AS count FROM instance GROUP BY state'))
      states[text(row, 'state') as Instance['state']] = number(row, 'count');
    const roles = new Map<string, Partial<Record<Instance['state'], number>>>();
    const offered = this.#db.all(
      `SELECT role, state, count(*) AS count FROM offer JOIN instance USING (instance_id) GROUP BY role, state`,
    );
    for (const row of offered) {
      const role = text(row, 'role');
      const counts = roles.get(role) ?? {};
      counts[text(row, 'state') as Instance['state']] = number(row, 'count');
      roles.set(role, counts);
    }
    return { states, roles };
  }

  twins({ instanceId, engineId, machineIdHash }: Facts): Instance[] {
    return this.#db
      .all(
        `SELECT * FROM instance
         WHERE (facts ->> 'engineId' = ?1 OR facts ->> 'machineIdHash' = ?2) AND instance_id <> ?3
           AND state NOT IN ('TERMINATED', 'QUARANTINED')
         ORDER BY check_in_time`,
        engineId,
        machineIdHash,
        instanceId,
      )
      .map(toInstance);
  }

  event(instanceId: string, event: InstanceEvent, now: number, reason = ''): Instance {
    return this.#db.transaction(() => {
      const before = this.#known(instanceId);
      const state = legal(instanceAfter(before.state, event));
      if (state === before.state && reason === before.stateReason) return before;
      this.#db.run(
        `UPDATE instance SET state = ?1, state_reason = ?2, ready_time = iif(?1 = 'READY', ?3, ready_time)
         WHERE instance_id = ?4`,
        state,
        reason,
        now,
        instanceId,
      );
      if (state === 'TERMINATED') this.#writeOffers(instanceId, []);
      writeAudit(this.#db, { at: now, instanceId, assignmentId: '', event: event.kind, state, reason });
      return this.#known(instanceId);
    });
  }

  observed(instanceId: string, generation: number, roles: readonly RoleOffer[], now: number): void {
    this.#db.transaction(() => {
      const before = this.#known(instanceId);
      const isSameOffer = JSON.stringify(before.roles) === JSON.stringify(roles);
      if (isSameOffer && before.observedGeneration === generation) return;
      this.#db.run(
        'UPDATE instance SET observed_generation = ?, roles = ?, last_seen_time = ? WHERE instance_id = ?',
        generation,
        JSON.stringify(roles),
        now,
        instanceId,
      );
      if (!isSameOffer && before.state !== 'TERMINATED') this.#writeOffers(instanceId, roles);
    });
  }

  seen(instanceId: string, now: number): void {
    this.#db.run('UPDATE instance SET last_seen_time = ? WHERE instance_id = ?', now, instanceId);
  }

  clock(instanceId: string, { offsetMs, uncertaintyMs }: Clock, now: number): void {
    this.#db.run(
      'UPDATE instance SET clock_offset_ms = ?, clock_uncertainty_ms = ?, clock_time = ? WHERE instance_id = ?',
      offsetMs,
      uncertaintyMs,
      now,
      instanceId,
    );
  }

  adoptGeneration(instanceId: string, generation: number): void {
    this.#db.run(
      'UPDATE instance SET generation = ?1 WHERE instance_id = ?2 AND generation < ?1',
      generation,
      instanceId,
    );
  }

  ec2Work(): Ec2Work[] {
    return this.#db
      .all(
        'SELECT instance_id, ec2_revision FROM instance WHERE ec2_synced < ec2_revision ORDER BY instance_id',
      )
      .map((row) => ({ instanceId: text(row, 'instance_id'), revision: number(row, 'ec2_revision') }));
  }

  ec2Done({ instanceId, revision }: Ec2Work, facts: Ec2Facts | undefined): void {
    this.#db.run(
      "UPDATE instance SET ec2_synced = ?1, ec2 = iif(?2 = '', ec2, ?2) WHERE instance_id = ?3",
      revision,
      facts === undefined ? '' : JSON.stringify(facts),
      instanceId,
    );
  }

  removeOver(lastSeenBefore: number, limit: number, isConnected: (instanceId: string) => boolean): number {
    return this.#db.transaction(() => {
      const over: string[] = [];
      const silent = this.#db.each(
        `SELECT instance_id FROM instance WHERE last_seen_time < ?1 AND NOT EXISTS (
             SELECT 1 FROM assignment WHERE assignment.instance_id = instance.instance_id
               AND (release_time = 0 OR release_time >= ?1))
         ORDER BY last_seen_time`,
        lastSeenBefore,
      );
      for (const row of silent) {
        if (over.length >= limit) break;
        if (!isConnected(text(row, 'instance_id'))) over.push(text(row, 'instance_id'));
      }
      for (const instanceId of over) {
        removeAuditOf(this.#db, instanceId);
        for (const table of ['sample_block', 'span', 'reported', 'report', 'assignment', 'offer', 'instance'])
          this.#db.run(`DELETE FROM ${table} WHERE instance_id = ?`, instanceId);
      }
      return over.length;
    });
  }

  /** What the instance should do has changed, and so has what EC2 should say about it. */
  raiseGeneration(instanceId: string): void {
    this.#db.run('UPDATE instance SET generation = generation + 1 WHERE instance_id = ?', instanceId);
    this.raiseEc2Revision(instanceId);
  }

  raiseEc2Revision(instanceId: string): void {
    this.#db.run('UPDATE instance SET ec2_revision = ec2_revision + 1 WHERE instance_id = ?', instanceId);
  }

  #writeOffers(instanceId: string, roles: readonly RoleOffer[]): void {
    this.#db.run('DELETE FROM offer WHERE instance_id = ?', instanceId);
    for (const { name, userEnv, takesFiles, replayed = 1 } of roles)
      this.#db.run(
        'INSERT OR REPLACE INTO offer (role, instance_id, user_env, takes_files, warmth) VALUES (?, ?, ?, ?, ?)',
        name,
        instanceId,
        JSON.stringify(userEnv),
        takesFiles ? 1 : 0,
        replayed,
      );
  }

  #known(instanceId: string): Instance {
    const found = this.get(instanceId);
    if (found === undefined)
      throw new ParbakeError('INSTANCE_NOT_FOUND', `there is no instance ${instanceId}`);
    return found;
  }
}
