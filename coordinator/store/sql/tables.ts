import { AssignmentRows } from './assignments.ts';
import { EventRows } from './audit.ts';
import type { Database } from './database.ts';
import { InstanceRows } from './instances.ts';
import { ReportRows } from './reports.ts';
import { RoleRows } from './roles.ts';
import { SampleRows } from './samples.ts';
import { UsageRows } from './usage.ts';

/** The rows of one database, by what they are about. */
export interface Tables {
  db: Database;
  instances: InstanceRows;
  assignments: AssignmentRows;
  roles: RoleRows;
  reports: ReportRows;
  samples: SampleRows;
  usage: UsageRows;
  events: EventRows;
  /** The steady clock; see Moment. */
  steady: () => number;
}

export function tablesOf(db: Database, steady: () => number): Tables {
  const instances = new InstanceRows(db);
  const samples = new SampleRows(db);
  const usage = new UsageRows(db);
  return {
    db,
    instances,
    assignments: new AssignmentRows(db, usage),
    roles: new RoleRows(db),
    reports: new ReportRows(db, samples, usage),
    samples,
    usage,
    events: new EventRows(db),
    steady,
  };
}
