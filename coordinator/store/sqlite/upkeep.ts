import type { TelemetryUseCases } from '../telemetry.ts';
import type { UpkeepUseCases } from '../upkeep.ts';
import type { UsageUseCases } from '../usage.ts';
import { operated } from './operated.ts';
import { concludeFromEc2 } from './provider.ts';
import { tenancyOf } from './tenancy.ts';
import type { Synchronous } from './synchronous.ts';
import type { Tables } from './tables.ts';

export function upkeepCommands(tables: Tables): Synchronous<UpkeepUseCases> {
  const { db, instances, assignments, reports, samples, usage, events } = tables;
  return {
    ec2Work: () =>
      instances
        .ec2Work()
        .map((work) => ({ ...work, ...tenancyOf(tables, instances.known(work.instanceId)) })),
    ec2Done: (...done) => instances.ec2Done(...done),
    ec2Silent: () => instances.ec2Silent(),
    ec2Says(instanceId, facts, at) {
      const instance = instances.get(instanceId);
      if (instance === undefined) return undefined;
      if (facts !== undefined) instances.ec2Facts(instanceId, facts);
      const steps = concludeFromEc2(tables, instance, facts, at);
      return steps === undefined ? undefined : operated(tables, instanceId, steps, at);
    },
    joinSamples: (...joined) => samples.join(...joined),
    removeSamples: (...old) => samples.removeBefore(...old),
    removeSpans: (...old) => reports.removeBefore(...old),
    removeBoots: (...old) => reports.removeBoots(...old),
    removeEvents: (...old) => events.removeBefore(...old),
    removeAssignments: (...old) => assignments.removeOver(...old),
    removeUsage: (...old) => usage.removeBefore(...old),
    removeInstances: (...old) => instances.removeSilent(...old),
    // A row that is written again is a page of the log, even with what it had.
    tryWrite: () => void db.run('UPDATE audit_removed SET seq = seq'),
    size: () => db.size(),
  };
}

export function telemetryCommands({
  reports,
  samples,
  usage,
  events,
}: Tables): Synchronous<TelemetryUseCases & UsageUseCases> {
  return {
    usage: (...wanted) => usage.totals(...wanted),
    report: (...batch) => reports.add(...batch),
    timeline: (...wanted) => reports.timeline(...wanted),
    samples: (filter) => samples.query(filter),
    events: (after, limit, filter) => ({
      events: events.after(after, limit, filter),
      newest: events.newest(),
      removedUpTo: events.removedUpTo(),
    }),
    beforeLastEvents: (...wanted) => events.beforeLast(...wanted),
  };
}
