import type { SqliteDatabase } from './sqlite-database.ts';

/** One change of state, written in the transaction that makes it. */
export interface AuditEntry {
  /** Milliseconds since the epoch. */
  at: number;
  instanceId: string;
  assignmentId: string;
  event: string;
  state: string;
  reason: string;
}

export function writeAudit(db: SqliteDatabase, entry: AuditEntry): void {
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
