import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readStatus } from '../../agent/daemon/status-socket.ts';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { buildImage, pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { unlessRequired } from '../support/requirement.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { assign, getAssignment, getInstance, getTimeline, release } from '../support/calls.ts';
import { launchClone, makeMachineImage, untilReady } from '../support/machine-images.ts';

const missing = unlessRequired(testbedMissing());

/** Serves a page on port 8080. */
const serve = 'exec /bin/busybox httpd -f -p 8080 -h /www';

describe.skipIf(missing !== undefined)(`containers of an order that end ${missing ?? ''}`, () => {
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
    const lines = [
      'FROM scratch',
      'COPY busybox /bin/busybox',
      'COPY index.html /www/',
      `ENV SCRIPT='${serve}'`,
    ];
    lines.push(`CMD ["/bin/busybox", "sh", "-c", "eval \\"$SCRIPT\\""]`);
    writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
    await buildImage(builder, directory, ref);
    await pushImage(builder, ref);
    await installGate(builder.root);
    const app = `name: app, image: '${ref}', user_env: [SCRIPT], stop_timeout: 1`;
    const http = 'ready: { http: { port: 8080 } }';
    await makeMachineImage(
      testbed,
      builder,
      `apiVersion: parbake/v1
images: ['${ref}']
roles:
  job: { containers: [{ ${app} }, { name: cache, image: '${ref}', restart: always, stop_timeout: 1 }] }
  web: { containers: [{ ${app}, ${http} }] }
  retried: { containers: [{ ${app}, ${http}, restart: 'on-failure:2' }] }
  plain: { containers: [{ ${app}, ${http}, prepare: none }] }
  kept: { containers: [{ ${app}, ${http}, restart: always }] }
  page: { containers: [{ ${app}, ready: { http: { port: 8080, path: /missing }, timeout: 1 } }] }
  logs: { containers: [{ ${app}, ready: { log: '^ready$' } }] }
`,
      ['--remove-build-cache'],
    );
    coordinator = await startCoordinator(testbed);
  });

  afterAll(async () => {
    await testbed?.close();
  });

  /** What the agent logs when its order comes to another state. */
  interface OrderLine {
    order: string;
    reason?: string;
    fault?: string;
    ended?: string[];
  }

  interface DockerEvent {
    Actor: { ID: string; Attributes: Record<string, string> };
  }

  interface Served {
    engine: Engine;
    agent: Started;
    assignmentId: string;
    /** Waits until the order is in this state. The coordinator may have it taken down right after. */
    until: (state: string) => Promise<OrderLine>;
    /** The application's container. */
    app: () => Promise<string>;
  }

  /** An instance that has an order of the role. */
  async function ordered(role: string, script: string, options: readonly string[] = []): Promise<Served> {
    const instanceId = `i-${String(++count).padStart(17, '0')}`;
    const engine = await launchClone(testbed, builder, instanceId);
    const agent = startAgent(testbed, engine, coordinator, instanceId, { options });
    await untilReady(coordinator, instanceId, agent);
    const order = { user: 'alice', role, env: { SCRIPT: script } };
    const { assignment } = await assign(coordinator.clients, { ...order, wait: 'WAIT_UNTIL_CLAIMED' });
    expect(assignment?.instanceId).toBe(instanceId);
    return {
      engine,
      agent,
      assignmentId: assignment?.assignmentId ?? '',
      until: (state) =>
        waitFor(`the order to be ${state}`, () => {
          if (agent.ended() !== undefined) throw new Error(`the agent ended: ${agent.log()}`);
          const lines = agent
            .log()
            .split('\n')
            .filter((line) => line.endsWith('"msg":"order"}'));
          return lines
            .map((line) => JSON.parse(line) as OrderLine)
            .find(({ order: found }) => found === state);
        }),
      app: async () => {
        const all = await engine.docker.listContainers({ all: true });
        const isMine = (has: Readonly<Record<string, string>>): boolean =>
          has['dev.parbake.container'] === 'app' && has['dev.parbake.role'] === role;
        return all.find(({ Labels }) => isMine(Labels))?.Id ?? '';
      },
    };
  }

  /** Nobody tries it on another instance. */
  async function end({ engine, agent, assignmentId }: Served): Promise<void> {
    await release(coordinator.clients, assignmentId);
    await agent.stop();
    await engine.stop();
  }

  /** The containers of a role that ended, once for each time, by name. Docker remembers it after they are removed. */
  async function endedContainers(engine: Engine, role: string): Promise<string[]> {
    const dead = await eventsOf(engine, 'die', role);
    return dead.map(({ Actor }) => Actor.Attributes['dev.parbake.container'] ?? '').toSorted();
  }

  /** Ids of the containers of a role that were started, once for each time since Docker itself was started. */
  async function startedContainers(engine: Engine, role: string): Promise<string[]> {
    return (await eventsOf(engine, 'start', role)).map(({ Actor }) => Actor.ID);
  }

  async function eventsOf({ docker }: Engine, event: string, role: string): Promise<DockerEvent[]> {
    const filters = { type: ['container'], event: [event], label: [`dev.parbake.role=${role}`] };
    const until = Math.floor(Date.now() / 1000);
    const events = await docker.getEvents({ since: 0, until, filters: JSON.stringify(filters) });
    const lines = (await text(events)).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as DockerEvent);
  }

  test('A6: a job that exits with 0 completes its order, runs once, and what helped it is stopped', async () => {
    const job = await ordered('job', 'echo working; /bin/busybox sleep 1; echo done');
    const status = await job.until('COMPLETED');
    expect(status).toMatchObject({ ended: ['app exited with code 0'] });
    const ended = await waitFor('the cache to be stopped', async () => {
      const names = await endedContainers(job.engine, 'job');
      return names.length > 1 && names;
    });
    expect(ended).toEqual(['app', 'cache']);
    await end(job);
  });

  test('A7: an application that exits with 3 is its user’s fault, and finding 9: its output is for its owner alone', async () => {
    const web = await ordered('web', 'echo no such branch for canary-$SCRIPT; exit 3');
    const status = await web.until('FAILED');
    expect(status).toMatchObject({ fault: 'USER', ended: ['app exited with code 3'] });
    expect(status.reason).toMatch(/^CONTAINER_EXITED: .* exited with code 3$/);
    // Finding 9: what it printed is for the owner alone, without the values of the order.
    const shown = await waitFor('the failure', async () => {
      const { assignment: found } = await getAssignment(coordinator.clients, web.assignmentId);
      return found?.state === 'ASSIGNMENT_STATE_FAILED' ? found : undefined;
    });
    expect(shown.lastOutput).toBe('no such branch for canary-***');
    expect(JSON.stringify({ ...shown, lastOutput: '' })).not.toContain('canary');
    expect(web.agent.log()).not.toContain('canary');
    expect(coordinator.process.log()).not.toContain('canary');
    const { spans, starts } = await getTimeline(coordinator.clients, shown.instanceId);
    expect(JSON.stringify({ spans, starts })).not.toContain('canary');
    const instance = await getInstance(coordinator.clients, shown.instanceId);
    expect(JSON.stringify(instance)).not.toContain('canary');
    await end(web);
  });

  test('a gated container is restarted as its policy says, and gets its order again', async () => {
    const count3 = 'n=$(/bin/busybox cat /n); n=$((n+1)); echo $n >/n; [ $n -lt 3 ] && exit 3';
    const retried = await ordered('retried', `${count3}; ${serve}`);
    const before = await retried.app();
    await retried.until('SERVING');
    expect(await retried.app()).toBe(before);
    const failed = await ordered('retried', 'exit 3');
    const status = await failed.until('FAILED');
    expect(status.ended).toEqual(['app exited with code 3, after 2 restarts']);
    await end(retried);
    await end(failed);
  });

  /** What a boot leaves: the disk, and nothing of what ran or was in memory. */
  async function reboot({ engine, agent }: Served): Promise<void> {
    await agent.stop('SIGKILL');
    await engine.restart('SIGKILL');
    rmSync(join(engine.root, 'run/parbake'), { recursive: true });
    const [, instanceId = ''] = /(i-\d{17})\.log$/.exec(agent.logFile) ?? [];
    const again = startAgent(testbed, engine, coordinator, instanceId);
    testbed.onClose(() => again.stop());
  }

  test.each([
    ['web', 'gated, its restart policy "no"'],
    ['plain', 'made at its order, its restart policy "no"'],
  ])('A17: a reboot ends a container, which is not run a second time: %s, %s', async (role) => {
    const served = await ordered(role, serve);
    await served.until('SERVING');
    const isRecorded = (): boolean =>
      existsSync(join(served.engine.root, 'var/lib/parbake/passed-gates.json'));
    // Both have their variables through a gate.
    await waitFor('the record of its gate', isRecorded);
    await reboot(served);
    const failed = await waitFor('the failure', async () => {
      const { assignment } = await getAssignment(coordinator.clients, served.assignmentId);
      return assignment?.state === 'ASSIGNMENT_STATE_FAILED' ? assignment : undefined;
    });
    expect(failed).toMatchObject({
      attempt: 1,
      reason: 'CONTAINER_EXITED',
      message: expect.stringContaining('ended because Docker or the instance was restarted') as string,
    });
    expect(failed.attempts[0]).toMatchObject({ fault: 'FAULT_MACHINE' });
    expect(failed.attempts[0]?.containers).toMatchObject([{ container: 'app', engineRestarted: true }]);
    expect(await startedContainers(served.engine, role)).toEqual([]);
    await served.engine.stop();
  });

  test('a container that is always restarted is after a reboot too, and gets its order again', async () => {
    const served = await ordered('kept', serve);
    await served.until('SERVING');
    const before = await served.app();
    await waitFor('the record of its gate', () =>
      existsSync(join(served.engine.root, 'var/lib/parbake/passed-gates.json')),
    );
    await reboot(served);
    await waitFor('it to be started again', async () => {
      const started = await startedContainers(served.engine, 'kept');
      return started.length > 0 && started.every((id) => id === before);
    });
    const { assignment } = await getAssignment(coordinator.clients, served.assignmentId);
    expect(assignment).toMatchObject({ state: 'ASSIGNMENT_STATE_SERVING', attempt: 1 });
    await served.engine.stop();
  });

  test('A17: what ended a container is told apart, though the exit code is the same', async () => {
    const killed = await ordered('web', serve);
    await killed.until('SERVING');
    await killed.engine.docker.getContainer(await killed.app()).kill();
    expect(await killed.until('FAILED')).toMatchObject({
      fault: 'MACHINE',
      ended: ['app was killed from outside (SIGKILL)'],
    });
    await end(killed);

    const eater = 'x=x; while [ ! -e /eat ]; do /bin/busybox sleep 0.1; done; while :; do x=$x$x; done';
    const hungry = await ordered('job', eater);
    await hungry.until('SERVING');
    const app = hungry.engine.docker.getContainer(await hungry.app());
    await app.update({ Memory: 16 * 1024 ** 2, MemorySwap: 16 * 1024 ** 2 });
    const { State } = await app.inspect();
    writeFileSync(`/proc/${State.Pid}/root/eat`, '');
    expect(await hungry.until('FAILED')).toMatchObject({
      fault: 'USER',
      ended: ['app was killed because it exceeded its memory limit'],
    });
    await end(hungry);

    const restarted = await ordered('web', serve);
    await restarted.until('SERVING');
    await restarted.engine.restart('SIGTERM');
    expect(await restarted.until('FAILED')).toMatchObject({
      fault: 'MACHINE',
      ended: ['app ended because Docker or the instance was restarted'],
    });
    await end(restarted);
  });

  test('A17: a process that is killed on the host was killed from outside, too', async () => {
    const web = await ordered('web', serve);
    await web.until('SERVING');
    const { State } = await web.engine.docker.getContainer(await web.app()).inspect();
    await command('kill', ['-KILL', String(State.Pid)]);
    expect(await web.until('FAILED')).toMatchObject({ fault: 'MACHINE' });
    await end(web);
  });

  test('A10: the reason of a readiness timeout has what the last try saw', async () => {
    const page = await ordered('page', serve);
    const { reason, fault } = await page.until('FAILED');
    expect(reason).toMatch(/^READINESS_TIMEOUT: .*GET \/missing on port 8080 answered 404, \d+ tries$/);
    expect(fault).toBe('USER');
    await end(page);
  });

  test('A11: a log line counts, however many follow it', async () => {
    const many = 'echo ready; /bin/busybox seq 1 5000; while :; do /bin/busybox sleep 1; done';
    const logs = await ordered('logs', many);
    expect(await logs.until('SERVING')).toMatchObject({ order: 'SERVING' });
    await end(logs);
  });

  test('A18: a container that Docker does not remove is said to be so, until it is gone', async () => {
    const web = await ordered('web', serve);
    await web.until('SERVING');
    const { pid } = web.engine.process;
    const signal = (name: string): Promise<string> => command('kill', [`-${name}`, String(pid)]);
    await signal('STOP');
    await release(coordinator.clients, web.assignmentId);
    const socket = join(web.engine.root, 'run/parbake/agent.sock');
    const reason = await waitFor(
      'the reason',
      async () => (await readStatus(socket)).order_error || undefined,
    );
    expect(reason).toMatch(/^DOCKER_UNAVAILABLE: cannot /);
    await signal('CONT');
    await web.until('STOPPED');
    await end(web);
  });

  test('a machine is powered off once its assignment is over, if it is to be', async () => {
    const said = join(testbed.directory, 'powered-off');
    const program = join(testbed.directory, 'poweroff');
    writeFileSync(program, `#!/bin/sh\necho off >>${said}\n`, { mode: 0o755 });
    const options = ['--on-release', 'poweroff', '--poweroff-program', program];
    const web = await ordered('web', serve, options);
    await web.until('SERVING');
    expect(existsSync(said)).toBe(false);
    await release(coordinator.clients, web.assignmentId);
    await waitFor('the machine to be powered off', () => existsSync(said));
    expect(await web.engine.docker.listContainers({ all: true })).toEqual([]);
    await end(web);
    expect(readFileSync(said, 'utf8')).toBe('off\n');
  });
});
