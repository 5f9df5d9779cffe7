import { afterEach, beforeEach, expect, test } from 'vitest';
import { text } from '../../coordinator/store/sql/rows.ts';
import { SqliteDatabase } from '../../coordinator/store/sqlite/database.ts';
import { migrations } from '../../coordinator/store/sqlite/migrations.ts';
import { keptTables, statementsOf, type NotedStatement } from '../support/store-plans.ts';

let db: SqliteDatabase;

beforeEach(() => {
  db = SqliteDatabase.writer(':memory:', migrations);
});

afterEach(() => db.close());

/** Indexes of a part of their table. */
async function partialIndexes(): Promise<string[]> {
  const rows = await db.all(`SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'`);
  return rows.map((row) => text(row, 'name'));
}

/** @returns the kept tables that SQLite reads whole for a statement; a partial index has what goes on only */
async function scannedBy({ sql, values }: NotedStatement, partial: readonly string[]): Promise<string[]> {
  const plan = await db.all(`EXPLAIN QUERY PLAN ${sql}`, ...values);
  return plan.flatMap((row) => {
    const [, table = '', index = ''] =
      /^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?/.exec(text(row, 'detail')) ?? [];
    return keptTables.includes(table) && !partial.includes(index) ? [table] : [];
  });
}

test('nothing that a coordinator does by itself, for agents or for callers reads all that is kept', async () => {
  const statements = await statementsOf(db);
  expect(statements.length).toBeGreaterThan(100);
  const partial = await partialIndexes();
  const found: string[] = [];
  for (const statement of statements)
    for (const table of await scannedBy(statement, partial))
      found.push(`${statement.useCase} reads all of ${table}: ${statement.sql}`);
  expect(found).toEqual([]);
});

test('a statement that reads a kept table whole is noticed', async () => {
  const sql = 'SELECT * FROM assignment WHERE failure_reason = ?';
  expect(await scannedBy({ useCase: 'none', sql, values: [''] }, await partialIndexes())).toEqual([
    'assignment',
  ]);
});
