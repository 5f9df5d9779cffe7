import { AssignmentRows } from './assignments.ts';
import { EventRows } from './audit.ts';
import type { Database } from './database.ts';
import { InstanceRows } from './instances.ts';
import { ReportRows } from './reports.ts';
import { RoleRows } from './roles.ts';
import { RouteRows } from './routes.ts';
import { SampleRows } from './samples.ts';
import { TargetRows } from './targets.ts';
import { UsageRows } from './usage.ts';

/** The rows of one database, by what they are about. */
export interface Tables {
  db: Database;
  instances: InstanceRows;
  assignments: AssignmentRows;
  roles: RoleRows;
  routes: RouteRows;
  targets: TargetRows;
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
  const targets = new TargetRows(db);
  const routes = new RouteRows(db, targets);
  return {
    db,
    instances,
    assignments: new AssignmentRows(db, usage, routes),
    roles: new RoleRows(db),
    routes,
    targets,
    reports: new ReportRows(db, samples, usage),
    samples,
    usage,
    events: new EventRows(db),
    steady,
  };
}
