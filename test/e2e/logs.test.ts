import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorProgram } from '../../coordinator/cli/program.ts';
import type { ExecResponse__Output } from '../../proto/gen/parbake/v1/ExecResponse.ts';
import type { StreamLogsResponse__Output } from '../../proto/gen/parbake/v1/StreamLogsResponse.ts';
import { assign, release } from '../support/calls.ts';
import { launchClone, makeMachineImage, untilReady } from '../support/machine-images.ts';
import { runInside } from '../support/run-command.ts';
import { unlessRequired } from '../support/requirement.ts';
import { installGate } from '../testbed/gate.ts';
import { buildImage, pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = unlessRequired(testbedMissing());

const instanceId = 'i-0aaaaaaaaaaaaaaaa';
/** Prints two thousand lines, works for a moment, and serves a page until it is told to stop. */
const script = `
i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo "line $i"; done
echo oops >&2
exec /bin/busybox httpd -f -p 8080 -h /www`;

describe.skipIf(missing !== undefined)(`what a user's containers print and use ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let coordinator: Coordinator;
  let agent: Started;
  let assignmentId: string;

  beforeAll(async () => {
    testbed = await createTestbed();
    const ref = `${(await testbed.registry()).address}/acme/script:1`;
    const builder = await testbed.startEngine();
    const directory = testbed.makeDirectory('script');
    copyFileSync('/bin/busybox', join(directory, 'busybox'));
    writeFileSync(join(directory, 'index.html'), 'Hello\n');
    writeFileSync(join(directory, 'script'), script);
    writeFileSync(
      join(directory, 'Dockerfile'),
      [
        ...['FROM scratch', 'COPY busybox /bin/busybox', 'COPY index.html /www/', 'COPY script /script'],
        'CMD ["/bin/busybox", "sh", "/script"]',
        '',
      ].join('\n'),
    );
    await buildImage(builder, directory, ref);
    await pushImage(builder, ref);
    await installGate(builder.root);
    const options = `image: '${ref}', stop_timeout: 1`;
    await makeMachineImage(
      testbed,
      builder,
      `apiVersion: parbake/v1
images: ['${ref}']
roles:
  web:
    containers:
      - { name: app, ${options}, ports: [8080], ready: { http: { port: 8080 } } }
      - { name: db, ${options} }
`,
      ['--remove-build-cache'],
    );
    coordinator = await startCoordinator(testbed);
    const engine = await launchClone(testbed, builder, instanceId);
    agent = startAgent(testbed, engine, coordinator, instanceId);
    await untilReady(coordinator, instanceId, agent);
    const { assignment } = await assign(coordinator.clients, { user: 'alice', role: 'web' });
    assignmentId = assignment?.assignmentId ?? '';
  });

  afterAll(async () => {
    await testbed?.close();
  });

  const parbake = (...args: string[]) =>
    runInside(operatorProgram, [...args, '--coordinator', coordinator.address]);

  test('the last lines of one container, each stream by itself', async () => {
    const last = await parbake('logs', assignmentId, '--container', 'app', '--tail', '3');
    expect(last).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^(line 1998\n)?line 1999\nline 2000\n$/) as string,
    });
    const all = await parbake('logs', assignmentId, '--container', 'db', '--tail', '100000');
    expect(all.stdout.trimEnd().split('\n')).toHaveLength(2_000);
    expect(all.stderr).toBe('oops\n');
  });

  test('a container that is not named, or not there, is refused with the names of those that are', async () => {
    for (const which of [[], ['--container', 'cache']]) {
      const { exit, stderr } = await parbake('logs', assignmentId, ...which);
      expect(exit).toBe(1);
      expect(stderr).toMatch(/(app, db|db, app) \[CONTAINER_UNKNOWN\]/);
    }
  });

  test('a command runs in a container, and its exit code is ours', async () => {
    const before = ['exec', '--coordinator', coordinator.address, assignmentId, '--container', 'app'];
    const exec = (...args: string[]) => runInside(operatorProgram, [...before, ...args]);
    const sh = ['--', '/bin/busybox', 'sh', '-c'];
    const secret = 'canary-5512';
    expect(await exec(...sh, `echo out; echo err >&2; exit 42 # ${secret}`)).toEqual({
      exit: 42,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await exec('--', '/bin/busybox', 'true')).toMatchObject({ exit: 0 });
    const missingProgram = await exec('--', '/bin/none');
    expect([126, 127]).toContain(missingProgram.exit);
    const log = coordinator.process.log();
    expect(log).toMatch(/"principal":"operator\/local".*"command":"\/bin\/busybox".*runs a command/);
    for (const each of [log, agent.log()]) expect(each).not.toContain(secret);
    expect((await exec()).stderr).toContain('exec needs a command');
    expect((await exec('-t', '--', 'sh')).stderr).toContain('--tty needs --interactive and a terminal');
  });

  test('a command gets what is piped to it, and ends with it', async () => {
    const input = 'x'.repeat(300_000);
    const args = ['exec', assignmentId, '--container', 'app', '-i', '--coordinator', coordinator.address];
    const piped = await runInside(operatorProgram, [...args, '--', '/bin/busybox', 'cat'], {}, input);
    expect({ ...piped, stdout: piped.stdout.length }).toEqual({ exit: 0, stdout: 300_000, stderr: '' });
    // One that does not read it ends all the same.
    const unread = await runInside(operatorProgram, [...args, '--', '/bin/busybox', 'true'], {}, input);
    expect(unread.exit).toBe(0);
  });

  test('a command gets a terminal of the size that is asked for', async () => {
    const call = coordinator.clients.assignments.exec();
    let written = '';
    const exitCode = new Promise<number | undefined>((resolve) =>
      call.on('data', ({ output = null, exit = null }: ExecResponse__Output) => {
        written += output?.data.toString() ?? '';
        if (exit !== null) resolve(exit.exitCode);
      }),
    );
    const command = ['/bin/busybox', 'sh', '-c', 'read line; stty size; echo "got $line"'];
    const size = { rows: 41, columns: 101 };
    call.write({ start: { assignmentId, container: 'app', command, stdin: true, tty: true, size } });
    call.write({ stdin: Buffer.from('hello\n') });
    expect(await exitCode).toBe(0);
    expect(written).toContain('41 101');
    expect(written).toContain('got hello');
    call.end();
  });

  test('what it used is counted, and stays when the assignment is over', async () => {
    interface Shown {
      usage: { user: string; instance_seconds: number; sampled_seconds: number; cpu_seconds?: number }[];
    }
    const usage = async () => {
      const { stdout } = await parbake('usage', '--by', 'user', '--json');
      return (JSON.parse(stdout) as Shown).usage[0];
    };
    const used = await waitFor('samples to arrive', async () => {
      const found = await usage();
      return found?.cpu_seconds === undefined ? undefined : found;
    });
    expect(used.user).toBe('alice');
    expect(used.sampled_seconds).toBeLessThanOrEqual(used.instance_seconds);
    expect(used.instance_seconds).toBeGreaterThan(0);
  });

  test('a log that is followed ends with its container', async () => {
    const request = { assignmentId, container: 'app', follow: true, tail: 1 };
    const call = coordinator.clients.assignments.streamLogs(request);
    const ended = new Promise<number>((resolve) => call.on('status', ({ code }) => resolve(code)));
    const [first] = (await once(call, 'data')) as [StreamLogsResponse__Output];
    expect(first.output?.data.toString()).toMatch(/^(line 2000|oops)\n$/);
    await release(coordinator.clients, assignmentId);
    expect(await ended).toBe(status.OK);
    await waitFor('it to be gone', async () =>
      (await parbake('logs', assignmentId)).stderr.includes('[ASSIGNMENT_NOT_RUNNING]'),
    );
    // Nothing of what was printed is in anybody's log.
    for (const log of [agent.log(), coordinator.process.log()]) expect(log).not.toContain('line 2000');
  });
});
