import { setTimeout as later } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { checkImds, readInstanceMetadata } from '../../agent/host/imds.ts';
import { readIdentity } from '../../agent/session/identity.ts';
import { createLogger } from '../../proto/process/log.ts';
import { startImdsServer, type ImdsOptions, type ImdsServer } from '../fakes/imds-server.ts';

const servers: ImdsServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const { signal } = new AbortController();
const logger = createLogger('test', 'silent');
const instance = { 'instance-id': 'i-0123456789abcdef0', 'local-ipv4': '10.0.0.7' };

async function anImds(values: Record<string, string> = instance, options: ImdsOptions = {}): Promise<string> {
  const server = await startImdsServer(values, options);
  servers.push(server);
  return server.url;
}

/** @param over what the test is about; the agent waits at most half a minute */
async function identify(source: { imds: string; instanceId?: string }, over: { patienceMs?: number } = {}) {
  const waited: string[] = [];
  const onWaiting = (): void => void waited.push('waiting');
  const identity = await readIdentity(
    { instanceId: undefined, ...source },
    { logger, random: () => 0.2, onWaiting, signal, patienceMs: 30_000, ...over },
  );
  return { ...identity, waited };
}

/** Fails the first request for a path. */
function failOnce(
  path: string,
  failure: () => Promise<undefined> | number,
): NonNullable<ImdsOptions['fault']> {
  let isFirst = true;
  return (asked) => {
    if (!isFirst || !asked.endsWith(path)) return undefined;
    isFirst = false;
    return failure();
  };
}

test('an instance knows itself from the metadata service, asked with a token', async () => {
  const url = await anImds({
    ...instance,
    'instance-type': 'm7i.large',
    'ami-id': 'ami-1',
    'placement/availability-zone': 'eu-central-1a',
    'placement/region': 'eu-central-1',
  });
  expect(await readInstanceMetadata(url, false, signal)).toEqual({
    instanceId: 'i-0123456789abcdef0',
    instanceType: 'm7i.large',
    imageId: 'ami-1',
    availabilityZone: 'eu-central-1a',
    region: 'eu-central-1',
    privateIpv4: '10.0.0.7',
    // It has neither: absent, not the text of a 404.
    publicIpv4: '',
    ipv6: '',
  });
  expect(servers[0]?.refused).toBe(0);
});

test('what the metadata service says counts for more than the command line', async () => {
  const imds = await anImds();
  expect(await identify({ imds, instanceId: 'i-claimed' })).toMatchObject({
    instanceId: 'i-0123456789abcdef0',
    waited: [],
  });
});

test('A1: a late metadata service costs no instance', async () => {
  const fault = failOnce('/latest/api/token', () => later(1_500, undefined));
  const imds = await anImds(instance, { fault });
  expect(await identify({ imds })).toMatchObject({ instanceId: 'i-0123456789abcdef0', waited: ['waiting'] });
});

test.each(['/latest/api/token', 'instance-id', 'local-ipv4', 'instance-type'])(
  'A1: a metadata service that answers 503 once for %s costs no instance',
  async (path) => {
    const imds = await anImds(instance, { fault: failOnce(path, () => 503) });
    const { instanceId, metadata } = await identify({ imds });
    expect({ instanceId, address: metadata?.privateIpv4 }).toEqual({
      instanceId: 'i-0123456789abcdef0',
      address: '10.0.0.7',
    });
  },
);

test('A1: a metadata service that listens only later costs no instance', async () => {
  const nobody = await startImdsServer({});
  await nobody.close();
  const identified = identify({ imds: nobody.url });
  await later(1_000);
  await anImds(instance, { port: Number(new URL(nobody.url).port) });
  expect((await identified).instanceId).toBe('i-0123456789abcdef0');
});

test('A1: only a metadata service that says that it is switched off is final', async () => {
  const imds = await anImds(instance, { fault: () => 403 });
  await expect(identify({ imds })).rejects.toMatchObject({ code: 'INSTANCE_ID_UNKNOWN', exitCode: 5 });
  expect((await identify({ imds, instanceId: 'i-given' })).instanceId).toBe('i-given');
});

test('A1: a metadata service that stays silent ends the agent so that it is started again', async () => {
  const imds = await anImds(instance, { fault: () => 503 });
  const identified = identify({ imds }, { patienceMs: 0 });
  await expect(identified).rejects.toMatchObject({ code: 'IMDS_UNAVAILABLE', exitCode: 1 });
});

test('an instance that has been given its id goes on without a metadata service', async () => {
  const imds = await anImds(instance, { fault: () => 503 });
  const identity = await identify({ imds, instanceId: 'i-given' }, { patienceMs: 0 });
  expect(identity).toMatchObject({ instanceId: 'i-given', metadata: undefined });
});

test.each(['nonsense', 'https://169.254.169.254', '169.254.169.254', 'on'])(
  '%s is not the address of a metadata service',
  (given) => {
    expect(() => checkImds(given)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  },
);

test.each(['off', '', 'http://169.254.169.254', 'http://[fd00:ec2::254]/'])(
  '%s names a metadata service, or says that there is none',
  (given) => {
    expect(() => checkImds(given)).not.toThrow();
  },
);
