import { expect, test } from 'vitest';
import { allNetworkCounters } from '../../agent/host/io.ts';
import { containerUsage, hostCpu, hostMemory, pressureStall } from '../../agent/host/usage.ts';
import { sampleBetween } from '../../agent/report/sampler.ts';

test('processor time of the host is all that is neither idle nor waiting nor stolen', () => {
  expect(hostCpu('cpu  100 10 50 9000 300 5 5 70 20 0\ncpu0 1 2 3\n')).toEqual({ cpuMs: 1700 });
  expect(hostCpu('')).toEqual({});
});

test('memory is what is not available, in bytes', () => {
  const text = 'MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    400 kB\nCached:           250 kB\n';
  expect(hostMemory(text)).toEqual({ memoryBytes: 600 * 1024, pageCacheBytes: 250 * 1024 });
  expect(hostMemory('MemTotal: 1000 kB\n')).toEqual({});
});

test('pressure is the time that some waited', () => {
  const text =
    'some avg10=0.00 avg60=0.00 avg300=0.00 total=2500\nfull avg10=0 avg60=0 avg300=0 total=1000\n';
  expect(pressureStall(text)).toEqual({ ioStallMs: 2.5 });
  expect(pressureStall('')).toEqual({});
});

test('the network of a container is all its interfaces without the loopback', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    1000       1    0    0    0     0          0         0     1000       1    0    0    0     0       0          0
  eth0:      20       1    0    0    0     0          0         0        5       1    0    0    0     0       0          0
  eth1:      22       1    0    0    0     0          0         0        6       1    0    0    0     0       0          0
`;
  expect(allNetworkCounters(text)).toEqual({ networkReceiveBytes: 42, networkTransmitBytes: 11 });
  expect(allNetworkCounters('')).toEqual({});
});

test('a process that is gone, or that no control group accounts for, gives nothing and fails nothing', () => {
  expect(containerUsage(2 ** 30)).toEqual({ io: {} });
  expect(containerUsage(process.pid, '/nothing/here')).toMatchObject({ io: expect.any(Object) });
});

test('a sample is what was counted between, as long as counters only grow', () => {
  const before = {
    at: 1000,
    usage: { io: { diskReadBytes: 10, diskWriteBytes: 5 }, cpuMs: 50, ioStallMs: 3 },
  };
  const after = {
    at: 3000,
    usage: { io: { diskReadBytes: 30, diskWriteBytes: 1 }, cpuMs: 20, memoryBytes: 7 },
  };
  // The wall clock was set back meanwhile: the length is the monotonic clock's.
  expect(sampleBetween('web/app', before, after, 500_000)).toEqual({
    container: 'web/app',
    startTime: { seconds: 498, nanos: 0 },
    duration: { seconds: 2, nanos: 0 },
    io: { diskReadBytes: 20 },
    memoryBytes: 7,
  });
});
