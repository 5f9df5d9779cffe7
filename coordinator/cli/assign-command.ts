import { durationText } from '../../proto/process/cli/amounts.ts';
import { command } from '../../proto/process/cli/command.ts';
import { choice, duration, pairs, preset, required, text } from '../../proto/process/cli/options.ts';
import { Metadata } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { persistent } from '../../proto/client/persistent.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { WaitUntil } from '../../proto/gen/parbake/v1/WaitUntil.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { readRequired } from '../../proto/process/required-file.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { withProgress } from './assign-progress.ts';
import { outputText } from './assignment-text.ts';
import { assignmentDocument } from './documents.ts';
import { printable, stateName, time } from '../insight/format.ts';

const waits = {
  claimed: 'WAIT_UNTIL_CLAIMED',
  exec: 'WAIT_UNTIL_EXEC',
  ready: 'WAIT_UNTIL_READY',
  routed: 'WAIT_UNTIL_ROUTED',
} as const satisfies Record<string, WaitUntil>;

export const assignCommand = command(
  {
    name: 'assign',
    summary: 'Assign an instance to a user.',
    description: [
      'Prints the request id before the call. Repeat the command with that id after any failure, and it gives the same assignment.',
      'TRACEPARENT and TRACESTATE in the environment (W3C Trace Context) are passed on.',
    ].join('\n'),
    options: {
      user: required(text('USER', 'user to assign the instance to')),
      role: required(text('ROLE', 'role that the instance takes')),
      environment: preset(text('NAME', 'what it is for, such as a Git branch'), ''),
      env: pairs('KEY=VALUE', 'variable that the role allows'),
      file: pairs('NAME=PATH', 'file for containers that take files, under this name'),
      route: pairs('NAME=[CONTAINER:]PORT', 'host name that leads to a port of a container'),
      requestId: text('ID', 'request id of an earlier attempt (default: a new one)'),
      wait: preset(choice(['claimed', 'exec', 'ready', 'routed'], 'how far to wait'), 'ready'),
      timeout: preset(
        duration('how long to wait', { min: 1, max: 86_400_000 }),
        durationText(deadlines.assign),
      ),
      ...connectionOptions,
    },
    positionals: {},
    examples: ['parbake assign --user alice --role web --environment main --env BRANCH=main'],
    settingsFile,
  },
  async (values, context) => {
    const { user, role, environment, env } = values;
    const wait = waits[values.wait];
    const requestId = values.requestId ?? randomUUID();
    const files = await readFiles(values.file);
    const routes = Object.entries(values.route).map(([name, place]) => routeOf(name, place));
    const request = { requestId, user, role, environment, env, files, wait, routes };
    const metadata = new Metadata();
    // The instance's spans go below the caller's. The coordinator ignores an invalid trace.
    const { TRACEPARENT: traceparent = '', TRACESTATE: tracestate = '' } = context.env;
    if (/^[\da-f-]+$/.test(traceparent)) metadata.set('traceparent', traceparent);
    if (/^[\x20-\x7e]+$/.test(tracestate)) metadata.set('tracestate', tracestate);
    context.stderr.write(`request id ${requestId}\n`);
    let waitedMs = 0;
    const { assignment, replayed } = await withCoordinator(values, context, async ({ assignments }) => {
      const begun = performance.now();
      const assign = persistent(assignments.assign, values.timeout);
      const look = async () => (await assignments.getAssignment({ requestId })).assignment;
      const answer = assign(request, { metadata, signal: context.signal }).then((response) => {
        waitedMs = performance.now() - begun;
        return response;
      });
      return await withProgress(answer, look, context.stderr)
        .catch((cause: unknown) => {
          if (toParbakeError(cause).code !== 'INTERRUPTED') throw cause;
          throw new ParbakeError('INTERRUPTED', `interrupted; to continue, add --request-id ${requestId}`);
        })
        .catch(async (cause: unknown) => {
          // What its container printed is for its owner alone, so it is not in the error.
          if (toParbakeError(cause).code === 'ASSIGNMENT_FAILED') {
            const { assignment: failed } = await assignments.getAssignment({ requestId });
            if (failed !== null) context.stderr.write(outputText(failed));
          }
          throw cause;
        });
    });
    if (assignment === null)
      throw new ParbakeError('INTERNAL', 'the coordinator answered without an assignment');
    // A repeated request was timed when it was made.
    const overheadMs = replayed ? undefined : Math.max(0, waitedMs - reachedMs(assignment));
    const document = {
      ...assignmentDocument(assignment),
      client_and_network_ms: overheadMs,
      request_id: requestId,
      replayed,
    };
    context.stdout.write(
      values.json ? `${JSON.stringify(document)}\n` : assignedText(assignment, replayed, overheadMs),
    );
    return exitCodes.done;
  },
);

/** @param paths by the name in the container. @throws ParbakeError FILE_UNREADABLE */
async function readFiles(paths: Readonly<Record<string, string>>): Promise<Record<string, Buffer>> {
  const read = async ([name, path]: [string, string]): Promise<[string, Buffer]> => [
    name,
    await readRequired(path),
  ];
  return Object.fromEntries(await Promise.all(Object.entries(paths).map(read)));
}

/** @throws ParbakeError USAGE */
function routeOf(name: string, place: string): { name: string; container: string; port: number } {
  const [, container = '', port = ''] = /^(?:([^:]+):)?(\d{1,5})$/.exec(place) ?? [];
  if (port === '')
    throw new ParbakeError('USAGE', `--route ${name}=${place}: give NAME=PORT or NAME=CONTAINER:PORT`);
  return { name: name.toLowerCase(), container, port: Number(port) };
}

/** Milliseconds from Assign to the last step that the coordinator told of. */
function reachedMs({ timings }: Assignment__Output): number {
  const { claimed, delivered, started, ready, routed } = timings ?? {};
  return Math.max(...[claimed, delivered, started, ready, routed].map((step) => millisecondsOf(step) ?? 0));
}

/** @param overheadMs what the caller waited beyond what the coordinator measured */
function assignedText(
  assignment: Assignment__Output,
  replayed: boolean,
  overheadMs: number | undefined,
): string {
  const { timings, endpoints, routes } = assignment;
  const steps = (['claimed', 'delivered', 'started', 'ready', 'routed'] as const).flatMap((step) => {
    const ms = millisecondsOf(timings?.[step]);
    return ms === undefined ? [] : [`  ${step.padEnd(10)} ${time(ms)}\n`];
  });
  const overhead = overheadMs === undefined ? '' : `  client and network: ${time(overheadMs)} more\n`;
  const where = endpoints.map(
    ({ container, host, port }) => `  ${printable(container)} at ${host}:${port}\n`,
  );
  const names = routes.map(({ name, port }) => `  ${name} leads to port ${port}\n`);
  const head = `${assignment.assignmentId}  ${stateName(assignment.state)} on ${assignment.instanceId}`;
  return `${head}${replayed ? ' (asked before)' : ''}\n${steps.join('')}${overhead}${where.join('')}${names.join('')}`;
}
