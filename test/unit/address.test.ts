import { expect, test } from 'vitest';
import { ownAddress, type NetworkState } from '../../agent/host/address.ts';

const header = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n';
const none: NetworkState = { routes: header, ipv6Routes: '', interfaces: {} };
const ipv4: NetworkState = {
  routes: `${header}ens5\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n`,
  ipv6Routes: '',
  interfaces: { ens5: [{ address: '10.0.0.9', family: 'IPv4', internal: false }] },
};
const zeros = '0'.repeat(32);
const ipv6: NetworkState = {
  routes: header,
  ipv6Routes: [
    `${zeros} 00 ${zeros} 00 ${zeros} ffffffff 00000001 00000000 00200200       lo`,
    `${zeros} 00 ${zeros} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00450003     ens5`,
  ].join('\n'),
  interfaces: {
    ens5: [
      { address: 'fe80::1', family: 'IPv6', internal: false },
      { address: '2001:db8::9', family: 'IPv6', internal: false },
    ],
  },
};
const metadata = { privateIpv4: '', ipv6: '' };

test.each([
  ['what was given comes first', '192.0.2.1', { ...metadata, privateIpv4: '10.0.0.7' }, ipv4, '192.0.2.1'],
  [
    'then what the metadata service says',
    undefined,
    { ...metadata, privateIpv4: '10.0.0.7' },
    ipv4,
    '10.0.0.7',
  ],
  ['A2: a metadata service without local-ipv4: the default route’s', undefined, metadata, ipv4, '10.0.0.9'],
  ['A2: an empty --address gives nothing', '', metadata, ipv4, '10.0.0.9'],
  [
    'A2: IPv6 only: what the metadata service says',
    undefined,
    { ...metadata, ipv6: '2001:db8::7' },
    ipv6,
    '2001:db8::7',
  ],
  ['A2: IPv6 only: the default route’s, which can be reached', undefined, metadata, ipv6, '2001:db8::9'],
  ['A2: no route and no address: none, rather than an empty one', undefined, metadata, none, undefined],
  ['without a metadata service: the default route’s', undefined, undefined, ipv4, '10.0.0.9'],
])('%s', (_, given, found, network, address) => {
  expect(ownAddress(given, found, () => network)()).toBe(address);
});

test('A2: an address that comes late is found, and then kept', () => {
  let network = none;
  const address = ownAddress(undefined, metadata, () => network);
  expect(address()).toBeUndefined();
  network = ipv4;
  expect(address()).toBe('10.0.0.9');
  network = none;
  expect(address()).toBe('10.0.0.9');
});
