import type { TelemetryUseCases } from '../telemetry.ts';
import type { UpkeepUseCases } from '../upkeep.ts';
import type { UsageUseCases } from '../usage.ts';
import { InstanceUpkeep } from './instance-upkeep.ts';
import { operated } from './operated.ts';
import { concludeFromEc2 } from './provider.ts';
import { tenancyOf } from './tenancy.ts';
import type { Tables } from './tables.ts';
import { inTurn } from './in-turn.ts';

export function upkeepCommands(tables: Tables): UpkeepUseCases {
  const { db, instances, assignments, reports, samples, usage, events } = tables;
  const kept = new InstanceUpkeep(db);
  return {
    ec2Work: async () =>
      await inTurn(await kept.ec2Work(), async (work) => ({
        ...work,
        ...(await tenancyOf(tables, await instances.known(work.instanceId))),
      })),
    ec2Done: (...done) => kept.ec2Done(...done),
    ec2Silent: () => kept.ec2Silent(),
    async ec2Says(instanceId, facts, at) {
      const instance = await instances.get(instanceId);
      if (instance === undefined) return undefined;
      if (facts !== undefined) await kept.ec2Facts(instanceId, facts);
      const steps = await concludeFromEc2(tables, instance, facts, at);
      return steps === undefined ? undefined : await operated(tables, instanceId, steps, at);
    },
    joinSamples: (...joined) => samples.join(...joined),
    removeSamples: (...old) => samples.removeBefore(...old),
    removeSpans: (...old) => reports.removeBefore(...old),
    removeBoots: (...old) => reports.removeBoots(...old),
    removeEvents: (...old) => events.removeBefore(...old),
    removeAssignments: (...old) => assignments.removeOver(...old),
    removeUsage: (...old) => usage.removeBefore(...old),
    removeInstances: (...old) => kept.removeSilent(...old),
    // A row that is written again is a page of the log, even with what it had.
    tryWrite: async () => void (await db.run('UPDATE audit_removed SET seq = seq')),
    size: () => db.size(),
  };
}

export function telemetryCommands({
  reports,
  samples,
  usage,
  events,
}: Tables): TelemetryUseCases & UsageUseCases {
  return {
    usage: (...wanted) => usage.totals(...wanted),
    report: (...batch) => reports.add(...batch),
    timeline: (...wanted) => reports.timeline(...wanted),
    samples: (filter) => samples.query(filter),
    events: async (after, limit, filter) => ({
      events: await events.after(after, limit, filter),
      newest: await events.newest(),
      removedUpTo: await events.removedUpTo(),
    }),
    beforeLastEvents: (...wanted) => events.beforeLast(...wanted),
  };
}
