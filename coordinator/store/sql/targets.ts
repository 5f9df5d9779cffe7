import { targetHold, withdrawalPatience, type RouteTarget } from '../../core/route.ts';
import type { Moment } from '../../core/model.ts';
import type { Database } from './database.ts';
import { text } from './rows.ts';

/**
 * Which assignment an address belongs to. One that publishers or resolvers may still send somebody to is not given to
 * another assignment, whatever else happens: the address is the primary key.
 */
export class TargetRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** @returns false while the address belongs to another assignment */
  async take({ host, port }: RouteTarget, assignmentId: string, { steady }: Moment): Promise<boolean> {
    const changed = await this.#db.run(
      `INSERT INTO target (host, port, assignment_id) VALUES (?1, ?2, ?3)
       ON CONFLICT (host, port) DO UPDATE SET assignment_id = excluded.assignment_id, dropped_generation = 0,
         dropped_steady = 0, hold_until = NULL
       WHERE target.assignment_id = excluded.assignment_id OR target.hold_until <= ?4`,
      host,
      port,
      assignmentId,
      steady,
    );
    return changed > 0;
  }

  /** Nothing leads to the assignment's addresses from this generation on. Without publishers nobody has to drop them. */
  async drop(assignmentId: string, generation: number, { steady }: Moment): Promise<void> {
    await this.#db.run(
      `UPDATE target SET dropped_generation = ?, dropped_steady = ?,
         hold_until = CASE WHEN EXISTS (SELECT 1 FROM publisher) THEN NULL ELSE CAST(? AS DOUBLE PRECISION) END
       WHERE assignment_id = ? AND dropped_generation = 0`,
      generation,
      steady,
      steady + targetHold,
      assignmentId,
    );
  }

  /**
   * Every publisher has dropped what was dropped up to this generation; it is held for a while more.
   * @returns whose addresses those are
   */
  async hold(generation: number, { steady }: Moment): Promise<string[]> {
    const dropped = `hold_until IS NULL AND dropped_generation > 0 AND dropped_generation <= ?`;
    const rows = await this.#db.all(
      `SELECT DISTINCT assignment_id FROM target INDEXED BY target_dropped WHERE ${dropped}`,
      generation,
    );
    if (rows.length > 0)
      await this.#db.run(
        `UPDATE target SET hold_until = ? WHERE ${dropped}`,
        steady + targetHold,
        generation,
      );
    return rows.map((row) => text(row, 'assignment_id'));
  }

  /** Whether a publisher may still send somebody to the assignment's addresses. */
  async isAwaited(assignmentId: string): Promise<boolean> {
    const row = await this.#db.one(
      'SELECT 1 FROM target WHERE assignment_id = ? AND dropped_generation > 0 AND hold_until IS NULL LIMIT 1',
      assignmentId,
    );
    return row !== undefined;
  }

  /** Assignments whose containers still run for publishers that have not dropped them for too long. */
  async overdue({ steady }: Moment): Promise<string[]> {
    const rows = await this.#db.all(
      `SELECT DISTINCT assignment_id FROM target INDEXED BY target_dropped JOIN assignment USING (assignment_id)
       WHERE hold_until IS NULL AND dropped_generation > 0 AND (dropped_steady <= ? OR dropped_steady > ?)
         AND stop_held = 1`,
      steady - withdrawalPatience,
      steady,
    );
    return rows.map((row) => text(row, 'assignment_id'));
  }

  async removeFree({ steady }: Moment): Promise<void> {
    await this.#db.run('DELETE FROM target WHERE hold_until <= ?', steady);
  }
}
