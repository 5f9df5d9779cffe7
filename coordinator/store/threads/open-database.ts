import type { Database } from '../sql/database.ts';
import { SqliteDatabase } from '../sqlite/database.ts';
import { migrations } from '../sqlite/migrations.ts';
import type { StorePlace } from './messages.ts';

/**
 * Opens one connection to a store. The one that writes brings the schema up to date.
 * @throws ParbakeError STORE_FAILED, STORE_UNREACHABLE
 */
export async function openDatabase(place: StorePlace, mode: 'write' | 'read'): Promise<Database> {
  const isWriter = mode === 'write';
  if (place.kind === 'sqlite')
    return isWriter ? SqliteDatabase.writer(place.path, migrations) : SqliteDatabase.reader(place.path);
  // Loaded for those who have it.
  const { PostgresDatabase } = await import('../postgres/database.ts');
  return await (isWriter
    ? PostgresDatabase.writer(place.url, place.replica)
    : PostgresDatabase.reader(place.url));
}
