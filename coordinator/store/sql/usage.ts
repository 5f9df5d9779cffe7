import { defined } from '../../../proto/errors/defined.ts';
import type { Assignment } from '../../core/model.ts';
import type { Sample } from '../../core/sample.ts';
import { usedIn, usedTogether, type Used } from '../../core/usage.ts';
import type { UsageFilter, UsageTotal } from '../usage.ts';
import type { Database } from './database.ts';
import { number, text, type Row } from './rows.ts';

/** Attempts on one instance that a report may be about: an instance has one user, and few orders never reach it. */
const maxAttempts = 8;

const columnOf = { USER: '"user"', ENVIRONMENT: 'environment', ROLE: 'role' } as const;

/**
 * What each attempt used, in a row that outlives its samples: made once the instance has the order, and added to by each
 * report. Each call is part of its caller's transaction.
 */
export class UsageRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Takes in that an assignment has come further, or that its attempt ended. */
  async follow(before: Assignment, after: Assignment): Promise<void> {
    const attempt = after.attempts.at(-1);
    if (attempt === undefined || attempt.outcome === 'UNDELIVERED') return;
    const isDelivered = before.state === 'CLAIMED' && after.state !== 'CLAIMED';
    const hasEnded = attempt.endTime > 0;
    if (!isDelivered && !hasEnded) return;
    await this.#db.run(
      `INSERT INTO usage (assignment_id, attempt, owner, "user", environment, role, instance_id, start_time, end_time)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (assignment_id, attempt) DO UPDATE SET end_time = excluded.end_time`,
      after.assignmentId,
      attempt.number,
      after.owner,
      after.user,
      after.environment,
      after.role,
      attempt.instanceId,
      attempt.startTime,
      attempt.endTime,
    );
  }

  /** Adds what an instance reported to the attempts that it is about. */
  async add(instanceId: string, samples: readonly Sample[]): Promise<void> {
    if (samples.length === 0) return;
    const rows = await this.#db.all(
      `SELECT usage.*, clock_offset_ms FROM usage JOIN instance USING (instance_id)
       WHERE instance_id = ? ORDER BY start_time DESC LIMIT ?`,
      instanceId,
      maxAttempts,
    );
    for (const row of rows) {
      const to = number(row, 'end_time') || Number.MAX_SAFE_INTEGER;
      const time = { role: text(row, 'role'), from: number(row, 'start_time'), to };
      const more = usedIn(samples, time, number(row, 'clock_offset_ms'));
      if (more !== undefined) await this.#write(row, usedTogether(usedOf(row), more));
    }
  }

  async totals(
    { by, from = 0, to = Number.MAX_SAFE_INTEGER, ...wanted }: UsageFilter,
    now: number,
  ): Promise<UsageTotal[]> {
    const { owner = '', user = '', role = '', environment = '', after, limit } = wanted;
    const key = columnOf[by];
    return (
      await this.#db.all(
        `SELECT key, count(DISTINCT assignment_id) AS assignments, sum(ms) AS instance_ms,
           sum(CASE WHEN sampled_ms < ms THEN sampled_ms ELSE ms END) AS sampled_ms, sum(cpu_ms) AS cpu_ms, max(memory_bytes) AS memory_bytes,
           sum(disk_read_bytes) AS disk_read_bytes, sum(disk_write_bytes) AS disk_write_bytes,
           sum(network_receive_bytes) AS network_receive_bytes, sum(network_transmit_bytes) AS network_transmit_bytes
         FROM (SELECT *, ${key} AS key, CASE WHEN ended > start_time THEN ended - start_time ELSE 0 END AS ms
               FROM (SELECT *, CASE WHEN end_time = 0 THEN ?1 ELSE end_time END AS ended FROM usage) AS attempt
               WHERE ended > ?2 AND ended <= ?3
                 AND (?4 = '' OR owner = ?4) AND (?5 = '' OR "user" = ?5) AND (?6 = '' OR role = ?6)
                 AND (?7 = '' OR environment = ?7) AND (CAST(?8 AS TEXT) IS NULL OR ${key} > ?8)) AS counted
         GROUP BY key ORDER BY key LIMIT ?9`,
        now,
        from,
        to,
        owner,
        user,
        role,
        environment,
        after ?? null,
        limit,
      )
    ).map((row) => ({
      key: text(row, 'key'),
      assignments: number(row, 'assignments'),
      instanceMs: number(row, 'instance_ms'),
      ...usedOf(row),
    }));
  }

  async removeBefore(endedBefore: number, limit: number): Promise<number> {
    return await this.#db.run(
      `DELETE FROM usage WHERE (assignment_id, attempt) IN (
         SELECT assignment_id, attempt FROM usage WHERE end_time > 0 AND end_time < ? LIMIT ?)`,
      endedBefore,
      limit,
    );
  }

  async #write(row: Row, used: Used): Promise<void> {
    await this.#db.run(
      `UPDATE usage SET sampled_ms = ?, cpu_ms = ?, memory_bytes = ?, disk_read_bytes = ?, disk_write_bytes = ?,
         network_receive_bytes = ?, network_transmit_bytes = ?
       WHERE assignment_id = ? AND attempt = ?`,
      used.sampledMs,
      used.cpuMs ?? null,
      used.memoryBytes ?? null,
      used.diskReadBytes ?? null,
      used.diskWriteBytes ?? null,
      used.networkReceiveBytes ?? null,
      used.networkTransmitBytes ?? null,
      text(row, 'assignment_id'),
      number(row, 'attempt'),
    );
  }
}

function usedOf(row: Row): Used {
  const known = (column: string): number | undefined => {
    const value = row[column];
    return typeof value === 'number' ? value : undefined;
  };
  return {
    sampledMs: number(row, 'sampled_ms'),
    ...defined({
      cpuMs: known('cpu_ms'),
      memoryBytes: known('memory_bytes'),
      diskReadBytes: known('disk_read_bytes'),
      diskWriteBytes: known('disk_write_bytes'),
      networkReceiveBytes: known('network_receive_bytes'),
      networkTransmitBytes: known('network_transmit_bytes'),
    }),
  };
}
