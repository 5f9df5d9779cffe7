import { number, text } from './rows.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { EventStore, StateEvent } from './store.ts';

/** Written in the transaction that makes the change. */
export function writeAudit(db: SqliteDatabase, entry: Omit<StateEvent, 'sequence'>): void {
  db.run(
    'INSERT INTO audit (at, instance_id, assignment_id, event, state, reason) VALUES (?, ?, ?, ?, ?, ?)',
    entry.at,
    entry.instanceId,
    entry.assignmentId,
    entry.event,
    entry.state,
    entry.reason,
  );
}

/** The record of changes, as it can be read. */
export class SqliteEvents implements EventStore {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  list(instanceId: string, after: number, limit: number): StateEvent[] {
    return this.#db
      .all(
        'SELECT * FROM audit WHERE instance_id = ? AND seq > ? ORDER BY seq LIMIT ?',
        instanceId,
        after,
        limit,
      )
      .map((row) => ({
        sequence: number(row, 'seq'),
        at: number(row, 'at'),
        instanceId: text(row, 'instance_id'),
        assignmentId: text(row, 'assignment_id'),
        event: text(row, 'event'),
        state: text(row, 'state'),
        reason: text(row, 'reason'),
      }));
  }

  removeBefore(at: number, limit: number): number {
    return this.#db.run(
      'DELETE FROM audit WHERE seq IN (SELECT seq FROM audit WHERE at < ? LIMIT ?)',
      at,
      limit,
    );
  }
}
