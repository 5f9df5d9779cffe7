import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorProgram } from '../../coordinator/cli/program.ts';
import type { AttachRequest } from '../../proto/gen/parbake/v1/AttachRequest.ts';
import type { AttachResponse__Output } from '../../proto/gen/parbake/v1/AttachResponse.ts';
import { openAttach, servedBy, type OnAttach } from '../support/attaching-agent.ts';
import { assign, release } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { runInside } from '../support/run-command.ts';
import { waitFor } from '../testbed/wait.ts';

let coordinator: LoneCoordinator;

beforeAll(async () => {
  coordinator = await startLoneCoordinator();
});

afterAll(() => coordinator.close());

const logs = (...args: string[]) =>
  runInside(operatorProgram, ['logs', ...args, '--coordinator', coordinator.address]);

const served = (onAttach?: OnAttach) => servedBy(coordinator, onAttach);
const attach = (instanceId: string, attachId: string, onWanted?: OnAttach) =>
  openAttach(coordinator, instanceId, attachId, onWanted);

const stdout = (text: string): AttachRequest => ({
  output: { stream: 'OUTPUT_STREAM_STDOUT', data: Buffer.from(text) },
});

test('the log of a container reaches who asks for it, each stream by itself, and nobody else', async () => {
  const wanted: AttachResponse__Output[] = [];
  const secret = `secret-${randomUUID()}`;
  const { assignmentId } = await served((stream, message) => {
    wanted.push(message);
    stream.write(stdout(`${secret}\n`));
    stream.write({ output: { stream: 'OUTPUT_STREAM_STDERR', data: Buffer.from('oops\n') } });
    stream.write({ end: {} });
  });
  expect(await logs(assignmentId, '--container', 'app', '--tail', '7')).toEqual({
    exit: 0,
    stdout: `${secret}\n`,
    stderr: 'oops\n',
  });
  expect(wanted[0]?.logs).toEqual({ assignmentId, container: 'app', follow: false, tail: 7 });
  const log = coordinator.process.log();
  expect(log).toMatch(
    new RegExp(`"principal":"operator/local".*"assignmentId":"${assignmentId}".*reads a log`),
  );
  expect(log).not.toContain(secret);
});

test('why there is no log is said', async () => {
  const { assignmentId, agent } = await served((stream) => {
    stream.write({ end: { reason: 'CONTAINER_UNKNOWN', message: 'there is no container db: app, web' } });
  });
  expect((await logs(assignmentId, '--container', 'db')).stderr).toContain(
    'there is no container db: app, web [CONTAINER_UNKNOWN]',
  );
  await release(coordinator.clients, assignmentId);
  await waitFor('it to be released', async () =>
    (await logs(assignmentId)).stderr.includes(
      'is RELEASED: its containers are gone [ASSIGNMENT_NOT_RUNNING]',
    ),
  );
  agent.cut();
  expect((await logs('as-unknown')).stderr).toContain('[ASSIGNMENT_NOT_FOUND]');
  expect((await logs(assignmentId, '--tail', '0')).exit).toBe(2);
});

test('an agent that is gone, says nothing, or is too old is named', async () => {
  const silent = await served();
  expect((await logs(silent.assignmentId)).stderr).toMatch(/opened no stream within 5 s \[INSTANCE_SILENT\]/);
  silent.agent.cut();
  await waitFor('the coordinator to notice', async () =>
    (await logs(silent.assignmentId)).stderr.includes('is not connected [INSTANCE_SILENT]'),
  );
  const role = `r-${randomUUID()}`;
  await readyAgent(coordinator, { role });
  const { assignment } = await assign(coordinator.clients, { user: 'alice', role });
  expect((await logs(assignment?.assignmentId ?? '')).stderr).toContain('[AGENT_TOO_OLD]');
});

test('an instance that goes away meanwhile ends the log with an error', async () => {
  const { assignmentId } = await served((stream) => {
    stream.write(stdout('begun\n'), () => stream.cancel());
  });
  expect(await logs(assignmentId, '-f')).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('[INSTANCE_SILENT]') as string,
  });
});

test('a stream is of the instance that was asked, and of nobody else', async () => {
  const other = await served();
  const { assignmentId, asked, instanceId } = await served();
  const reading = logs(assignmentId);
  await waitFor('the agent to be asked', () => asked.length > 0);
  const [attachId = ''] = asked;
  expect(await attach(other.instanceId, attachId)).toBe('REQUEST_INVALID');
  expect(await attach(instanceId, 'another')).toBe('REQUEST_INVALID');
  const first = attach(instanceId, attachId, (stream) => stream.write({ end: {} }));
  expect((await reading).exit).toBe(0);
  expect(await first).toBe('end');
  expect(await attach(instanceId, attachId)).toBe('REQUEST_INVALID');
});

test('a flood that nobody reads waits at its sender, and the session goes on', async () => {
  let written = 0;
  const piece = stdout('x'.repeat(32 * 1024));
  const { assignmentId, agent } = await served((stream) => {
    const flood = (): void => {
      if (!stream.destroyed) stream.write(piece, () => ((written += 1), flood()));
    };
    flood();
  });
  const call = coordinator.clients.assignments.streamLogs({ assignmentId, follow: true });
  call.on('error', () => {});
  // Nobody reads: what has room on the way is taken, and no more.
  let before = -1;
  await waitFor('the flood to stand still', () => {
    const isStill = written > 0 && written === before;
    before = written;
    return isStill;
  });
  expect(written * 32).toBeLessThan(8 * 1024);
  for (const seconds of [1, 2]) agent.heartbeat({ observedGeneration: 1, sendTime: { seconds, nanos: 0 } });
  await waitFor('its heartbeats to be answered', () => agent.acknowledged.length === 2);
  // Whoever reads again gets the rest, no faster than is allowed.
  const stood = written;
  call.on('data', () => {});
  await waitFor('it to go on', () => written > stood);
  call.cancel();
});

test('an instance has so many streams and no more, and one that is ended makes room', async () => {
  const { assignmentId, asked } = await served(() => {});
  const follow = () => {
    const call = coordinator.clients.assignments.streamLogs({ assignmentId, follow: true });
    call.on('error', () => {});
    return call;
  };
  const calls = Array.from({ length: 8 }, follow);
  await waitFor('all of them to be asked for', () => asked.length === 8);
  expect((await logs(assignmentId)).stderr).toContain('has 8 streams open already [TOO_MANY_STREAMS]');
  calls[0]?.cancel();
  await waitFor('there to be room', () => {
    if (asked.length === 8) follow();
    return asked.length > 8;
  });
  for (const call of calls) call.cancel();
});
