import { DescribeInstancesCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
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
  /** Every machine boots, and its agent checks in. */
  const boot = async (): Promise<void> => {
    for (const instanceId of await running())
      if (!agents.has(instanceId))
        agents.set(instanceId, await startSimulatedAgent(coordinator.agents, { instanceId, role: 'web' }));
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
