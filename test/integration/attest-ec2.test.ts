import { RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AttestedIdentity } from '../../agent/session/attest.ts';
import { createLogger } from '../../proto/process/log.ts';
import { startImdsServer } from '../fakes/imds-server.ts';
import { startSts, type Sts } from '../fakes/sts.ts';
import { identityDocument, makeRegionSigner, signDocument } from '../support/openssl.ts';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { motoRegion, startMoto, type Moto } from '../testbed/moto.ts';

const accountId = '123456789012';
const imageId = 'ami-12c6146b';
const [akid, secret] = ['ASIAQQQQQQQQQQQQQQQQ', 'the secret access key'];

describe('a coordinator that asks EC2', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-attest-ec2-'));
  let moto: Moto;
  let sts: Sts;
  let coordinator: CoordinatorProcess;
  let instanceId: string;

  beforeAll(async () => {
    moto = await startMoto(directory);
    sts = await startSts({ credentials: new Map([[akid, secret]]) });
    await makeRegionSigner(directory, 'signer');
    const policy = `
apiVersion: parbake/v1
aws:
  certificates: { ${motoRegion}: signer.pem }
  rules:
    - accounts: ["${accountId}"]
      images: [${imageId}]
      tags: { pool: web }
      max_pending_age: 15m
`;
    writeFileSync(join(directory, 'policy.yaml'), policy);
    coordinator = await startCoordinatorProcess(
      directory,
      [
        ...['--listen', `unix:${join(directory, 'operators.sock')}`, '--ca', join(directory, 'ca')],
        ...['--tls-listen', '127.0.0.1:0', '--attest-listen', '127.0.0.1:0', '--region', motoRegion],
        ...['--attest-policy', join(directory, 'policy.yaml')],
      ],
      { env: { ...moto.env, AWS_ENDPOINT_URL_STS: sts.url } },
    );
  });
  afterAll(async () => {
    await coordinator.stop();
    await sts.close();
    await moto.close();
    rmSync(directory, { recursive: true });
  });

  const launch = async (pool: string): Promise<string> => {
    const { Instances } = await moto.client.send(
      new RunInstancesCommand({
        ImageId: imageId,
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'pool', Value: pool }] }],
      }),
    );
    return Instances?.[0]?.InstanceId ?? '';
  };

  beforeEach(async () => {
    instanceId = await launch('web');
  });

  /** What an agent on the instance does, with what EC2 gives to it. */
  const attest = async (id: string, image = imageId): Promise<unknown> => {
    const pendingTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const fields = { accountId, instanceId: id, imageId: image, region: motoRegion, pendingTime };
    const document = await signDocument(directory, 'signer', identityDocument(fields));
    sts.answers({ accountId, role: 'aws:ec2-instance', session: id });
    const role = { AccessKeyId: akid, SecretAccessKey: secret, Token: 'a-token-of-some-length' };
    const imds = await startImdsServer({
      'dynamic/instance-identity/rsa2048': document.toString('base64'),
      'identity-credentials/ec2/security-credentials/ec2-instance': JSON.stringify(role),
      'placement/region': motoRegion,
    });
    try {
      return await new AttestedIdentity({
        by: { kind: 'aws' },
        attestAddress: coordinator.addresses[2] ?? '',
        address: coordinator.addresses[1] ?? '',
        tls: { ca: readFileSync(join(directory, 'ca', 'ca.pem')) },
        env: {},
        instanceId: id,
        path: join(directory, id, 'identity.json'),
        imds: [imds.url],
        logger: createLogger('test', 'silent'),
        random: () => 0.5,
      }).credentials();
    } finally {
      await imds.close();
    }
  };
  const refused = (code: string, problem: string) =>
    expect.objectContaining({ code, message: expect.stringContaining(problem) });

  test('admits an instance that runs, with the image and the tags that the policy names', async () => {
    await expect(attest(instanceId)).resolves.toBeDefined();
  });

  test('refuses one that was terminated, though everything that it shows is genuine', async () => {
    await moto.client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    await expect(attest(instanceId)).rejects.toThrow(refused('ATTESTATION_REFUSED', 'terminated'));
  });

  test('refuses one of another pool', async () => {
    await expect(attest(await launch('db'))).rejects.toThrow(refused('ATTESTATION_REFUSED', 'pool=web'));
  });

  test('refuses one whose document names another image than EC2', async () => {
    await expect(attest(instanceId, 'ami-0123456789abcdef0')).rejects.toThrow(
      refused('ATTESTATION_REFUSED', 'different images'),
    );
  });

  test('asks again later about one that EC2 does not know yet', async () => {
    await expect(attest('i-0fffffffffffffff0')).rejects.toThrow(
      refused('ATTESTATION_UNAVAILABLE', 'EC2 does not know'),
    );
  });
});
