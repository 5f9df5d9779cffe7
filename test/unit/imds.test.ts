import { afterEach, expect, test } from 'vitest';
import { readIdentity } from '../../agent/session/facts.ts';
import { checkImds, readInstanceMetadata } from '../../agent/host/imds.ts';
import { startImdsServer, type ImdsServer } from '../fakes/imds-server.ts';

let imds: ImdsServer | undefined;
afterEach(async () => {
  await imds?.close();
  imds = undefined;
});

const { signal } = new AbortController();

test('an instance knows itself from the metadata service, asked with a token', async () => {
  imds = await startImdsServer({
    'instance-id': 'i-0123456789abcdef0',
    'instance-type': 'm7i.large',
    'ami-id': 'ami-1',
    'placement/availability-zone': 'eu-central-1a',
    'placement/region': 'eu-central-1',
    'local-ipv4': '10.0.0.7',
  });
  expect(await readInstanceMetadata(imds.url, signal)).toEqual({
    instanceId: 'i-0123456789abcdef0',
    instanceType: 'm7i.large',
    imageId: 'ami-1',
    availabilityZone: 'eu-central-1a',
    region: 'eu-central-1',
    privateIpv4: '10.0.0.7',
    // It has no public address: absent, not the text of a 404.
    publicIpv4: '',
  });
  expect(imds.refused).toBe(0);
});

test('what the metadata service says counts for more than the command line', async () => {
  imds = await startImdsServer({ 'instance-id': 'i-real' });
  const identity = await readIdentity(
    { imds: imds.url, instanceId: 'i-claimed', address: '10.1.1.1' },
    signal,
  );
  expect(identity).toMatchObject({ instanceId: 'i-real', privateIpv4: '10.1.1.1' });
});

test('without metadata service and --instance-id there is no instance', async () => {
  const nobody = await startImdsServer({});
  await nobody.close();
  await expect(
    readIdentity({ imds: nobody.url, instanceId: undefined, address: undefined }, signal),
  ).rejects.toMatchObject({ code: 'INSTANCE_ID_UNKNOWN', exitCode: 5 });
});

test.each(['nonsense', 'https://169.254.169.254', '169.254.169.254', 'on'])(
  '%s is no metadata service',
  (given) => {
    expect(() => checkImds(given)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  },
);

test.each(['off', '', 'http://169.254.169.254', 'http://[fd00:ec2::254]/'])(
  '%s is one, or says that there is none',
  (given) => {
    expect(() => checkImds(given)).not.toThrow();
  },
);
