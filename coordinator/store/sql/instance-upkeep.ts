import type { Ec2Facts } from '../../core/model.ts';
import type { Ec2Work } from '../upkeep.ts';
import { removeAuditOf } from './audit.ts';
import type { Database } from './database.ts';
import { number, text } from './rows.ts';

/** What loops beside the sessions look for among the rows of instances, and write there. */
export class InstanceUpkeep {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async ec2Work(): Promise<Ec2Work[]> {
    return (
      await this.#db.all(
        `SELECT instance_id, ec2_revision FROM instance INDEXED BY instance_ec2
         WHERE ec2_synced < ec2_revision ORDER BY instance_id`,
      )
    ).map((row) => ({ instanceId: text(row, 'instance_id'), revision: number(row, 'ec2_revision') }));
  }

  async ec2Done({ instanceId, revision }: Ec2Work, facts: Ec2Facts | undefined): Promise<void> {
    await this.#db.run(
      "UPDATE instance SET ec2_synced = ?1, ec2 = CASE WHEN ?2 = '' THEN ec2 ELSE ?2 END WHERE instance_id = ?3",
      revision,
      facts === undefined ? '' : JSON.stringify(facts),
      instanceId,
    );
  }

  async ec2Facts(instanceId: string, facts: Ec2Facts): Promise<void> {
    await this.#db.run(
      'UPDATE instance SET ec2 = ? WHERE instance_id = ?',
      JSON.stringify(facts),
      instanceId,
    );
  }

  async ec2Silent(): Promise<string[]> {
    return (
      await this.#db.all(
        `SELECT instance_id FROM instance INDEXED BY instance_ec2_silent
         WHERE connected = 0 AND ec2 <> '' AND state <> 'TERMINATED' ORDER BY instance_id`,
      )
    ).map((row) => text(row, 'instance_id'));
  }

  async removeSilent(lastSeenBefore: number, limit: number): Promise<number> {
    const silent = await this.#db.all(
      `SELECT instance_id FROM instance WHERE last_seen_time < ?1 AND connected = 0 AND NOT EXISTS (
           SELECT 1 FROM assignment WHERE assignment.instance_id = instance.instance_id
             AND (release_time = 0 OR release_time >= ?1))
       ORDER BY last_seen_time LIMIT ?2${this.#db.dialect.lockFree('instance')}`,
      lastSeenBefore,
      limit,
    );
    for (const row of silent) {
      const instanceId = text(row, 'instance_id');
      await removeAuditOf(this.#db, instanceId);
      for (const table of ['sample_block', 'span', 'reported', 'report', 'assignment', 'offer', 'instance'])
        await this.#db.run(`DELETE FROM ${table} WHERE instance_id = ?`, instanceId);
    }
    return silent.length;
  }
}
