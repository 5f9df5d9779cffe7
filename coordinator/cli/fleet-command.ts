import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { fleetFigures, figures, type Figure, type FleetFigures } from '../insight/fleet-figures.ts';
import { table, time } from '../insight/format.ts';
import { connectionHelp, connectionOptions, withCoordinator } from './client.ts';
import { readTimelines, type InstanceTimeline } from './read-fleet.ts';

/** Slow instances that are told of each figure. */
const mostSlow = 3;

const help = `
Usage: parbake fleet [options]

How long instances took, as percentiles by role, AMI and zone: from boot and from the agent's start until ready, from the
order until the container's own command ran and until it answered. Then the slowest, each with the step that took longest
beyond what that step takes in the middle of all.

Options:
  --role ROLE             only instances that carry this role
  --last N                the N that checked in last, 1 to 10000 (default 500)
${connectionHelp}

Example:
  parbake fleet --role web
`;

export const fleetCommand: Command = {
  name: 'fleet',
  summary: 'Percentiles by role, AMI and zone, and the slowest with the reason.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake fleet', args, {
      ...connectionOptions,
      role: { type: 'string', default: '' },
      last: { type: 'string', default: '500' },
    });
    if (positionals.length > 0) throw new ParbakeError('USAGE', `fleet takes no "${positionals[0] ?? ''}"`);
    const last = lastOf(values.last);
    const timelines = await withCoordinator(values, context, (clients) =>
      readTimelines(clients, { role: values.role, last }, context.signal),
    );
    const found = fleetFigures(timelines.map(memberOf), mostSlow);
    context.stdout.write(
      values.json
        ? `${JSON.stringify(document(found, timelines.length))}\n`
        : fleetText(found, timelines.length),
    );
    return exitCodes.done;
  },
};

/** @throws ParbakeError USAGE */
export function lastOf(given: string): number {
  const last = /^\d{1,5}$/.test(given) ? Number(given) : 0;
  if (last < 1 || last > 10_000) throw new ParbakeError('USAGE', `--last takes 1 to 10000, not "${given}"`);
  return last;
}

function memberOf({ instance, timeline }: InstanceTimeline) {
  const { instanceId, facts, ec2, roles } = instance;
  return {
    instanceId,
    imageId: facts?.imageId || (ec2?.imageId ?? ''),
    zone: facts?.availabilityZone || (ec2?.availabilityZone ?? ''),
    roles: roles.map(({ name }) => name),
    spans: timeline.spans,
  };
}

function document({ groups, slowest }: FleetFigures, instances: number) {
  return {
    instances,
    groups: groups.map(({ by, name, spreads }) => ({
      by,
      name,
      ...Object.fromEntries(
        Object.entries(spreads).map(([figure, { n, p50, p90, p99 }]) => [
          figure,
          { n, p50_ms: p50, p90_ms: p90, p99_ms: p99 },
        ]),
      ),
    })),
    slowest: slowest.map(({ instanceId, figure, ms, medianMs, reason }) => ({
      instance_id: instanceId,
      figure,
      ms,
      median_ms: medianMs,
      reason: reason && { step: reason.step, ms: reason.ms, median_ms: reason.medianMs },
    })),
  };
}

const titles: Record<Figure, string> = {
  boot_to_ready: 'boot to ready',
  agent_to_ready: 'agent to ready',
  order_to_exec: 'order to exec',
  order_to_answer: 'order to answer',
};

/** @param instances how many were asked */
export function fleetText({ groups, slowest }: FleetFigures, instances: number): string {
  if (groups.length === 0) return `${instances} instances, and none has reported a figure yet\n`;
  const rows = groups.flatMap(({ by, name, spreads }) =>
    figures.flatMap((figure) => {
      const spread = spreads[figure];
      if (spread === undefined) return [];
      const { n, p50, p90, p99 } = spread;
      return [
        [
          `${by === 'image' ? 'AMI' : by} ${name}`,
          titles[figure],
          String(n),
          time(p50),
          time(p90),
          time(p99),
        ],
      ];
    }),
  );
  const slow = slowest.flatMap(({ instanceId, figure, ms, medianMs, reason }) => [
    [instanceId, titles[figure], time(ms), time(medianMs)],
    ...(reason === undefined
      ? []
      : [['', `  ${reason.step}`, `  ${time(reason.ms)}`, `  ${time(reason.medianMs)}`]]),
  ]);
  return [
    table(['OF', 'FIGURE', 'N', 'P50', 'P90', 'P99'], rows),
    slow.length === 0 ? '' : table(['SLOWEST', 'AND BECAUSE OF', 'TOOK', 'MEDIAN'], slow),
  ]
    .filter((section) => section !== '')
    .join('\n');
}
