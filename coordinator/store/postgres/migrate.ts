import { ParbakeError } from '../../../proto/errors/errors.ts';
import type { PostgresConnection } from './connection.ts';
import { refuseWhileOthersLive } from './lease.ts';

/**
 * Brings the schema up to the newest version.
 * @param migrations one for each version; a store of version N has had the first N
 * @throws ParbakeError STORE_FAILED when it is newer, or of another program
 */
export async function migrate(connection: PostgresConnection, migrations: readonly string[]): Promise<void> {
  // All in one transaction: a migration that fails leaves a store that the former version opens.
  await connection.command('BEGIN');
  try {
    // When several coordinators start at once, the first one makes the tables.
    await connection.command(
      `SELECT pg_advisory_xact_lock(hashtextextended('parbake-migration ' || current_schema(), 0))`,
    );
    await bringUpToDate(connection, migrations);
    await connection.command('COMMIT');
  } catch (cause) {
    await connection.command('ROLLBACK');
    throw cause;
  }
}

async function bringUpToDate(connection: PostgresConnection, migrations: readonly string[]): Promise<void> {
  const { rows } = await connection.command(
    `SELECT to_regclass(quote_ident(current_schema()) || '.parbake_store') IS NOT NULL AS is_ours,
       (SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()) AS tables`,
  );
  const { is_ours: isOurs, tables } = rows[0] ?? {};
  if (isOurs !== true && tables !== 0)
    throw new ParbakeError(
      'STORE_FAILED',
      'its schema holds tables of another program: give another database, or a schema of its own in search_path',
    );
  if (isOurs !== true)
    await connection.command(
      `CREATE TABLE parbake_store (version BIGINT NOT NULL, owner TEXT NOT NULL);
       INSERT INTO parbake_store VALUES (0, '')`,
    );
  const found = await connection.command('SELECT version FROM parbake_store');
  const version = Number(found.rows[0]?.['version']);
  if (version > migrations.length)
    throw new ParbakeError(
      'STORE_FAILED',
      `it has version ${version}, and this coordinator knows ${migrations.length}: it is too old`,
    );
  if (version === migrations.length) return;
  await refuseWhileOthersLive(connection);
  for (const migration of migrations.slice(version)) await connection.command(migration);
  await connection.command('UPDATE parbake_store SET version = $1', [migrations.length]);
}
