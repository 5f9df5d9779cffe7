import { deadlines } from '../../proto/deadlines.ts';
import { ParbakeError } from '../../proto/errors.ts';
import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { GetTimelineResponse__Output } from '../../proto/gen/parbake/v1/GetTimelineResponse.ts';
import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import type { GetAssignmentResponse__Output } from '../../proto/gen/parbake/v1/GetAssignmentResponse.ts';
import type { Event__Output } from '../../proto/gen/parbake/v1/Event.ts';
import type { ListEventsResponse__Output } from '../../proto/gen/parbake/v1/ListEventsResponse.ts';
import type { QuerySamplesResponse__Output } from '../../proto/gen/parbake/v1/QuerySamplesResponse.ts';
import type { Sample__Output } from '../../proto/gen/parbake/v1/Sample.ts';
import type { GetInstanceResponse__Output } from '../../proto/gen/parbake/v1/GetInstanceResponse.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/process/exit.ts';
import { call, connectionHelp, connectionOptions, withCoordinator, type Clients } from './client.ts';
import {
  assignmentDocument,
  eventDocument,
  instanceDocument,
  sampleDocument,
  timelineDocument,
} from './documents.ts';
import { showText } from './show-text.ts';

/** An instance has some dozen. */
const mostEvents = 200;

const help = `
Usage: parbake show INSTANCE [options]

One instance: facts, the history of its states, assignment, where its time went, pulls, starts, disk and network. Bytes
of a step are those of the whole host.

Options:
${connectionHelp}

Example:
  parbake show i-0123456789abcdef0
`;

/** What is known of one instance. */
export interface Shown {
  instance: Instance__Output;
  assignment: Assignment__Output | null;
  timeline: GetTimelineResponse__Output;
  samples: Sample__Output[];
  events: Event__Output[];
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
    const shown = await withCoordinator(values, context, (clients) => readInstance(clients, instanceId));
    const columns = Math.min(120, Math.max(60, context.stdout.columns ?? 80));
    const isFine = context.stdout.isTTY === true;
    const output = values.json ? `${JSON.stringify(document(shown))}\n` : showText(shown, columns, isFine);
    context.stdout.write(output);
    return exitCodes.done;
  },
};

/** @throws ParbakeError INSTANCE_NOT_FOUND */
async function readInstance({ fleet, assignments, telemetry }: Clients, instanceId: string): Promise<Shown> {
  const { instance } = await call<GetInstanceResponse__Output>(
    (options, done) => fleet.getInstance({ instanceId }, options, done),
    deadlines.read,
  );
  if (instance === null) throw new ParbakeError('INSTANCE_NOT_FOUND', `there is no instance ${instanceId}`);
  const { assignmentId } = instance;
  const [timeline, { samples }, { events }, found] = await Promise.all([
    call<GetTimelineResponse__Output>(
      (options, done) => telemetry.getTimeline({ instanceId }, options, done),
      deadlines.read,
    ),
    call<QuerySamplesResponse__Output>(
      (options, done) => telemetry.querySamples({ instanceId }, options, done),
      deadlines.read,
    ),
    call<ListEventsResponse__Output>(
      (options, done) => telemetry.listEvents({ instanceId, pageSize: mostEvents }, options, done),
      deadlines.read,
    ),
    assignmentId === ''
      ? undefined
      : call<GetAssignmentResponse__Output>(
          (options, done) => assignments.getAssignment({ assignmentId }, options, done),
          deadlines.read,
        ),
  ]);
  return { instance, timeline, samples, events, assignment: found?.assignment ?? null };
}

function document({ instance, assignment, timeline, samples, events }: Shown) {
  return {
    instance: instanceDocument(instance),
    assignment: assignment === null ? null : assignmentDocument(assignment),
    ...timelineDocument(timeline),
    samples: samples.map(sampleDocument),
    events: events.map(eventDocument),
  };
}
