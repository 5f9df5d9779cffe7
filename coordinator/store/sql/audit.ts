import { number, text, type Row } from './rows.ts';
import type { Database } from './database.ts';
import type { EventFilter, StateEvent } from '../telemetry.ts';

/** Written in the transaction that makes the change. */
export async function writeAudit(db: Database, entry: Omit<StateEvent, 'sequence'>): Promise<void> {
  await db.runLast(
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
export class EventRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async after(sequence: number, limit: number, filter: EventFilter = {}): Promise<StateEvent[]> {
    const { where, ids } = conditionOf(filter);
    return (
      await this.#db.all(
        `SELECT * FROM audit WHERE ${where} seq > ? ORDER BY seq LIMIT ?`,
        ...ids,
        sequence,
        limit,
      )
    ).map(toEvent);
  }

  async beforeLast(filter: EventFilter, count: number): Promise<number> {
    const { where, ids } = conditionOf(filter);
    const row = await this.#db.one(
      `SELECT min(seq) AS seq FROM (SELECT seq FROM audit WHERE ${where} seq > 0 ORDER BY seq DESC LIMIT ?) AS newest`,
      ...ids,
      count,
    );
    const first = row?.['seq'];
    return typeof first === 'number' ? first - 1 : await this.newest();
  }

  async newest(): Promise<number> {
    return number((await this.#db.one(this.#db.dialect.newestEvent)) ?? {}, 'seq');
  }

  async removedUpTo(): Promise<number> {
    return number((await this.#db.one('SELECT seq FROM audit_removed')) ?? {}, 'seq');
  }

  async removeBefore(at: number, limit: number): Promise<number> {
    return await this.#db.transaction(async () => {
      const old = 'SELECT seq FROM audit WHERE at < ? ORDER BY at, seq LIMIT ?';
      await noteRemoved(this.#db, `SELECT max(seq) AS seq FROM (${old}) AS old`, at, limit);
      return await this.#db.run(`DELETE FROM audit WHERE seq IN (${old})`, at, limit);
    });
  }
}

/** Said so that an index finds them: a store has millions of events. */
function conditionOf({ instanceId = '', assignmentId = '' }: EventFilter): { where: string; ids: string[] } {
  const parts = [
    ...(assignmentId === ''
      ? []
      : [{ where: `assignment_id = ? AND assignment_id <> '' AND`, id: assignmentId }]),
    ...(instanceId === '' ? [] : [{ where: 'instance_id = ? AND', id: instanceId }]),
  ];
  return { where: parts.map(({ where }) => where).join(' '), ids: parts.map(({ id }) => id) };
}

/** An instance's events go with it. */
export async function removeAuditOf(db: Database, instanceId: string): Promise<void> {
  await noteRemoved(db, 'SELECT max(seq) AS seq FROM audit WHERE instance_id = ?', instanceId);
  await db.run('DELETE FROM audit WHERE instance_id = ?', instanceId);
}

/** @param query gives the highest number that is about to be removed */
async function noteRemoved(db: Database, query: string, ...values: (string | number)[]): Promise<void> {
  const highest = (await db.one(query, ...values))?.['seq'];
  if (typeof highest === 'number') await db.run('UPDATE audit_removed SET seq = ?1 WHERE seq < ?1', highest);
}

function toEvent(row: Row): StateEvent {
  return {
    sequence: number(row, 'seq'),
    at: number(row, 'at'),
    instanceId: text(row, 'instance_id'),
    assignmentId: text(row, 'assignment_id'),
    event: text(row, 'event'),
    state: text(row, 'state'),
    reason: text(row, 'reason'),
  };
}
