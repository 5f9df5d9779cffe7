import { SqliteEvents } from './audit.ts';
import { SqliteAssignments } from './assignments.ts';
import { SqliteDatabase } from './database.ts';
import { migrations } from './migrations.ts';
import { SqliteInstances } from './instances.ts';
import { SqliteReports } from './reports.ts';
import { SqliteRoles } from './roles.ts';
import { SqliteSamples } from './samples.ts';
import type { Store } from '../store.ts';

/** The embedded store: one SQLite file, one coordinator. */
export class SqliteStore implements Store {
  readonly instances: SqliteInstances;
  readonly assignments: SqliteAssignments;
  readonly roles: SqliteRoles;
  readonly reports: SqliteReports;
  readonly samples: SqliteSamples;
  readonly events: SqliteEvents;
  readonly #db: SqliteDatabase;

  /** @throws ParbakeError STORE_FAILED when the file cannot be opened, is in use or is newer than we are */
  constructor(path: string) {
    this.#db = new SqliteDatabase(path, migrations);
    this.instances = new SqliteInstances(this.#db);
    this.assignments = new SqliteAssignments(this.#db, this.instances);
    this.roles = new SqliteRoles(this.#db);
    this.samples = new SqliteSamples(this.#db);
    this.events = new SqliteEvents(this.#db);
    this.reports = new SqliteReports(this.#db, this.samples);
  }

  transaction<T>(work: () => T): T {
    return this.#db.transaction(work);
  }

  size(): number {
    return this.#db.size();
  }

  close(): void {
    this.#db.close();
  }
}
