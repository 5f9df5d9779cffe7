import { join } from 'node:path';
import type { Testbed } from '../testbed/testbed.ts';
import { identityDocument, makeRegionSigner, signDocument } from '../support/openssl.ts';
import { startImdsServer } from './imds-server.ts';
import { startSts } from './sts.ts';

/** What EC2 proves an instance by: a region's signer, STS, and each instance's metadata service. */
export interface Ec2Proofs {
  /** The certificate of the region's signer, which AWS publishes. */
  readonly signer: string;
  readonly stsUrl: string;
  /**
   * Starts the metadata service of an instance, and lets STS know its identity role.
   * @returns its URL on the test bed's network
   */
  vouchFor(instanceId: string, privateIp: string): Promise<string>;
}

const region = 'eu-central-1';
const accountId = '123456789012';
const role = {
  AccessKeyId: 'ASIAQQQQQQQQQQQQQQQQ',
  SecretAccessKey: 'the secret access key',
  Token: 'a-token-of-some-length',
};

export async function startEc2Proofs(testbed: Testbed): Promise<Ec2Proofs> {
  const directory = testbed.makeDirectory('ec2');
  const host = testbed.hostAddress;
  await makeRegionSigner(directory, region);
  const sts = await startSts({ credentials: new Map([[role.AccessKeyId, role.SecretAccessKey]]), host });
  testbed.onClose(() => sts.close());
  return {
    signer: join(directory, `${region}.pem`),
    stsUrl: sts.url,
    async vouchFor(instanceId, privateIp) {
      const pendingTime = `${new Date().toISOString().slice(0, 19)}Z`;
      const facts = identityDocument({ instanceId, pendingTime, privateIp });
      const signed = await signDocument(directory, region, facts);
      sts.answers({ accountId, role: 'aws:ec2-instance', session: instanceId });
      const values = {
        'instance-id': instanceId,
        'local-ipv4': privateIp,
        'placement/region': region,
        'dynamic/instance-identity/rsa2048': signed.toString('base64'),
        'identity-credentials/ec2/security-credentials/ec2-instance': JSON.stringify(role),
      };
      const imds = await startImdsServer(values, { host });
      testbed.onClose(() => imds.close());
      return imds.url;
    },
  };
}
