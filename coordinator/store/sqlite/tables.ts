import { SqliteAssignments } from './assignments.ts';
import { SqliteEvents } from './audit.ts';
import type { SqliteDatabase } from './database.ts';
import { SqliteInstances } from './instances.ts';
import { SqliteReports } from './reports.ts';
import { SqliteRoles } from './roles.ts';
import { SqliteSamples } from './samples.ts';
import { SqliteUsage } from './usage.ts';

/** The rows of one database, by what they are about. */
export interface Tables {
  db: SqliteDatabase;
  instances: SqliteInstances;
  assignments: SqliteAssignments;
  roles: SqliteRoles;
  reports: SqliteReports;
  samples: SqliteSamples;
  usage: SqliteUsage;
  events: SqliteEvents;
  /** The steady clock; see Moment. */
  steady: () => number;
}

export function tablesOf(db: SqliteDatabase, steady: () => number): Tables {
  const instances = new SqliteInstances(db);
  const samples = new SqliteSamples(db);
  const usage = new SqliteUsage(db);
  return {
    db,
    instances,
    assignments: new SqliteAssignments(db, usage),
    roles: new SqliteRoles(db),
    reports: new SqliteReports(db, samples, usage),
    samples,
    usage,
    events: new SqliteEvents(db),
    steady,
  };
}
