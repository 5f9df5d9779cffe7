import { DescribeInstancesCommand, DescribeSubnetsCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorProgram } from '../../coordinator/cli/program.ts';
import { startSimulatedAgent, type SimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, release } from '../support/calls.ts';
import { startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { aPoolFile } from '../support/pool-file.ts';
import { runInside } from '../support/run-command.ts';
import { startHonestEc2, type HonestEc2 } from '../testbed/honest-ec2.ts';
import { motoRegion, startMoto, type Moto } from '../testbed/moto.ts';
import { waitFor } from '../testbed/wait.ts';

describe('a pool on EC2, with the real coordinator and SDK, and moto', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-pools-'));
  const agents = new Map<string, SimulatedAgent>();
  let moto: Moto;
  let ec2: HonestEc2;
  let coordinator: LoneCoordinator;
  let subnets: string[];

  beforeAll(async () => {
    moto = await startMoto(directory);
    ec2 = await startHonestEc2(moto.env['AWS_ENDPOINT_URL_EC2'] ?? '');
    const { Subnets = [] } = await moto.client.send(new DescribeSubnetsCommand({}));
    subnets = Subnets.map(({ SubnetId = '' }) => SubnetId).slice(0, 2);
    const env = { ...moto.env, AWS_ENDPOINT_URL_EC2: ec2.endpoint };
    coordinator = await startLoneCoordinator(['--region', motoRegion], env);
  });

  afterAll(async () => {
    await coordinator.close();
    await ec2.close();
    await moto.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const run = (...args: string[]) =>
    runInside(operatorProgram, [...args, '--coordinator', coordinator.address]);
  const apply = async (more: Readonly<Record<string, string>> = {}, ...options: string[]) => {
    const file = join(directory, 'pool.yaml');
    writeFileSync(file, aPoolFile(subnets, more));
    return await run('pools', 'apply', file, ...options);
  };
  const explain = async () => {
    const { stdout, stderr } = await run('pools', 'explain', 'web', '--json');
    expect(stderr).toBe('');
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  /** Ids of machines that run. */
  const running = async (): Promise<string[]> => {
    const Filters = [{ Name: 'instance-state-name', Values: ['running'] }];
    const { Reservations = [] } = await moto.client.send(new DescribeInstancesCommand({ Filters }));
    return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId = '' }) => InstanceId));
  };
  const tagged = async (name: string, value: string): Promise<string[]> => {
    const Filters = [{ Name: `tag:${name}`, Values: [value] }];
    const { Reservations = [] } = await moto.client.send(new DescribeInstancesCommand({ Filters }));
    return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId = '' }) => InstanceId));
  };
  /** Every machine boots, and its agent checks in; a builder has none. */
  const boot = async (): Promise<void> => {
    const builders = await tagged('parbake:spec', 'builder');
    for (const instanceId of await running())
      if (!agents.has(instanceId) && !builders.includes(instanceId))
        agents.set(
          instanceId,
          await startSimulatedAgent(coordinator.agents, {
            ...{ instanceId, role: 'web' },
            facts: {
              bakeId: 'bake',
              engineId: `engine of ${instanceId}`,
              machineIdHash: `machine of ${instanceId}`,
            },
          }),
        );
  };
  const settled = (wanted: Record<string, unknown>) =>
    waitFor(`the pool to be ${JSON.stringify(wanted)}`, async () => {
      await boot();
      const pool = await explain();
      return Object.entries(wanted).every(([key, value]) => pool[key] === value) ? pool : undefined;
    });

  test('is refused with every mistake, and a dry run changes nothing', async () => {
    const wrong = await apply({ max: '0', image: "'?'" });
    expect(wrong).toMatchObject({ exit: 2, stderr: expect.stringMatching(/2 mistakes.*max.*/s) });
    expect(await apply({}, '--dry-run')).toMatchObject({ exit: 0 });
    expect((await run('pools', 'list')).stdout).not.toContain('web');
    expect(await run('pools', 'explain', 'web')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('POOL_NOT_FOUND'),
    });
  });

  test('fills, and refills behind a user, with one machine for each that is wanted', async () => {
    expect(await apply()).toMatchObject({ exit: 0, stderr: '' });
    await settled({ condition: 'OK', ready: 2 });
    // The answer is lost, and the same call is made again.
    ec2.faults.set('RunInstances', [{ do: 'lose after' }]);
    const { assignment } = await assign(coordinator.clients, { user: 'alice', role: 'web' });
    await waitFor('the same call again', () => {
      const calls = ec2.calls.filter(({ action }) => action === 'RunInstances');
      const bodies = calls.map(({ fields }) => JSON.stringify([...fields]));
      return new Set(bodies).size < bodies.length;
    });
    agents.clear();
    await coordinator.restart('SIGKILL');
    await settled({ condition: 'OK', ready: 2, assigned: 1 });
    expect(await running()).toHaveLength(3);
    await release(coordinator.clients, assignment?.assignmentId ?? '');
    await waitFor(
      'the end of the machine',
      async () => !(await running()).includes(assignment?.instanceId ?? ''),
    );
  });

  test('builds an image, proves it on clones and promotes it, and nothing else is left', async () => {
    const recipe = join(directory, 'parbake.yaml');
    writeFileSync(recipe, 'apiVersion: parbake/v1\nimages: [alpine:3.20]\n');
    expect(await apply({ image: 'web' })).toMatchObject({ exit: 0 });
    const asked = ['--pool', 'web', '--base', 'ami-12c6146b', '--build-id', 'b1', '--json'];
    expect(await run('images', 'build', '--recipe', recipe, ...asked)).toMatchObject({ exit: 0, stderr: '' });
    const image = async () => {
      const { stdout } = await run('images', 'list', '--json');
      return (JSON.parse(stdout) as { images: Record<string, unknown>[] }).images[0] ?? {};
    };
    await waitFor('the builder', async () => (await tagged('parbake:spec', 'builder')).length === 1);
    const [builder = ''] = await tagged('parbake:spec', 'builder');
    ec2.consoles.set(builder, 'parbake-build b1 sealed');
    await moto.client.send(new StopInstancesCommand({ InstanceIds: [builder] }));
    await waitFor('the proof', async () => {
      await boot();
      return (await image())['state'] === 'AVAILABLE';
    });
    expect(await image()).toMatchObject({ is_current: false, channel: 'web', reason: '' });
    await waitFor('the end of builder and clones', async () => {
      const built = [
        ...(await tagged('parbake:spec', 'builder')),
        ...(await tagged('parbake:spec', 'clone')),
      ];
      const still = await running();
      return built.every((instanceId) => !still.includes(instanceId));
    });
    expect((await run('images', 'promote', 'b1')).stdout).toContain('AVAILABLE (current)');
    expect((await run('images', 'deprecate', 'b1')).stderr).toContain('ILLEGAL_TRANSITION');
    await apply();
    await settled({ condition: 'OK', ready: 2, outdated: 0 });
  });

  test('says why it has what it has, is paused, and ends with its machines', async () => {
    const { stdout } = await run('pools', 'explain', 'web');
    for (const line of [/^floor +2 /m, /^ready +-2 /m, /^max +\d /m, /^launch +0 /m])
      expect(stdout).toMatch(line);
    expect((await run('pools', 'pause', 'web', '--reason', 'new network')).stdout).toBe('web  paused\n');
    expect(JSON.stringify((await settled({ condition: 'PAUSED' }))['problems'])).toContain('new network');
    expect((await run('pools', 'pause', 'web', '--resume')).stdout).toBe('web  resumed\n');
    await settled({ condition: 'OK' });
    expect((await run('pools')).stdout).toMatch(/^web +2 /m);
    expect((await run('pools', 'delete', 'web')).stdout).toBe('web  deleting\n');
    await waitFor('the end of all machines', async () => (await running()).length === 0);
    await waitFor('the end of the pool', async () => !(await run('pools', 'list')).stdout.includes('web'));
  });
});
