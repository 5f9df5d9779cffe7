import { command } from '../../proto/process/cli/command.ts';
import { preset, text } from '../../proto/process/cli/options.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { fleetFigures, figures, type Figure, type FleetFigures } from '../insight/fleet-figures.ts';
import { table, time } from '../insight/format.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { lastInstances, readTimelines, type InstanceTimeline } from './read-fleet.ts';

/** Slow instances that are listed for each figure. */
const maxSlow = 3;

export const fleetCommand = command(
  {
    name: 'fleet',
    summary: 'Show percentiles by role, AMI and zone, and the slowest instances.',
    description: [
      'Prints how long instances took, as percentiles by role, AMI and zone: from boot and from the start of the agent until ready, and from the order until the command of the container ran and until it answered.',
      'Then lists the slowest instances, each with the step that exceeds its median most.',
    ].join('\n'),
    options: {
      role: preset(text('ROLE', 'only instances that carry this role'), ''),
      last: lastInstances,
      ...connectionOptions,
    },
    positionals: {},
    examples: ['parbake fleet --role web'],
    settingsFile,
  },
  async (values, context) => {
    const timelines = await withCoordinator(values, context, (clients) =>
      readTimelines(clients, values, context.signal),
    );
    const found = fleetFigures(timelines.map(memberOf), maxSlow);
    context.stdout.write(
      values.json
        ? `${JSON.stringify(document(found, timelines.length))}\n`
        : fleetText(found, timelines.length),
    );
    return exitCodes.done;
  },
);

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
