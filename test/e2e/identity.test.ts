import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runToEnd, type Ended } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { startProgram, type Started } from '../testbed/processes.ts';
import { createTestbed, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { dockerEras } from '../support/docker-eras.ts';

const project = join(import.meta.dirname, '../..');
const page = readFileSync(join(project, 'docs/identity.md'), 'utf8');

/** A command of docs/identity.md, by the name in the comment above it. */
function documented(name: string): string {
  const [, command] =
    new RegExp(`<!-- identity: ${name} -->\\n\`\`\`sh\\n(.*?)\\n\`\`\``, 's').exec(page) ?? [];
  if (command === undefined) throw new Error(`docs/identity.md has no command ${name}`);
  return command;
}

const [{ why, engine: options }] = dockerEras as [(typeof dockerEras)[number]];

describe.skipIf(why !== undefined)(`docs/identity.md ${why ?? ''}`, () => {
  let testbed: Testbed;
  let directory: string;
  let coordinator: Started;
  /** The one that the tests go on with. */
  let renewed: { agent: Started; engine: Engine };
  const socket = (): string => `unix:${join(directory, 'operators.sock')}`;

  beforeAll(async () => {
    testbed = await createTestbed();
    directory = testbed.makeDirectory('identity');
    const programs = join(directory, 'programs');
    mkdirSync(programs);
    for (const [name, file] of [
      ['parbake-coordinator', 'coordinator/main.ts'],
      ['parbake-agent', 'agent/main.ts'],
      ['parbake', 'coordinator/cli/main.ts'],
    ] as const) {
      writeFileSync(
        join(programs, name),
        `#!/bin/sh\nexec ${process.execPath} ${join(project, file)} "$@"\n`,
      );
      chmodSync(join(programs, name), 0o755);
    }
    coordinator = startCoordinator('');
    await waitFor('the coordinator to listen', () => {
      if (coordinator.ended() !== undefined) throw new Error(`the coordinator ended: ${coordinator.log()}`);
      return coordinator.log().includes('"listening"');
    });
  });

  afterAll(async () => {
    await testbed?.close();
  });

  /** As the page says it, in the directory of this test. */
  const shell = (command: string): string =>
    `cd ${directory} && PATH=${directory}/programs:$PATH && ${command.replaceAll('10.0.1.10', testbed.hostAddress)}`;

  const startCoordinator = (more: string): Started => {
    const command = shell(`exec ${documented('coordinator')} ${more}`);
    const env = { ...process.env, PARBAKE_LISTEN: socket() };
    const started = startProgram('sh', ['-c', command], join(directory, 'coordinator.log'), env);
    testbed.onClose(() => started.stop());
    return started;
  };

  const startAgent = (engine: Engine, command: string): Started => {
    const here = `--root ${engine.root} --address ${engine.address}`;
    const log = join(directory, `agent-${engine.address}.log`);
    const started = engine.startInside('sh', ['-c', shell(`exec ${command} ${here}`)], log);
    testbed.onClose(() => started.stop());
    return started;
  };

  const parbake = (...args: string[]): Promise<Ended> =>
    runToEnd('sh', ['-c', shell('exec parbake "$@"'), 'sh', ...args], {
      env: { ...process.env, PARBAKE_COORDINATOR: socket() },
    });

  const untilConnected = (instanceId: string, agent: Started): Promise<unknown> =>
    waitFor(`${instanceId} to be connected`, async () => {
      if (agent.ended() !== undefined) throw new Error(`the agent ended: ${agent.log()}`);
      const { stdout } = await parbake('instances', '--json');
      const { instances } = JSON.parse(stdout) as {
        instances: { instance_id: string; connected: boolean }[];
      };
      return instances.some((one) => one.instance_id === instanceId && one.connected);
    });

  test('two commands bring up a coordinator with its own CA and an agent that attests', async () => {
    const engine = await testbed.startEngine(options);
    const agent = startAgent(engine, documented('agent'));
    await untilConnected('rack-7', agent);
    expect(agent.log()).toContain('"certificate received"');
    expect(existsSync(join(engine.root, 'var/lib/parbake/identity.json'))).toBe(true);
    await agent.stop();
    await engine.stop();
  });

  test('an operator admits one more, whose agent renews its certificate and stays connected', async () => {
    await coordinator.stop();
    coordinator = startCoordinator('--certificate-ttl 30s');
    await waitFor('an operator to be answered', async () => (await parbake('instances')).exit === 0);
    const token = await runToEnd('sh', ['-c', shell(documented('token'))], {
      env: { ...process.env, PARBAKE_COORDINATOR: socket() },
    });
    expect(token).toMatchObject({ exit: 0, stderr: '' });
    const engine = await testbed.startEngine(options);
    const agent = startAgent(engine, documented('agent').replace('rack-7', 'rack-8'));
    await untilConnected('rack-8', agent);
    await waitFor('a renewal', () => agent.log().split('"certificate received"').length > 2);
    await untilConnected('rack-8', agent);
    expect(agent.log()).not.toContain('lost the coordinator');
    renewed = { agent, engine };
  });

  test('an agent whose instance an operator locks says so, and why', async () => {
    const { agent, engine } = renewed;
    expect(await parbake('lock', 'rack-8', '--reason', 'its disk was copied')).toMatchObject({ exit: 0 });
    await waitFor('the agent to say that it is refused', () =>
      agent.log().includes('"the coordinator refuses this instance, retrying"'),
    );
    const said = agent.log().split('\n').filter(Boolean);
    const lines = said.map((line) => JSON.parse(line) as { level: number; msg: string; reason?: string });
    const lost = lines.find(({ msg }) => msg === 'lost the coordinator, retrying');
    const refused = lines.filter(({ msg }) => msg === 'the coordinator refuses this instance, retrying');
    expect(lost?.reason).toContain('it was replaced or revoked');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toBe('INSTANCE_LOCKED: rack-8 is locked: its disk was copied');
    await agent.stop();
    await engine.stop();
  });
});
