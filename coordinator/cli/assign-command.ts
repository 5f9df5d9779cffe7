import { Metadata } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import type { WaitUntil } from '../../proto/gen/parbake/v1/WaitUntil.ts';
import { backoff } from '../../proto/process/backoff.ts';
import { keyValues, parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { retry } from '../../proto/process/retry.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import { readRequired } from '../../proto/process/required-file.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { connectionHelp, connectionOptions, withCoordinator } from './client.ts';
import { assignmentDocument } from './documents.ts';
import { printable, stateName, time } from '../insight/format.ts';

const help = `
Usage: parbake assign --user USER --role ROLE [options]

Gives a user an instance. The request id is printed before the call: with it the same command can be repeated
whatever happened, and gives the same assignment. A trace that TRACEPARENT and TRACESTATE name in the environment (W3C
Trace Context) goes with it.

Options:
  --user USER             whose it is
  --role ROLE             what it becomes
  --environment NAME      what it is for, such as a Git branch
  --env KEY=VALUE         a variable that the role allows; may be repeated
  --file NAME=PATH        a file for containers that take files, by the name that it has there; may be repeated
  --request-id ID         of an earlier try (default: a new one)
  --wait claimed|exec|ready   how far to wait (default ready)
  --timeout SECONDS       for how long (default ${deadlines.assign / 1000})
${connectionHelp}

Example:
  parbake assign --user alice --role web --environment main --env BRANCH=main
`;

const waits: Record<string, WaitUntil> = {
  claimed: 'WAIT_UNTIL_CLAIMED',
  exec: 'WAIT_UNTIL_EXEC',
  ready: 'WAIT_UNTIL_READY',
};

/** While the coordinator is unreachable: somebody waits. */
const retryBounds = { first: 500, max: 2_000 };

export const assignCommand: Command = {
  name: 'assign',
  summary: 'Give a user an instance.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake assign', args, {
      ...connectionOptions,
      user: { type: 'string' },
      role: { type: 'string' },
      environment: { type: 'string', default: '' },
      env: { type: 'string', multiple: true, default: [] },
      file: { type: 'string', multiple: true, default: [] },
      'request-id': { type: 'string' },
      wait: { type: 'string', default: 'ready' },
      timeout: { type: 'string', default: String(deadlines.assign / 1000) },
    });
    if (positionals.length > 0) throw new ParbakeError('USAGE', `assign takes no "${positionals[0] ?? ''}"`);
    const { user, role, environment } = values;
    if (user === undefined || role === undefined)
      throw new ParbakeError('USAGE', 'assign needs --user and --role');
    const wait = waits[values.wait];
    if (wait === undefined)
      throw new ParbakeError('USAGE', `--wait takes claimed, exec or ready, not "${values.wait}"`);
    const seconds = Number(values.timeout);
    if (!(seconds > 0))
      throw new ParbakeError('USAGE', `--timeout takes seconds above 0, not "${values.timeout}"`);
    const requestId = values['request-id'] ?? randomUUID();
    const env = keyValues('--env', values.env);
    const files = await readFiles(keyValues('--file', values.file));
    const request = { requestId, user, role, environment, env, files, wait };
    const metadata = new Metadata();
    // Of whoever runs this command: what the instance does is below it. What is none is the coordinator's to ignore.
    const { TRACEPARENT: traceparent = '', TRACESTATE: tracestate = '' } = context.env;
    if (/^[\da-f-]+$/.test(traceparent)) metadata.set('traceparent', traceparent);
    if (/^[\x20-\x7e]+$/.test(tracestate)) metadata.set('tracestate', tracestate);
    context.stderr.write(`request id ${requestId}\n`);
    const until = Date.now() + seconds * 1000;
    const { assignment, replayed } = await withCoordinator(values, context, async ({ assignments }) => {
      const left = (): number => until - Date.now();
      const assign = () => assignments.assign(request, { metadata, timeoutMs: left() });
      return await retry(assign, {
        isWorthIt: (cause) => {
          const { code, retryAfterMs = 0 } = toParbakeError(cause);
          return code === 'COORDINATOR_UNREACHABLE' && left() > Math.max(retryBounds.first, retryAfterMs);
        },
        // The last try still needs some of the time.
        delay: (failures) => Math.min(backoff(failures, Math.random(), retryBounds), left() / 2),
        signal: context.signal,
      }).catch((cause: unknown) => {
        if (!isAbort(cause)) throw cause;
        throw new ParbakeError('INTERRUPTED', `interrupted; to continue, add --request-id ${requestId}`);
      });
    });
    if (assignment === null)
      throw new ParbakeError('INTERNAL', 'the coordinator answered without an assignment');
    const document = { ...assignmentDocument(assignment), request_id: requestId, replayed };
    context.stdout.write(values.json ? `${JSON.stringify(document)}\n` : text(assignment, replayed));
    return exitCodes.done;
  },
};

/** @param paths by the name in the container. @throws ParbakeError FILE_UNREADABLE */
async function readFiles(paths: Readonly<Record<string, string>>): Promise<Record<string, Buffer>> {
  const read = async ([name, path]: [string, string]): Promise<[string, Buffer]> => [
    name,
    await readRequired(path),
  ];
  return Object.fromEntries(await Promise.all(Object.entries(paths).map(read)));
}

function text(assignment: Assignment__Output, replayed: boolean): string {
  const { timings, endpoints } = assignment;
  const steps = (['claimed', 'delivered', 'started', 'ready'] as const).flatMap((step) => {
    const ms = millisecondsOf(timings?.[step]);
    return ms === undefined ? [] : [`  ${step.padEnd(10)} ${time(ms)}\n`];
  });
  const where = endpoints.map(
    ({ container, host, port }) => `  ${printable(container)} at ${host}:${port}\n`,
  );
  const head = `${assignment.assignmentId}  ${stateName(assignment.state)} on ${assignment.instanceId}`;
  return `${head}${replayed ? ' (asked before)' : ''}\n${steps.join('')}${where.join('')}`;
}
