import { copyFileSync, existsSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Assignment__Output } from '../../proto/gen/parbake/v1/Assignment.ts';
import { assign, getAssignment, release } from '../support/calls.ts';
import { launchClone, makeMachineImage, untilReady } from '../support/machine-images.ts';
import { unlessRequired } from '../support/requirement.ts';
import { interceptDocker, type DockerCall, type Interception } from '../testbed/docker-intercept.ts';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { buildImage, pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = unlessRequired(testbedMissing());

const create: DockerCall = { method: 'POST', path: /\/containers\/create/ };
const start: DockerCall = { method: 'POST', path: /\/containers\/\w+\/start/ };
const stop: DockerCall = { method: 'POST', path: /\/containers\/\w+\/stop/ };
const remove: DockerCall = { method: 'DELETE', path: /\/containers\/\w+/ };

describe.skipIf(missing !== undefined)(`an agent that is killed between two steps ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let coordinator: Coordinator;
  let builder: Engine;
  let count = 0;

  beforeAll(async () => {
    testbed = await createTestbed();
    const ref = `${(await testbed.registry()).address}/acme/script:1`;
    builder = await testbed.startEngine();
    const directory = testbed.makeDirectory('script');
    copyFileSync('/bin/busybox', join(directory, 'busybox'));
    writeFileSync(join(directory, 'index.html'), 'Hello\n');
    const script = `echo ran; exec /bin/busybox httpd -f -p 8080 -h /www`;
    const lines = ['FROM scratch', 'COPY busybox /bin/busybox', 'COPY index.html /www/'];
    lines.push(`CMD ["/bin/busybox", "sh", "-c", "${script}"]`);
    writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
    await buildImage(builder, directory, ref);
    await pushImage(builder, ref);
    await installGate(builder.root);
    const app = `name: app, image: '${ref}', stop_timeout: 1, ports: [8080], ready: { http: { port: 8080 } }`;
    await makeMachineImage(
      testbed,
      builder,
      `apiVersion: parbake/v1
images: ['${ref}']
roles:
  gated: { containers: [{ ${app} }] }
  plain: { containers: [{ ${app}, prepare: none }] }
`,
      ['--remove-build-cache'],
    );
    coordinator = await startCoordinator(testbed);
  });

  afterAll(async () => {
    await testbed?.close();
  });

  interface Launched {
    engine: Engine;
    docker: Interception;
    agent: Started;
    instanceId: string;
  }

  async function launched(): Promise<Launched> {
    const instanceId = `i-${String(++count).padStart(17, '0')}`;
    const engine = await launchClone(testbed, builder, instanceId);
    const docker = await interceptDocker(engine.socket, join(engine.root, 'run/intercepted.sock'));
    testbed.onClose(() => Promise.resolve(docker.close()));
    const options = ['--docker-socket', docker.socket];
    const agent = startAgent(testbed, engine, coordinator, instanceId, { options });
    await untilReady(coordinator, instanceId, agent);
    return { engine, docker, agent, instanceId };
  }

  async function order(role: string): Promise<string> {
    const wanted = { user: 'alice', role, wait: 'WAIT_UNTIL_CLAIMED' } as const;
    const { assignment } = await assign(coordinator.clients, wanted);
    return assignment?.assignmentId ?? '';
  }

  async function assignmentOf(assignmentId: string): Promise<Assignment__Output> {
    const { assignment } = await getAssignment(coordinator.clients, assignmentId);
    if (assignment === null) throw new Error(`no assignment ${assignmentId} in the answer`);
    return assignment;
  }

  const containersOf = async ({ docker }: Engine, role: string) =>
    (await docker.listContainers({ all: true })).filter(({ Labels }) => Labels['dev.parbake.role'] === role);

  /** How often the user's command ran, in all containers that there are. */
  async function runs(engine: Engine, role: string): Promise<number> {
    const logs = await Promise.all(
      (await containersOf(engine, role)).map(({ Id }) =>
        engine.docker.getContainer(Id).logs({ stdout: true, stderr: true }),
      ),
    );
    return logs.reduce((sum, log) => sum + (log.toString().match(/ran\n/g)?.length ?? 0), 0);
  }

  const killed = ({ agent }: Launched): Promise<unknown> =>
    waitFor('the agent to be dead', () => agent.ended() === 'SIGKILL');
  const restart = ({ engine, instanceId }: Launched): Started =>
    startAgent(testbed, engine, coordinator, instanceId);

  /** The order is carried out by the agent that comes back, or it was passed over, and is then nowhere. */
  async function isCarriedOutOnce(
    { engine, instanceId }: Launched,
    role: string,
    assignmentId: string,
  ): Promise<boolean> {
    const state = await waitFor('an outcome', async () => {
      const { state: now, attempts } = await assignmentOf(assignmentId);
      const isPassedOver = attempts[0]?.outcome === 'ATTEMPT_OUTCOME_UNDELIVERED';
      return now === 'ASSIGNMENT_STATE_SERVING' || isPassedOver ? now : undefined;
    });
    if (state !== 'ASSIGNMENT_STATE_SERVING') {
      // An agent that was away for too long: another instance has it, and here nothing of it is left.
      await waitFor(`${instanceId} to have nothing of it`, async () => (await runs(engine, role)) === 0);
      return false;
    }
    expect(await runs(engine, role)).toBe(1);
    expect(await containersOf(engine, role)).toHaveLength(1);
    return true;
  }

  async function isGone({ engine }: Launched, role: string, assignmentId: string): Promise<void> {
    await waitFor('the release', async () => {
      const { state } = await assignmentOf(assignmentId);
      return state === 'ASSIGNMENT_STATE_RELEASED';
    });
    expect(await containersOf(engine, role)).toEqual([]);
  }

  async function end({ engine, docker }: Launched, agent: Started): Promise<void> {
    await agent.stop();
    docker.close();
    await engine.stop();
  }

  test.each([
    ['before', 'creates', create],
    ['after', 'created', create],
    ['before', 'starts', start],
    ['after', 'started', start],
  ] as const)('%s it %s the container of an order', async (when, _what, call) => {
    const machine = await launched();
    machine.docker.at(when, call, () => machine.agent.child.kill('SIGKILL'));
    const assignmentId = await order('plain');
    await killed(machine);
    const agent = restart(machine);
    const isServed = await isCarriedOutOnce(machine, 'plain', assignmentId);
    expect(await runs(machine.engine, 'plain')).toBe(isServed ? 1 : 0);
    await release(coordinator.clients, assignmentId);
    if (isServed) await isGone(machine, 'plain', assignmentId);
    await end(machine, agent);
  });

  test.each([
    ['before', 'stops', stop],
    ['after', 'stopped', stop],
    ['before', 'removes', remove],
    ['after', 'removed', remove],
  ] as const)('%s it %s the container of a release', async (when, _what, call) => {
    const machine = await launched();
    const assignmentId = await order('plain');
    expect(await isCarriedOutOnce(machine, 'plain', assignmentId)).toBe(true);
    machine.docker.at(when, call, () => machine.agent.child.kill('SIGKILL'));
    await release(coordinator.clients, assignmentId);
    await killed(machine);
    const agent = restart(machine);
    await isGone(machine, 'plain', assignmentId);
    await end(machine, agent);
  });

  test.each([
    ['its variables are kept', 'run/parbake', 'order-env.json'],
    ['its order is stored', 'var/lib/parbake', 'state.json'],
    ['it has noted that a gate passed', 'var/lib/parbake', 'passed-gates.json'],
  ])('as soon as %s', async (_what, directory, file) => {
    const machine = await launched();
    const { engine, agent: first } = machine;
    const watcher = watch(join(engine.root, directory), (_event, name) => {
      if (name === file && existsSync(join(engine.root, directory, file))) first.child.kill('SIGKILL');
    });
    const assignmentId = await order('gated');
    await killed(machine);
    watcher.close();
    const agent = restart(machine);
    const isServed = await isCarriedOutOnce(machine, 'gated', assignmentId);
    expect(await runs(engine, 'gated')).toBe(isServed ? 1 : 0);
    await release(coordinator.clients, assignmentId);
    if (isServed) await isGone(machine, 'gated', assignmentId);
    await end(machine, agent);
  });

  test('as soon as the command behind a gate runs', async () => {
    const machine = await launched();
    const [gated] = await containersOf(machine.engine, 'gated');
    const log = await machine.engine.docker
      .getContainer(gated?.Id ?? '')
      .logs({ follow: true, stdout: true, stderr: true });
    log.on('data', () => machine.agent.child.kill('SIGKILL'));
    const assignmentId = await order('gated');
    await killed(machine);
    const agent = restart(machine);
    const isServed = await isCarriedOutOnce(machine, 'gated', assignmentId);
    expect((await containersOf(machine.engine, 'gated')).map(({ Id }) => Id)).toEqual(
      isServed ? [gated?.Id] : [],
    );
    await release(coordinator.clients, assignmentId);
    await end(machine, agent);
  });
});
