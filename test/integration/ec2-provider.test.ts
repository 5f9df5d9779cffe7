import {
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  RunInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test, vi } from 'vitest';
import type { Provider } from '../../coordinator/core/pool/provider.ts';
import { ec2Provider } from '../../coordinator/ec2/ec2-provider.ts';
import { startHonestEc2, type HonestEc2, type HttpFault } from '../testbed/honest-ec2.ts';
import { motoRegion, startMoto, type Moto } from '../testbed/moto.ts';
import { aLaunchRequest } from '../support/pool-builders.ts';
import { providerSuite } from '../support/provider-suite.ts';

const directory = mkdtempSync(join(tmpdir(), 'parbake-ec2-provider-'));
const actions = {
  launch: 'RunInstances',
  list: 'DescribeInstances',
  terminate: 'TerminateInstances',
  'create image': 'CreateImage',
  'remove image': 'DeregisterImage',
};
let moto: Moto;

beforeAll(async () => {
  moto = await startMoto(directory);
  for (const [name, value] of Object.entries(moto.env)) vi.stubEnv(name, value);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await moto.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Place {
  ec2: HonestEc2;
  provider: Provider;
  subnets: readonly [string, string];
  close(): Promise<void>;
}

/** An account with nothing in it. */
async function anAccount(): Promise<Place> {
  const endpoint = moto.env['AWS_ENDPOINT_URL_EC2'] ?? '';
  await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
  const { Subnets = [] } = await moto.client.send(new DescribeSubnetsCommand({}));
  const [first = '', second = ''] = Subnets.map(({ SubnetId = '' }) => SubnetId);
  const ec2 = await startHonestEc2(endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_EC2', ec2.endpoint);
  const provider = ec2Provider(motoRegion);
  return {
    ec2,
    provider,
    subnets: [first, second],
    close: async () => {
      provider.close();
      await ec2.close();
    },
  };
}

const refused = (status: number, code: string): HttpFault => ({ do: 'refuse', status, code });

providerSuite('EC2, with the real SDK and moto', async () => {
  const { ec2, ...place } = await anAccount();
  const failNext = (action: keyof typeof actions, ...faults: HttpFault[]): void =>
    void ec2.faults.set(actions[action], faults);
  return {
    ...place,
    loseAnswer: (action) => {
      // What no row drives, the SDK tries three times.
      const tries = action.endsWith('image') ? 3 : 1;
      failNext(action, ...Array.from({ length: tries }, () => ({ do: 'lose after' }) as const));
    },
    throttle: (action) => {
      // The SDK tries a listing three times.
      const tries = action === 'list' ? 3 : 1;
      failNext(action, ...Array.from({ length: tries }, () => refused(503, 'RequestLimitExceeded')));
    },
    powerOff: async (instanceId) => {
      await moto.client.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
    },
    snapshots: async () => {
      const { Snapshots = [] } = await moto.client.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
      return Snapshots.map(({ SnapshotId = '' }) => SnapshotId).sort();
    },
    noCapacity: () => failNext('launch', refused(500, 'InsufficientInstanceCapacity')),
  };
});

describe('a call to EC2', () => {
  let place: Place;

  beforeEach(async () => {
    place = await anAccount();
  });

  afterEach(() => place.close());

  test('has everything that keeps a machine from outliving its pool, and its role from its containers', async () => {
    const [subnetId] = place.subnets;
    const disk = { device: '/dev/xvda', gib: 30, type: 'gp3', iops: 0, throughput: 250 };
    await place.provider.launch(aLaunchRequest({ subnetId, market: 'spot', disk, userData: 'hello' }));
    expect(Object.fromEntries(place.ec2.calls[0]?.fields ?? [])).toMatchObject({
      ClientToken: 'token-1',
      InstanceInitiatedShutdownBehavior: 'terminate',
      'MetadataOptions.HttpTokens': 'required',
      'MetadataOptions.HttpPutResponseHopLimit': '1',
      'InstanceMarketOptions.SpotOptions.SpotInstanceType': 'one-time',
      'BlockDeviceMapping.1.Ebs.DeleteOnTermination': 'true',
      'TagSpecification.2.ResourceType': 'volume',
      'TagSpecification.3.ResourceType': 'spot-instances-request',
      UserData: Buffer.from('hello').toString('base64'),
    });
  });

  test('is sent once by the SDK, and again with the same bytes by whoever retries it', async () => {
    const [subnetId] = place.subnets;
    place.ec2.faults.set('RunInstances', [{ do: '503 after' }, { do: 'lose before' }]);
    const launch = () => place.provider.launch(aLaunchRequest({ subnetId, count: 2 }));
    await expect(launch()).rejects.toMatchObject({ kind: 'unknown' });
    await expect(launch()).rejects.toMatchObject({ kind: 'unknown' });
    expect(await launch()).toHaveLength(2);
    const [first, ...others] = place.ec2.calls.map(({ fields }) => [...fields]);
    expect(others).toEqual([first, first]);
    expect(await place.provider.list('fleet-1')).toHaveLength(2);
  });

  test('that is never answered ends at its deadline, and may have launched', async () => {
    const provider = ec2Provider(motoRegion, { connect: 3_000, launch: 500, other: 20_000 });
    place.ec2.faults.set('RunInstances', [{ do: 'hang' }]);
    await expect(provider.launch(aLaunchRequest({ subnetId: place.subnets[0] }))).rejects.toMatchObject({
      kind: 'unknown',
    });
    provider.close();
  });

  test('to moto itself launches twice for one token, and MinCount instead of MaxCount: hence the proxy', async () => {
    const call = { ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 3, ClientToken: 'token' };
    const answers = [
      await moto.client.send(new RunInstancesCommand(call)),
      await moto.client.send(new RunInstancesCommand(call)),
    ];
    const ids = answers.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId));
    expect(new Set(ids).size).toBe(2);
  });
});
