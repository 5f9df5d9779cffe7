import { expect, test } from 'vitest';
import { OwnAddresses } from '../../coordinator/api/own-addresses.ts';
import type { Caller } from '../../coordinator/core/principal.ts';

const callerAt = (address: string): Caller => ({
  principal: { kind: 'agent', name: 'i-1' },
  address,
  isClaimed: false,
});
const endpointAt = (host: string) => ({ container: 'app', host, port: 8080 });

/** What EC2 says of the instance, and how often it was asked. */
function ec2(...addresses: string[]) {
  const asked = { times: 0 };
  const lookUp = async () => {
    asked.times++;
    return await Promise.resolve(addresses);
  };
  return { asked, lookUp };
}

test.each([
  ['its own address', '10.0.0.7', '10.0.0.7'],
  ['its own IPv6 address, written in another way', '2001:db8::7', '2001:0db8:0:0:0:0:0:7'],
])('finding 4: an endpoint at %s is taken without a question to EC2', async (_what, own, host) => {
  const { asked, lookUp } = ec2();
  await expect(new OwnAddresses(callerAt(own), lookUp).check([endpointAt(host)])).resolves.toBeUndefined();
  expect(asked.times).toBe(0);
});

test('finding 4: an endpoint at an address that EC2 knows is taken', async () => {
  const { lookUp } = ec2('203.0.113.9');
  const addresses = new OwnAddresses(callerAt('10.0.0.7'), lookUp);
  await expect(addresses.check([endpointAt('203.0.113.9')])).resolves.toBeUndefined();
});

test.each(['10.0.0.8', '127.0.0.1', '169.254.169.254', '::ffff:10.0.0.8', 'metadata.internal', ''])(
  'finding 4: an endpoint at %j, which is not the instance, is refused',
  async (host) => {
    const { lookUp } = ec2('203.0.113.9');
    const addresses = new OwnAddresses(callerAt('10.0.0.7'), lookUp);
    const checked = addresses.check([endpointAt('10.0.0.7'), endpointAt(host)]);
    await expect(checked).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  },
);

test('an agent on the coordinator’s own machine is not known by its address', async () => {
  const { lookUp } = ec2();
  for (const address of ['127.0.0.1', '::1', ''])
    await expect(
      new OwnAddresses(callerAt(address), lookUp).check([endpointAt('10.0.0.8')]),
    ).resolves.toBeUndefined();
});
