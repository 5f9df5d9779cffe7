import { deadlines } from '../../proto/deadlines.ts';
import { ParbakeError } from '../../proto/errors.ts';
import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { GetTimelineResponse__Output } from '../../proto/gen/parbake/v1/GetTimelineResponse.ts';
import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import type { GetAssignmentResponse__Output } from '../../proto/gen/parbake/v1/GetAssignmentResponse.ts';
import type { GetInstanceResponse__Output } from '../../proto/gen/parbake/v1/GetInstanceResponse.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/process/exit.ts';
import { call, connectionHelp, connectionOptions, withCoordinator } from './client.ts';
import { assignmentDocument, instanceDocument, timelineDocument } from './documents.ts';
import { bytes, printable, stateName, table, time } from './format.ts';
import { waterfall } from './waterfall.ts';

const help = `
Usage: parbake show INSTANCE [options]

One instance: facts, state, assignment, where its time went, pulls, starts, disk and network. Bytes are those of the
whole host during a step.

Options:
${connectionHelp}

Example:
  parbake show i-0123456789abcdef0
`;

interface Shown {
  instance: Instance__Output;
  assignment: Assignment__Output | null;
  timeline: GetTimelineResponse__Output;
}

export const showCommand: Command = {
  name: 'show',
  summary: 'One instance, with its timeline.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake show', args, connectionOptions);
    const [instanceId, ...rest] = positionals;
    if (instanceId === undefined || rest.length > 0)
      throw new ParbakeError('USAGE', 'show takes one INSTANCE');
    const shown = await withCoordinator(
      values,
      context,
      async ({ fleet, assignments, telemetry }): Promise<Shown> => {
        const { instance } = await call<GetInstanceResponse__Output>(
          (options, done) => fleet.getInstance({ instanceId }, options, done),
          deadlines.read,
        );
        if (instance === null)
          throw new ParbakeError('INSTANCE_NOT_FOUND', `there is no instance ${instanceId}`);
        const timeline = await call<GetTimelineResponse__Output>(
          (options, done) => telemetry.getTimeline({ instanceId }, options, done),
          deadlines.read,
        );
        const { assignmentId } = instance;
        if (assignmentId === '') return { instance, timeline, assignment: null };
        const found = await call<GetAssignmentResponse__Output>(
          (options, done) => assignments.getAssignment({ assignmentId }, options, done),
          deadlines.read,
        );
        return { instance, timeline, assignment: found.assignment };
      },
    );
    const columns = Math.min(120, Math.max(60, context.stdout.columns ?? 80));
    context.stdout.write(values.json ? `${JSON.stringify(document(shown))}\n` : text(shown, columns));
    return exitCodes.done;
  },
};

function document({ instance, assignment, timeline }: Shown) {
  return {
    instance: instanceDocument(instance),
    assignment: assignment === null ? null : assignmentDocument(assignment),
    ...timelineDocument(timeline),
  };
}

function text({ instance, assignment, timeline }: Shown, columns: number): string {
  const { facts, ec2 } = instance;
  const lines = [
    [
      'instance',
      `${instance.instanceId}  ${stateName(instance.state)}${instance.connected ? '' : ', not connected'}`,
    ],
    ['reason', instance.stateReason],
    ['roles', instance.roles.map(({ name }) => name).join(', ')],
    ['engine', `${facts?.engineId ?? ''}  Docker ${facts?.engineVersion ?? ''}`],
    [
      'machine',
      [facts?.instanceType, facts?.os, `${facts?.cpus ?? 0} CPUs`, bytes(facts?.memoryBytes ?? 0)]
        .filter(Boolean)
        .join(', '),
    ],
    ['address', facts?.privateIpv4 ?? ''],
    ['ec2', [ec2?.state, ec2?.imageId, ec2?.instanceType, ec2?.availabilityZone].filter(Boolean).join(', ')],
    ['assignment', assignment === null ? '' : `${assignment.assignmentId}  ${stateName(assignment.state)}`],
    ['user', [assignment?.user, assignment?.environment].filter(Boolean).join(', ')],
    [
      'endpoints',
      (assignment?.endpoints ?? [])
        .map(({ container, host, port }) => `${container} ${host}:${port}`)
        .join(', '),
    ],
  ];
  const facet = lines
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${(name ?? '').padEnd(11)} ${printable(value ?? '')}\n`)
    .join('');
  const pulls = timeline.pulls.map((pull) => [
    pull.ref,
    bytes(pull.sizeBytes),
    time(pull.pullMs),
    `${pull.layers.length}`,
    pull.atBake ? 'at bake' : 'here',
  ]);
  const optional = (ms: number | undefined): string => (ms === undefined ? '' : time(ms));
  const starts = timeline.starts.map((start) => [
    start.name,
    start.prepared,
    optional(start.createMs),
    optional(start.startMs),
    optional(start.execMs),
    optional(start.readyMs),
    start.error,
  ]);
  const moved = timeline.spans
    .filter(({ parentId, io }) => parentId === '' && io !== null)
    .map(({ name, io }) => [
      name,
      ...[io?.diskReadBytes, io?.diskWriteBytes, io?.networkReceiveBytes, io?.networkTransmitBytes].map(
        (count) => (count === undefined ? '-' : bytes(count)),
      ),
    ]);
  const sections = [
    facet,
    `TIMELINE\n${waterfall(timeline.spans, columns)}`,
    pulls.length === 0 ? '' : table(['PULL', 'SIZE', 'TIME', 'LAYERS', 'WHERE'], pulls),
    starts.length === 0
      ? ''
      : table(['CONTAINER', 'PREPARED', 'CREATE', 'START', 'EXEC', 'READY', ''], starts),
    moved.length === 0 ? '' : table(['I/O', 'DISK READ', 'WRITTEN', 'NET RECEIVED', 'SENT'], moved),
  ];
  return sections.filter((section) => section !== '').join('\n');
}
