import type { Timings } from '../../core/model.ts';
import type { AssignmentTimes } from '../requests.ts';
import type { Database } from './database.ts';
import { number, text } from './rows.ts';

/** Newest first. */
export async function recentTimes(db: Database, limit: number): Promise<AssignmentTimes[]> {
  const rows = await db.all(
    `SELECT role, timings, attempt FROM assignment INDEXED BY assignment_created
     ORDER BY create_time DESC, assignment_id DESC LIMIT ?`,
    limit,
  );
  return rows.map((row) => ({
    role: text(row, 'role'),
    timings: JSON.parse(text(row, 'timings')) as Timings,
    attempts: number(row, 'attempt'),
  }));
}
