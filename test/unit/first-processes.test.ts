import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { FirstProcesses } from '../../agent/worker/first-processes.ts';
import { Recorder, type OwnIo } from '../../agent/report/recorder.ts';
import type { InspectedContainer } from '../../agent/docker/containers.ts';
import type { IoCounters } from '../../agent/host/io.ts';
import type { Span } from '../../proto/gen/parbake/v1/Span.ts';

const dead: InspectedContainer = {
  running: false,
  pid: 0,
  address: '',
  exitCode: 0,
  stopTimeoutSeconds: 10,
  layers: [],
};

/** Docker with one container, whose counters are set by the test. */
function aHost(pid = 42) {
  const host = { asked: 0, pid, counters: {} as IoCounters, answer: Promise.resolve() };
  const engine = {
    inspect: async () => {
      host.asked += 1;
      await host.answer;
      return { ...dead, pid: host.pid };
    },
  };
  const read = (of: number): IoCounters => (of === 42 ? { ...host.counters } : {});
  return { host, processes: new FirstProcesses(engine, new AbortController().signal, read) };
}

/** The span of what moves the counters. */
async function spanOf(own: OwnIo | undefined, work: () => void = () => {}): Promise<Span> {
  const spans: Span[] = [];
  const recorder = new Recorder((item) => void ('span' in item && spans.push(item.span)), tmpdir());
  const open = recorder.begin('container.ready', {}, own);
  await own?.before;
  work();
  await open.end();
  const [span] = spans;
  if (span === undefined) throw new Error('no span was reported');
  return span;
}

test('a span has what its container moved between its ends, and Docker is not asked for a known one', async () => {
  const { host, processes } = aHost();
  processes.follow(['a']);
  expect(await processes.learn('a')).toBe(42);
  host.counters = { diskReadBytes: 100, networkReceiveBytes: 5 };
  const span = await spanOf(processes.during('a'), () => {
    host.counters = { diskReadBytes: 4196, networkReceiveBytes: 5 };
  });
  expect(span.containerIo).toEqual({ diskReadBytes: 4096, networkReceiveBytes: 0 });
  expect(host.asked).toBe(1);
});

test('a container that starts is counted from its beginning, whenever Docker tells its process', async () => {
  const { host, processes } = aHost();
  const span = await spanOf(processes.sinceStart('a'), () => void (host.counters = { diskReadBytes: 7 }));
  expect(span.containerIo).toEqual({ diskReadBytes: 7 });
});

test('one that ran already when it was to start is not counted from its beginning', async () => {
  const { host, processes } = aHost();
  await processes.learn('a');
  host.counters = { diskReadBytes: 7 };
  const span = await spanOf(processes.sinceStart('a'), () => void (host.counters = { diskReadBytes: 9 }));
  expect(span.containerIo).toEqual({ diskReadBytes: 2 });
});

test('a counter that went backwards, or appeared meanwhile, is absent', async () => {
  const { host, processes } = aHost();
  await processes.learn('a');
  host.counters = { diskReadBytes: 100, diskWriteBytes: 100 };
  const span = await spanOf(processes.during('a'), () => {
    host.counters = { diskReadBytes: 3, diskWriteBytes: 101, networkReceiveBytes: 9 };
  });
  expect(span.containerIo).toEqual({ diskWriteBytes: 1 });
});

test('a span tells nothing of a container that is unknown, gone, or without counters, and asks nobody', async () => {
  const { host, processes } = aHost();
  host.counters = { diskReadBytes: 100 };
  expect(await spanOf(processes.during('a'))).not.toHaveProperty('containerIo');
  expect(host.asked).toBe(0);
  await processes.learn('a');
  expect(await spanOf(processes.during('a'), () => void (host.counters = {}))).not.toHaveProperty(
    'containerIo',
  );
  processes.forget('a');
  expect(await spanOf(processes.during('a'))).not.toHaveProperty('containerIo');
  expect(await spanOf(undefined)).not.toHaveProperty('containerIo');
});

test('one that ended before Docker was asked has no process, and is asked for again', async () => {
  const { host, processes } = aHost(0);
  expect(await spanOf(processes.sinceStart('a'))).not.toHaveProperty('containerIo');
  host.pid = 42;
  expect(await processes.of([{ id: 'a', name: 'web/app' }])).toEqual([{ name: 'web/app', pid: 42 }]);
});

test('a question that is under way is asked once, and one that began meanwhile waits for its answer', async () => {
  const { host, processes } = aHost();
  const { promise, resolve } = Promise.withResolvers<void>();
  host.answer = promise;
  host.counters = { diskReadBytes: 1 };
  processes.follow(['a']);
  processes.follow(['a']);
  const own = processes.during('a');
  resolve();
  expect(await own.before).toEqual({ diskReadBytes: 1 });
  expect(host.asked).toBe(1);
});

test('those that do not run any more are dropped', async () => {
  const { host, processes } = aHost();
  await processes.learn('a');
  processes.follow([]);
  await processes.learn('a');
  expect(host.asked).toBe(2);
});

test('a Docker that is away fails nothing else', async () => {
  const engine = { inspect: () => Promise.reject(new Error('away')) };
  const processes = new FirstProcesses(engine, new AbortController().signal);
  processes.follow(['a']);
  expect(await processes.learn('a')).toBeUndefined();
  expect(await processes.of([{ id: 'a', name: 'web/app' }])).toEqual([]);
});
