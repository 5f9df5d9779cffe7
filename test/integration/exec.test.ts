import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorProgram } from '../../coordinator/cli/program.ts';
import type { AttachResponse__Output } from '../../proto/gen/parbake/v1/AttachResponse.ts';
import type { ExecRequest } from '../../proto/gen/parbake/v1/ExecRequest.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { servedBy } from '../support/attaching-agent.ts';
import { startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { runInside } from '../support/run-command.ts';
import { waitFor } from '../testbed/wait.ts';

let coordinator: LoneCoordinator;

beforeAll(async () => {
  coordinator = await startLoneCoordinator();
});

afterAll(() => coordinator.close());

const exec = (args: string[], input = '') =>
  runInside(operatorProgram, ['exec', '--coordinator', coordinator.address, ...args], {}, input);

test('what is typed reaches the command, what it writes reaches us, and its exit code is ours', async () => {
  const wanted: AttachResponse__Output[] = [];
  const { assignmentId } = await servedBy(coordinator, (stream, message) => {
    wanted.push(message);
    if (message.stdinEnd !== true) return;
    stream.write({ output: { stream: 'OUTPUT_STREAM_STDOUT', data: Buffer.from('out\n') } });
    stream.write({ output: { stream: 'OUTPUT_STREAM_STDERR', data: Buffer.from('err\n') } });
    stream.write({ end: { exitCode: 42 } });
  });
  const secret = `secret-${randomUUID()}`;
  const ended = await exec([assignmentId, '-i', '--', 'sh', '-c', secret], `typed-${secret}`);
  expect(ended).toEqual({ exit: 42, stdout: 'out\n', stderr: 'err\n' });
  expect(wanted[0]?.exec).toMatchObject({ assignmentId, command: ['sh', '-c', secret], stdin: true });
  const typed = wanted.flatMap(({ stdin }) => stdin ?? []);
  expect(Buffer.concat(typed).toString()).toBe(`typed-${secret}`);
  const log = coordinator.process.log();
  expect(log).toMatch(/"principal":"operator\/local".*"command":"sh".*runs a command/);
  expect(log).not.toContain(secret);
});

test('why a command did not run is said', async () => {
  const { assignmentId } = await servedBy(coordinator, (stream) => {
    stream.write({ end: { reason: 'DOCKER_FAILED', message: 'container app is paused' } });
  });
  const { exit, stderr } = await exec([assignmentId, '--', 'true']);
  expect({ exit, stderr }).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('is paused [DOCKER_FAILED]'),
  });
  expect((await exec(['as-unknown', '--', 'true'])).stderr).toContain('[ASSIGNMENT_NOT_FOUND]');
});

test.each<[string, ExecRequest[], string[]]>([
  ['no start', [{ stdin: Buffer.from('x') }], ['start']],
  [
    'no command and a size of nothing',
    [startOf({ size: { rows: 0, columns: 1 } })],
    ['start.command', 'start.size.rows'],
  ],
  ['a null character', [startOf({ command: ['a', 'b\0'] })], ['start.command']],
  ['too many arguments', [startOf({ command: Array<string>(257).fill('a') })], ['start.command']],
])('a command with %s is refused by the field', async (_what, requests, fields) => {
  expect(await refusal(requests)).toEqual(fields);
});

test('input that is too large ends the call, though the command runs', async () => {
  const { assignmentId } = await servedBy(coordinator, () => {});
  const start = startOf({ command: ['cat'], stdin: true, assignmentId });
  expect(await refusal([start, { stdin: Buffer.alloc(65 * 1024) }])).toEqual(['stdin']);
});

test('input that the command does not read waits at its sender', async () => {
  let passed = 0;
  const { assignmentId } = await servedBy(coordinator, (stream, message) => {
    passed += 1;
    if (message.stdin !== undefined) stream.pause();
  });
  const call = coordinator.clients.assignments.exec();
  call.on('error', () => {});
  call.write(startOf({ assignmentId, command: ['sleep'], stdin: true }));
  let sent = 0;
  let isOver = false;
  const flood = (): void => {
    if (!isOver) call.write({ stdin: Buffer.alloc(32 * 1024) }, () => ((sent += 1), flood()));
  };
  flood();
  let before = -1;
  await waitFor('the flood to stand still', () => {
    const isStill = passed > 1 && sent === before;
    before = sent;
    return isStill;
  });
  expect(sent * 32).toBeLessThan(8 * 1024);
  isOver = true;
  call.cancel();
});

function startOf(start: ExecRequest['start']): ExecRequest {
  return { start: { assignmentId: 'as-1', ...start } };
}

/** The fields that are wrong. */
function refusal(requests: readonly ExecRequest[]): Promise<string[]> {
  return new Promise((resolve) => {
    const call = coordinator.clients.assignments.exec();
    call.on('data', () => {});
    call.on('error', (cause) =>
      resolve((fromStatus(cause).details.violations ?? []).map(({ field }) => field)),
    );
    for (const request of requests) call.write(request);
  });
}
