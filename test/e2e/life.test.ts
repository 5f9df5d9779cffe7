import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { millisecondsOf } from '../../proto/wire/time.ts';
import type { Engine } from '../testbed/engine.ts';
import { command } from '../testbed/command.ts';
import { installGate } from '../testbed/gate.ts';
import { buildApplicationImage, pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import type { AssignRequest } from '../../proto/gen/parbake/v1/AssignRequest.ts';
import type { AssignResponse__Output } from '../../proto/gen/parbake/v1/AssignResponse.ts';
import { assign as assignWith, getInstance, getTimeline, release } from '../support/calls.ts';
import { mountCountedDisk } from '../support/counted-disk.ts';
import { moved, movingOptions } from '../support/moving-program.ts';
import { unlessRequired } from '../support/requirement.ts';
import { launchClone, makeMachineImage, untilReady } from '../support/machine-images.ts';

const missing = unlessRequired(testbedMissing());

interface ShownSamples {
  samples: {
    container: string;
    cpu_ms?: number;
    memory_bytes?: number;
    io: { network_receive_bytes?: number };
  }[];
}

interface ShownPhases {
  phases: { name: string; wall_ms: number; parts: { step: string; ms: number }[] }[];
}

describe.skipIf(missing !== undefined)(`the whole life of an instance ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let coordinator: Coordinator;
  const instances = new Map<string, { engine: Engine; agent: Started }>();
  let released: string;
  let builder: Engine;

  beforeAll(async () => {
    testbed = await createTestbed();
    const image = `${(await testbed.registry()).address}/acme/app:1.0`;
    const workshop = await testbed.startEngine();
    await buildApplicationImage(workshop, testbed.makeDirectory('app'), image);
    await pushImage(workshop, image);
    await workshop.stop();
    builder = await testbed.startEngine();
    await installGate(builder.root);
    await makeMachineImage(
      testbed,
      builder,
      `apiVersion: parbake/v1
images: ['${image}']
roles:
  web:
    containers:
      - { name: app, image: '${image}', prepare: none, ports: [8080], ready: { http: { port: 8080 } }, user_env: [BRANCH] }
  broken:
    containers:
      - { name: app, image: '${image}', prepare: none, ready: { tcp: { port: 1 } }, user_env: [NODE_OPTIONS] }
  slow:
    containers:
      - { name: app, image: '${image}', prepare: none, ports: [8080], ready: { http: { port: 8080 } }, user_env: [NODE_OPTIONS] }
`,
    );
    coordinator = await startCoordinator(testbed);
    for (const instanceId of ['i-0aaaaaaaaaaaaaaaa', 'i-0bbbbbbbbbbbbbbbb', 'i-0cccccccccccccccc'])
      await launch(instanceId);
  });

  async function launch(instanceId: string): Promise<void> {
    const engine = await launchClone(testbed, builder, instanceId);
    const agent = startAgent(testbed, engine, coordinator, instanceId);
    instances.set(instanceId, { engine, agent });
    await untilReady(coordinator, instanceId, agent);
  }

  afterAll(async () => {
    await testbed?.close();
  });

  const assign = (request: AssignRequest, timeoutMs?: number) =>
    assignWith(coordinator.clients, request, timeoutMs);
  const stateOf = (instanceId: string) => getInstance(coordinator.clients, instanceId);

  const assignmentOf = (user: string): AssignRequest => ({
    requestId: randomUUID(),
    user,
    role: 'web',
    env: { BRANCH: 'main' },
  });

  async function pageOf({ assignment }: AssignResponse__Output): Promise<string> {
    const endpoint = assignment?.endpoints[0];
    return await (await fetch(`http://${endpoint?.host}:${endpoint?.port}/`)).text();
  }

  test('two users get an instance each, and each its own page; the same request id gives the same', async () => {
    const request = assignmentOf('alice');
    const alice = await assign(request);
    const bob = await assign(assignmentOf('bob'));
    expect(await pageOf(alice)).toBe(`Hello alice, this is ${alice.assignment?.instanceId}\n`);
    expect(await pageOf(bob)).toBe(`Hello bob, this is ${bob.assignment?.instanceId}\n`);
    expect(alice.assignment?.instanceId).not.toBe(bob.assignment?.instanceId);
    const again = await assign(request);
    expect(again.replayed).toBe(true);
    expect(again.assignment?.assignmentId).toBe(alice.assignment?.assignmentId);
    await expect(assign({ ...request, user: 'mallory' })).rejects.toMatchObject({
      code: 'REQUEST_ID_MISMATCH',
    });
    released = bob.assignment?.assignmentId ?? '';
  });

  test('what is wrong with a request is said before anything is taken', async () => {
    await expect(assign({ ...assignmentOf('carol'), role: 'nope' })).rejects.toMatchObject({
      code: 'ROLE_UNKNOWN',
    });
    await expect(assign({ ...assignmentOf('carol'), env: { PATH: '/' } })).rejects.toMatchObject({
      code: 'ENV_NOT_ALLOWED',
    });
    await expect(assign({ ...assignmentOf('carol'), requestId: '' })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  test('an agent that is killed finds its container again and starts nothing twice', async () => {
    const [instanceId, { engine, agent }] = [...instances].find(([id]) => id === 'i-0aaaaaaaaaaaaaaaa') ?? [
      '',
      instances.values().next().value as { engine: Engine; agent: Started },
    ];
    const before = await engine.docker.listContainers({ all: true });
    expect(before).toHaveLength(1);
    await agent.stop('SIGKILL');
    instances.set(instanceId, { engine, agent: startAgent(testbed, engine, coordinator, instanceId) });
    await waitFor('the agent to be back', async () => {
      const { connected } = await stateOf(instanceId);
      return connected && instances.get(instanceId)?.agent.log().includes('coordinator connected');
    });
    expect((await stateOf(instanceId)).state).toBe('INSTANCE_STATE_ASSIGNED');
    const after = await engine.docker.listContainers({ all: true });
    expect(after.map(({ Id }) => Id)).toEqual(before.map(({ Id }) => Id));
  });

  test('a coordinator killed between claim and order delivers the order once after its restart', async () => {
    const { engine, agent } = instances.get('i-0cccccccccccccccc') as { engine: Engine; agent: Started };
    // The agent is frozen: the claim is durable, the order reaches nobody before the coordinator dies.
    process.kill(agent.pid, 'SIGSTOP');
    const request = { ...assignmentOf('dora'), wait: 'WAIT_UNTIL_CLAIMED' as const };
    const claimed = await assign(request);
    expect(claimed.assignment?.instanceId).toBe('i-0cccccccccccccccc');
    await coordinator.process.stop('SIGKILL');
    expect(await engine.docker.listContainers({ all: true })).toHaveLength(0);
    coordinator = await startCoordinator(testbed, coordinator);
    process.kill(agent.pid, 'SIGCONT');
    const served = await assign({ ...request, wait: 'WAIT_UNTIL_READY' });
    expect(served.assignment?.assignmentId).toBe(claimed.assignment?.assignmentId);
    expect(await pageOf(served)).toBe('Hello dora, this is i-0cccccccccccccccc\n');
    expect(await engine.docker.listContainers({ all: true })).toHaveLength(1);
  });

  test('no instance left: the caller is told so in its time, and may ask again', async () => {
    const request = assignmentOf('erin');
    await expect(assign(request, 10_000)).rejects.toMatchObject({ code: 'NO_CAPACITY' });
    await expect(assign(request, 10_000)).rejects.toMatchObject({ code: 'NO_CAPACITY' });
  });

  test('release takes the containers down, retires the instance, and says when it was done before', async () => {
    expect((await release(coordinator.clients, released)).alreadyReleased).toBe(false);
    expect((await release(coordinator.clients, released)).alreadyReleased).toBe(true);
    await waitFor(
      'the instance to be retired',
      async () => (await stateOf('i-0bbbbbbbbbbbbbbbb')).state === 'INSTANCE_STATE_RETIRED',
    );
    expect(await instances.get('i-0bbbbbbbbbbbbbbbb')?.engine.docker.listContainers({ all: true })).toEqual(
      [],
    );
  });

  test('the timeline has the steps of the assignment with their times', async () => {
    const wanted = [
      'agent.start',
      'docker.ready',
      'check_in',
      'prepare',
      'assignment',
      'container.create',
      'container.start',
      'container.ready',
    ];
    const timeline = await waitFor('the timeline', async () => {
      const found = await getTimeline(coordinator.clients, 'i-0cccccccccccccccc');
      const isWhole = wanted.every((name) => found.spans.some((span) => span.name === name));
      return isWhole && found.starts.length > 0 && found;
    });
    expect(timeline.spans.every((span) => span.endUnixNs >= span.startUnixNs)).toBe(true);
    expect(timeline.pulls).toHaveLength(1);
    expect(timeline.pulls[0]?.atBake).toBe(true);
    // Both programs read one clock here, so that the offset is 0.
    const { offset, uncertainty } = timeline.clock ?? {};
    expect(Math.abs(millisecondsOf(offset) ?? NaN)).toBeLessThanOrEqual(millisecondsOf(uncertainty) ?? NaN);
  });

  test('the operator sees the fleet and one instance, and is told what does not exist', async () => {
    const parbake = (...args: string[]) =>
      command(process.execPath, ['coordinator/cli/main.ts', ...args, '--coordinator', coordinator.address]);
    expect(await parbake('instances')).toMatch(/i-0cccccccccccccccc +ASSIGNED +web,broken,slow +dora +yes/);
    const shown = await parbake('show', 'i-0cccccccccccccccc');
    // The answer comes first.
    expect(shown).toMatch(/^[\d.]+ m?s: [\d.]+ m?s .+\.\n\n/);
    expect(shown).toMatch(/^user +dora$/m);
    expect(shown).toMatch(/^ {2}container\.start .* m?s +#+$/m);
    expect(shown).toMatch(/at bake$/m);
    const document = JSON.parse(await parbake('show', 'i-0cccccccccccccccc', '--json')) as {
      assignment: { state: string };
      starts: { create_ms: number; start_ms: number; ready_ms: number }[];
      events: { event: string }[];
    };
    expect(document.assignment.state).toBe('SERVING');
    expect(document.starts[0]?.start_ms).toBeGreaterThan(0);
    expect(shown).toMatch(/^clock +.* the coordinator's, to within \S+ ms$/m);
    const history = document.events.map(({ event }) => event);
    // Nothing is prepared here: an agent that is done before it first tells has never been preparing.
    expect(history.filter((event) => event !== 'preparing').slice(0, 2)).toEqual(['checked_in', 'prepared']);
    expect(history.at(-1)).toBe('serving');
    // Sampled while it happened: the host, and the container by its own control group and interfaces.
    const ofContainer = await waitFor('samples of the host and its container', async () => {
      const { samples } = JSON.parse(await parbake('show', 'i-0cccccccccccccccc', '--json')) as ShownSamples;
      const isWhole = samples.some(({ container, cpu_ms }) => container === '' && (cpu_ms ?? 0) > 0);
      return isWhole && samples.find(({ container }) => container === 'web/app');
    });
    expect(ofContainer.memory_bytes).toBeGreaterThan(100_000);
    expect(ofContainer.io.network_receive_bytes).toBeGreaterThanOrEqual(0);
    const compared = await parbake('compare', 'i-0cccccccccccccccc', 'i-0cccccccccccccccc');
    expect(compared).toMatch(/^assignment \/ container\.ready \(app\) .*\+0\.0 ms$/m);
    const trace = await parbake('export', 'i-0cccccccccccccccc', '--format', 'chrome-trace');
    const { traceEvents } = JSON.parse(trace) as { traceEvents: { name: string; ph: string }[] };
    expect(traceEvents.filter(({ ph }) => ph === 'X').map(({ name }) => name)).toContain('container.start');
    const records = (await parbake('export', 'i-0cccccccccccccccc')).trimEnd().split('\n');
    const types = records.map((line) => (JSON.parse(line) as { type: string }).type);
    expect([...new Set(types)]).toEqual(expect.arrayContaining(['instance', 'assignment', 'span', 'pull']));
    expect(await parbake('fleet')).toMatch(/^role web +order to answer +\d+ /m);
    expect(await parbake('pools')).toMatch(/^web +0 +\d+ +\d+ +\d+ +0 +0 +0$/m);
    expect(await parbake('roles', 'list')).toMatch(/^web +0 +no +no +fail +BRANCH$/m);
    await expect(parbake('show', 'i-nope')).rejects.toThrow('INSTANCE_NOT_FOUND');
  });

  test('the steps of a start add up to its whole, which is no longer than the caller waited', async () => {
    const instanceId = `i-${randomUUID().replaceAll('-', '').slice(0, 17)}`;
    await launch(instanceId);
    const ownMs = 3_000;
    const NODE_OPTIONS = `--import=data:text/javascript,await(new%20Promise(r=>setTimeout(r,${ownMs})))`;
    const began = performance.now();
    await assign({ requestId: randomUUID(), user: 'erin', role: 'slow', env: { NODE_OPTIONS } });
    const waitedMs = performance.now() - began;
    const show = [
      'coordinator/cli/main.ts',
      'show',
      instanceId,
      '--json',
      '--coordinator',
      coordinator.address,
    ];
    const phase = await waitFor('the assignment to be reported', async () => {
      const { phases } = JSON.parse(await command(process.execPath, show)) as ShownPhases;
      return phases.find(({ name }) => name === 'assignment');
    });
    const sumMs = phase.parts.reduce((sum, { ms }) => sum + ms, 0);
    expect(Math.abs(sumMs - phase.wall_ms)).toBeLessThan(0.01);
    // The agent's times are on the coordinator's clock, to within what it knows of the difference.
    const { clock } = await getTimeline(coordinator.clients, instanceId);
    expect(sumMs).toBeGreaterThanOrEqual(ownMs);
    expect(sumMs).toBeLessThanOrEqual(waitedMs + (millisecondsOf(clock?.uncertainty) ?? 0));
    expect(phase.parts[0]).toMatchObject({ step: 'container.ready app' });
  });

  test('what a container reads, writes and sends itself is on the span in which it did', async () => {
    const instanceId = `i-${randomUUID().replaceAll('-', '').slice(0, 17)}`;
    const disk = join(testbed.directory, instanceId);
    await mountCountedDisk(testbed, disk);
    await launch(instanceId);
    // What was copied there is not to reach the disk by what the container does.
    await command('sync', ['--file-system', disk]);
    const env = { NODE_OPTIONS: movingOptions };
    const next = async (): Promise<string | undefined> =>
      (await assign({ requestId: randomUUID(), user: 'fay', role: 'slow', env })).assignment?.instanceId;
    // Where this test runs alone, those that the others take are given first.
    while ((await next()) !== instanceId);
    const spans = await waitFor('the steps to be reported', async () => {
      const { spans: found } = await getTimeline(coordinator.clients, instanceId);
      return found.some(({ name }) => name === 'container.ready') && found;
    });
    const of = (name: string) => spans.find((span) => span.name === name)?.containerIo;
    const ready = of('container.ready');
    expect(ready?.diskWriteBytes).toBeGreaterThanOrEqual(moved.disk);
    // Version 2 counts on the disk below the loop device too.
    expect(ready?.diskWriteBytes).toBeLessThan(3 * moved.disk);
    expect(ready?.diskReadBytes).toBeGreaterThanOrEqual(moved.disk);
    expect(ready?.diskWriteOperations).toBeGreaterThan(0);
    expect(ready?.diskReadOperations).toBeGreaterThan(0);
    expect(ready?.networkTransmitBytes).toBeGreaterThanOrEqual(moved.network);
    expect(ready?.networkTransmitBytes).toBeLessThan(2 * moved.network);
    // It came to be during its start, without a file or a message; before that there was nothing to count.
    expect(of('container.start')).toMatchObject({ networkReceiveBytes: expect.any(Number) });
    expect(of('container.create')).toBeNull();
    const show = ['show', instanceId, '--coordinator', coordinator.address];
    const shown = await command(process.execPath, ['coordinator/cli/main.ts', ...show]);
    expect(shown).toMatch(/^container\.ready app +\S+ MB +\S+ MB +\S+ kB +\S+ kB$/m);
  });
});
