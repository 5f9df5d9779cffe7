import { expect, test } from 'vitest';
import { defaultInterface, diskCounters, ioBetween, networkCounters } from '../../agent/host/io.ts';

const diskstats = ` 259       0 nvme0n1 1200 10 48000 300 900 20 64000 500 0 400 800 0 0 0 0
 259       1 nvme0n1p1 1100 10 40000 290 890 20 60000 490 0 390 780 0 0 0 0
   7       0 loop0 1 2 3 4 5 6 7 8 9 10 11
`;
const route = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
eth0\t00000000\t0113A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
`;
const dev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 1000 1 0 0 0 0 0 0 2000 1 0 0 0 0 0 0
  eth0:123456 7 0 0 0 0 0 0 654321 8 0 0 0 0 0 0
`;

test('the disk that holds a directory is found by its number, in sectors of 512 bytes', () => {
  expect(diskCounters(diskstats, 259, 1)).toEqual({
    diskReadOperations: 1100,
    diskReadBytes: 40000 * 512,
    diskWriteOperations: 890,
    diskWriteBytes: 60000 * 512,
  });
  expect(diskCounters(diskstats, 8, 0)).toEqual({});
  expect(diskCounters('', 259, 1)).toEqual({});
});

test('the network is that of the default route', () => {
  expect(defaultInterface(route)).toBe('eth0');
  expect(networkCounters(dev, 'eth0')).toEqual({ networkReceiveBytes: 123456, networkTransmitBytes: 654321 });
  expect(networkCounters(dev, defaultInterface(''))).toEqual({});
  expect(networkCounters('', 'eth0')).toEqual({});
});

test('a counter that is missing or went backwards is absent, not zero', () => {
  const before = { diskReadBytes: 10, diskWriteBytes: 10, networkReceiveBytes: 5 };
  expect(ioBetween(before, { diskReadBytes: 30, diskWriteBytes: 3 })).toEqual({ diskReadBytes: 20 });
});
