import {
  DescribeInstancesCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type DescribeInstancesCommandOutput,
} from '@aws-sdk/client-ec2';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { motoRegion, startMoto, type Moto } from '../testbed/moto.ts';
import { waitFor } from '../testbed/wait.ts';
import type { InstanceFacts } from '../../proto/gen/parbake/v1/InstanceFacts.ts';
import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, getInstance, listAssignments, release } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';

describe('EC2', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-ec2-'));
  let moto: Moto;
  let coordinator: LoneCoordinator;
  let ids: string[];

  const tagsOf = async (instanceId: string): Promise<Record<string, string>> => {
    const found: DescribeInstancesCommandOutput = await moto.client.send(
      new DescribeInstancesCommand({ InstanceIds: [instanceId] }),
    );
    const tags = found.Reservations?.[0]?.Instances?.[0]?.Tags ?? [];
    return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
  };
  const instanceWith = (
    instanceId: string,
    condition: (instance: Instance__Output) => boolean,
  ): Promise<Instance__Output> =>
    waitFor(`instance ${instanceId}`, async () => {
      const instance = await getInstance(coordinator.clients, instanceId);
      return condition(instance) ? instance : undefined;
    });

  beforeAll(async () => {
    moto = await startMoto(directory);
    const launched = await moto.client.send(
      new RunInstancesCommand({
        ImageId: 'ami-12c6146b',
        InstanceType: 'm7i.large',
        MinCount: 3,
        MaxCount: 3,
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'team', Value: 'previews' }] }],
      }),
    );
    ids = (launched.Instances ?? []).map(({ InstanceId = '' }) => InstanceId);
    coordinator = await startLoneCoordinator(['--region', motoRegion], moto.env);
  });

  afterAll(async () => {
    await coordinator.close();
    await moto.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test('an instance that checks in is looked up; one that EC2 does not have is said so and holds nothing up', async () => {
    await startSimulatedAgent(coordinator.agents, {
      instanceId: ids[0] ?? '',
      role: 'web',
      userEnv: ['BRANCH'],
    });
    await startSimulatedAgent(coordinator.agents, { instanceId: 'i-00000000000000000', role: 'elsewhere' });
    const { ec2 } = await instanceWith(ids[0] ?? '', (instance) => instance.ec2 !== null);
    expect(ec2).toMatchObject({
      state: 'running',
      instanceType: 'm7i.large',
      imageId: 'ami-12c6146b',
      tags: { team: 'previews' },
    });
    await waitFor('the log to name it', () =>
      coordinator.process.log().includes('EC2 does not know this instance'),
    );
    expect((await getInstance(coordinator.clients, 'i-00000000000000000')).ec2).toBeNull();
  });

  test('its user is on its tags, beside what was there, and stays there after the release', async () => {
    const { assignment } = await assign(coordinator.clients, {
      user: 'alice',
      role: 'web',
      environment: 'feature/x',
    });
    expect(assignment?.instanceId).toBe(ids[0]);
    const tags = await waitFor('the tags', async () => {
      const found = await tagsOf(ids[0] ?? '');
      return found['parbake:user'] === undefined ? undefined : found;
    });
    expect(tags).toStrictEqual({
      team: 'previews',
      'parbake:user': 'alice',
      'parbake:role': 'web',
      'parbake:environment': 'feature/x',
      'parbake:assignment': assignment?.assignmentId,
    });
    await release(coordinator.clients, assignment?.assignmentId ?? '');
    const { ec2 } = await instanceWith(
      ids[0] ?? '',
      ({ state, ec2 }) => state === 'INSTANCE_STATE_RETIRED' && ec2?.tags['parbake:user'] === 'alice',
    );
    expect(ec2?.tags['parbake:role']).toBe('web');
  });

  test('an instance that did not serve does not keep the name of a user who never had it', async () => {
    const [, broken = '', healthy = ''] = ids;
    await readyAgent(coordinator, { instanceId: broken, role: 'api', outcome: 'FAILED' });
    await readyAgent(coordinator, { instanceId: healthy, role: 'api' });
    const { assignment } = await assign(coordinator.clients, { user: 'bob', role: 'api' });
    expect(assignment).toMatchObject({ instanceId: healthy, attempt: 2 });
    await waitFor('the tags', async () => (await tagsOf(healthy))['parbake:user'] === 'bob');
    await instanceWith(broken, ({ ec2 }) => ec2 !== null && ec2.tags['parbake:user'] === undefined);
    expect(await tagsOf(broken)).toStrictEqual({ team: 'previews' });
  });

  test('with EC2 away an assignment is served all the same, and is told later, also after a restart', async () => {
    const [id = ''] = (
      await moto.client.send(new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1 }))
    ).Instances?.map(({ InstanceId = '' }) => InstanceId) ?? [''];
    // Moto keeps its instances in memory: it is stopped, not ended, and answers nobody.
    moto.process.child.kill('SIGSTOP');
    await startSimulatedAgent(coordinator.agents, { instanceId: id, role: 'late' });
    const { assignment } = await assign(coordinator.clients, { user: 'carol', role: 'late' });
    expect(assignment).toMatchObject({ instanceId: id, state: 'ASSIGNMENT_STATE_SERVING' });
    await coordinator.restart('SIGKILL', async () => {
      moto.process.child.kill('SIGCONT');
      expect(await tagsOf(id)).toStrictEqual({});
    });
    await waitFor('the tags', async () => (await tagsOf(id))['parbake:user'] === 'carol');
  });

  /** A machine of its own that serves a role of its own. */
  const launched = async (role: string, facts: Partial<InstanceFacts> = {}) => {
    const found = await moto.client.send(
      new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1 }),
    );
    const instanceId = found.Instances?.[0]?.InstanceId ?? '';
    const agent = await readyAgent(coordinator, { instanceId, role, facts });
    await instanceWith(instanceId, ({ ec2 }) => ec2 !== null);
    const { assignment } = await assign(coordinator.clients, { user: 'dora', role });
    return { instanceId, agent, assignmentId: assignment?.assignmentId ?? '' };
  };

  test('RETIRED is not TERMINATED: that is what EC2 says, and a release says what follows', async () => {
    const { instanceId, agent, assignmentId } = await launched('once', { powersOff: true });
    const released = await release(coordinator.clients, assignmentId);
    expect(released.afterRelease).toBe('AFTER_RELEASE_EC2_SHUTDOWN_BEHAVIOR');
    await instanceWith(instanceId, ({ state }) => state === 'INSTANCE_STATE_RETIRED');
    await moto.client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    agent.cut();
    const { ec2 } = await instanceWith(instanceId, ({ state }) => state === 'INSTANCE_STATE_TERMINATED');
    expect(ec2?.state).toBe('terminated');
    expect((await release(coordinator.clients, assignmentId)).afterRelease).toBe('AFTER_RELEASE_UNSPECIFIED');
  });

  test('a silent instance of which EC2 says that it is stopped is LOST, and its assignment fails', async () => {
    const { instanceId, agent, assignmentId } = await launched('stopped');
    await moto.client.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
    agent.cut();
    const { reason, message } = await instanceWith(
      instanceId,
      ({ state }) => state === 'INSTANCE_STATE_LOST',
    );
    expect({ reason, message }).toEqual({
      reason: 'INSTANCE_LOST',
      message: 'EC2 says that it is stopped',
    });
    const [found] = await listAssignments(coordinator.clients, { instanceId });
    expect(found).toMatchObject({ assignmentId, state: 'ASSIGNMENT_STATE_FAILED', reason: 'INSTANCE_LOST' });
  });
});
