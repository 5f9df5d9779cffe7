import { reasonText } from '../../proto/errors/reason.ts';
import { command } from '../../proto/process/cli/command.ts';
import { count, flag, preset, text } from '../../proto/process/cli/options.ts';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { Event__Output } from '../../proto/gen/parbake/v1/Event.ts';
import type { WatchEventsRequest } from '../../proto/gen/parbake/v1/WatchEventsRequest.ts';
import type { WatchEventsResponse__Output } from '../../proto/gen/parbake/v1/WatchEventsResponse.ts';
import { backoff } from '../../proto/process/backoff.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { retry } from '../../proto/process/retry.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import { eventName, eventState } from '../insight/events.ts';
import { printable } from '../insight/format.ts';
import { settingsFile, withCoordinator } from './client.ts';
import { listOptions, listText, watchOutputOf } from './listing.ts';
import { drained } from './drained.ts';
import { eventDocument } from './documents.ts';

/** Retries while the coordinator is unreachable are frequent, since a person watches. */
const retryBounds = { first: 1_000, max: 5_000 };

export const eventsCommand = command(
  {
    name: 'events',
    summary: 'List what happened in the fleet, and follow it.',
    description: [
      'Prints every change of state of instances and assignments with its reason, oldest first.',
    ].join('\n'),
    options: {
      watch: flag('follow until Ctrl-C; a restart of the coordinator loses no event'),
      instance: preset(text('INSTANCE', 'only events of this instance'), ''),
      assignment: preset(text('ASSIGNMENT', 'only events of this assignment'), ''),
      last: count('start with the newest N events (default 100)', { max: 10_000 }),
      after: preset(text('CURSOR', 'start after this event instead; --json prints cursors'), ''),
      ...listOptions,
    },
    positionals: {},
    examples: ['parbake events --watch --instance i-0123456789abcdef0'],
    settingsFile,
  },
  async (values, context) => {
    if (values.last !== undefined && values.after !== '')
      throw new ParbakeError('USAGE', '--last and --after both say where to start: give one of them');
    const request = {
      instanceId: values.instance,
      assignmentId: values.assignment,
      cursor: values.after,
      last: values.after === '' ? (values.last ?? 100) : 0,
      untilNow: !values.watch,
    };
    if (values.watch) await follow({ ...values, ...watchOutputOf(values) }, request, context);
    else await list(values, request, context);
    return exitCodes.done;
  },
);

type Connection = Parameters<typeof withCoordinator>[0] & { json: boolean };

async function list(
  values: Connection & Parameters<typeof listText>[0],
  request: WatchEventsRequest,
  context: CommandContext,
): Promise<void> {
  const events: Event__Output[] = [];
  let cursor = '';
  await read(values, request, context, (answer) => {
    events.push(...answer.events);
    ({ cursor } = answer);
    return true;
  });
  context.stdout.write(
    listText(values, {
      header,
      items: events,
      cellsOf,
      document: () => ({ events: events.map(documentOf), cursor }),
    }),
  );
}

async function follow(
  values: Connection,
  request: WatchEventsRequest,
  context: CommandContext,
): Promise<void> {
  const { signal, stdout, stderr } = context;
  const lineOf = values.json
    ? (event: Event__Output) => JSON.stringify(documentOf(event))
    : (event: Event__Output) => cellsOf(event).map(printable).join('  ').trimEnd();
  let from = request;
  let isAway = false;
  const follow = async (startOver: () => void): Promise<void> => {
    await read(values, from, context, ({ events, cursor }) => {
      from = { ...request, cursor, last: 0 };
      isAway = false;
      startOver();
      return events.length === 0 || stdout.write(events.map((event) => `${lineOf(event)}\n`).join(''));
    });
    if (!signal.aborted)
      throw new ParbakeError('COORDINATOR_UNREACHABLE', 'the coordinator ended the stream');
  };
  await retry(follow, {
    // Before the first answer, the address or the request is wrong.
    isWorthIt: (cause) => toParbakeError(cause).code === 'COORDINATOR_UNREACHABLE' && from !== request,
    delay: (failures) => backoff(failures, Math.random(), retryBounds),
    signal,
    onRetry: ({ cause }) => {
      if (!isAway) stderr.write(`${toParbakeError(cause).message}; retrying\n`);
      isAway = true;
    },
  }).catch((cause: unknown) => {
    if (!isAbort(cause)) throw cause;
  });
}

/** Reads until the stream ends or the signal aborts. @param take says whether there is room for more at once */
async function read(
  values: Connection,
  request: WatchEventsRequest,
  context: CommandContext,
  take: (answer: WatchEventsResponse__Output) => boolean,
): Promise<void> {
  const { signal, stdout } = context;
  await withCoordinator(values, context, async ({ telemetry }) => {
    // A slow reader of our output slows us down, so that nothing piles up here.
    for await (const answer of telemetry.watchEvents(request, { signal }))
      if (!take(answer)) await drained(stdout, signal);
  });
}

const header = ['TIME', 'INSTANCE', 'ASSIGNMENT', 'EVENT', 'STATE', 'REASON'];

function cellsOf(event: Event__Output): string[] {
  const { time = '' } = eventDocument(event);
  const { instanceId, assignmentId } = event;
  const cells = [time, instanceId, assignmentId, eventName(event), eventState(event), reasonText(event)];
  return cells.map((cell) => cell || '-');
}

function documentOf(event: Event__Output) {
  return { cursor: event.cursor, instance_id: event.instanceId, ...eventDocument(event) };
}
