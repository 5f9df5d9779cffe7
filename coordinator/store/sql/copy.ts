import { ParbakeError } from '../../../proto/errors/errors.ts';
import { EventRows } from './audit.ts';
import type { Database, Value } from './database.ts';
import type { Row } from './rows.ts';

interface Table {
  name: string;
  /** What its rows are told apart by, in the order in which they are copied. */
  key: readonly string[];
  /** The database numbers its rows by itself, in the column `seq`. */
  isNumbered?: boolean;
  /** What to select, where it is not simply everything. */
  columns?: string;
}

/** Every table that has rows; what others refer to comes first. */
const tables: readonly Table[] = [
  { name: 'role', key: ['name'] },
  { name: 'instance', key: ['instance_id'] },
  { name: 'offer', key: ['role', 'instance_id'] },
  { name: 'assignment', key: ['assignment_id'] },
  { name: 'route', key: ['name'] },
  { name: 'target', key: ['host', 'port'] },
  { name: 'publisher', key: ['name'] },
  { name: 'usage', key: ['assignment_id', 'attempt'] },
  { name: 'report', key: ['instance_id', 'boot_id'] },
  {
    name: 'span',
    key: ['instance_id', 'boot_id', 'span_id'],
    // JavaScript's numbers do not hold nanoseconds since the epoch.
    columns: 'instance_id, boot_id, span_id, CAST(start_ns AS TEXT) AS start_ns, body, received_ms',
  },
  { name: 'reported', key: ['seq'], isNumbered: true },
  { name: 'sample_block', key: ['seq'], isNumbered: true },
  { name: 'audit', key: ['seq'] },
  { name: 'trust', key: ['instance_id'] },
  { name: 'join_token', key: ['hash'] },
  { name: 'access_token', key: ['token_id'] },
  { name: 'fleet', key: ['fleet_id'] },
  { name: 'pool', key: ['name'] },
  { name: 'launch', key: ['launch_id'] },
  { name: 'machine', key: ['instance_id'] },
  { name: 'offering', key: ['offering_key'] },
  { name: 'image_build', key: ['build_id'] },
  { name: 'demand', key: ['role', 'slot'] },
  { name: 'expectation', key: ['request_id'] },
  { name: 'preview', key: ['preview_id'] },
  { name: 'job', key: ['job_id'] },
  { name: 'delivery', key: ['hook', 'guid'] },
];

/** Rows in one statement. */
const pageSize = 200;

/**
 * Copies everything from one store to an empty one, in one transaction. Events keep their numbers, so a reader goes on from
 * its cursor.
 * @returns how many rows
 * @throws ParbakeError STORE_FAILED when the other store is not empty
 */
export async function copyStore(from: Database, to: Database): Promise<number> {
  return await from.snapshot(() =>
    to.transaction(async () => {
      const isUsed = (await new EventRows(to).newest()) > 0;
      for (const { name } of tables)
        if (isUsed || (await to.one(`SELECT 1 FROM ${name} LIMIT 1`)) !== undefined)
          throw new ParbakeError('STORE_FAILED', 'the store to copy to is not empty: give a new one');
      let rows = 0;
      for (const table of tables) rows += await copyTable(from, to, table);
      await copyEventNumbers(from, to);
      await copyRouteClock(from, to);
      return rows;
    }),
  );
}

async function copyTable(from: Database, to: Database, table: Table): Promise<number> {
  const { name, key, isNumbered = false, columns = '*' } = table;
  const order = key.join(', ');
  const after = `WHERE (${order}) > (${key.map(() => '?').join(', ')})`;
  const pageAfter = (where: string): string =>
    `SELECT ${columns} FROM ${name} ${where} ORDER BY ${order} LIMIT ${pageSize}`;
  let copied = 0;
  let page = await from.all(pageAfter(''));
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    const place = last;
    await insert(to, name, page, isNumbered);
    copied += page.length;
    page = await from.all(pageAfter(after), ...key.map((column) => valueOf(place, column)));
  }
  return copied;
}

async function insert(to: Database, table: string, rows: readonly Row[], isNumbered: boolean): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).filter((column) => !isNumbered || column !== 'seq');
  const names = columns.map((column) => `"${column}"`).join(', ');
  const row = `(${columns.map(() => '?').join(', ')})`;
  await to.run(
    `INSERT INTO ${table} (${names}) VALUES ${rows.map(() => row).join(', ')}`,
    ...rows.flatMap((each) => columns.map((column) => valueOf(each, column))),
  );
}

/** The newest events may have been removed, and their numbers are never given again. */
async function copyEventNumbers(from: Database, to: Database): Promise<void> {
  const newest = await new EventRows(from).newest();
  const isThere = await to.one('SELECT 1 FROM audit WHERE seq = ?', newest);
  if (newest > 0 && isThere === undefined) {
    await to.run(
      `INSERT INTO audit (seq, at, instance_id, assignment_id, event, state, reason) VALUES (?, 0, '', '', '', '', '')`,
      newest,
    );
    await to.run('DELETE FROM audit WHERE seq = ?', newest);
  }
  await to.run('UPDATE audit_removed SET seq = ?', await new EventRows(from).removedUpTo());
}

/** Publishers go on from the generation that they have confirmed. */
async function copyRouteClock(from: Database, to: Database): Promise<void> {
  const clock = await from.one('SELECT generation FROM route_clock');
  await to.run('UPDATE route_clock SET generation = ?', valueOf(clock ?? {}, 'generation') ?? 0);
}

/** @throws TypeError for what no store has */
function valueOf(row: Row, column: string): Value {
  const value = row[column] ?? null;
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`column ${column} holds a ${typeof value}`);
}
