import { expect, test } from 'vitest';
import { fleetText } from '../../coordinator/cli/fleet-command.ts';
import { chromeTrace } from '../../coordinator/insight/chrome-trace.ts';
import { fleetFigures, type FleetMember } from '../../coordinator/insight/fleet-figures.ts';

const aSpan = (name: string, startMs: number, endMs: number, parentId = '', attributes = {}) => ({
  spanId: `${name}-${startMs}`,
  parentId,
  name,
  attributes,
  startUnixNs: startMs * 1e6,
  endUnixNs: endMs * 1e6,
});

/** Ready after `prepareMs`, and an order whose container needs `readyMs` after 5 ms until its command runs. */
function aMember(instanceId: string, prepareMs: number, readyMs: number, zone = 'a'): FleetMember {
  const app = { 'container.name': 'app' };
  const spans = [
    aSpan('agent.start', 0, 10),
    aSpan('prepare', 10, 10 + prepareMs),
    aSpan('container.create', 10, 20, 'prepare-10', app),
    aSpan('assignment', 1000, 1005 + readyMs, '', { 'parbake.role': 'web' }),
    aSpan('container.exec', 1001, 1005, 'assignment-1000', app),
    aSpan('container.ready', 1005, 1005 + readyMs, 'assignment-1000', app),
  ];
  return { instanceId, imageId: 'ami-1', zone, roles: ['web'], spans };
}

test('percentiles are of each role, image and zone, with how many they are of', () => {
  const members = [aMember('i-1', 90, 15), aMember('i-2', 90, 25), aMember('i-3', 90, 35, 'b')];
  const { groups } = fleetFigures(members, 3);
  expect(groups.map(({ by, name }) => `${by} ${name}`)).toEqual([
    'role web',
    'image ami-1',
    'zone a',
    'zone b',
  ]);
  expect(groups[0]?.spreads).toEqual({
    agent_to_ready: { n: 3, p50: 100, p90: 100, p99: 100 },
    order_to_exec: { n: 3, p50: 5, p90: 5, p99: 5 },
    order_to_answer: { n: 3, p50: 30, p90: 40, p99: 40 },
  });
  expect(groups[3]?.spreads.order_to_answer).toEqual({ n: 1, p50: 40, p90: 40, p99: 40 });
});

test('a slow instance is told with the step that is longest beyond its median', () => {
  const members = [aMember('i-1', 90, 15), aMember('i-2', 92, 16), aMember('i-slow', 500, 400)];
  const found = fleetFigures(members, 3);
  expect(found.slowest).toEqual([
    {
      instanceId: 'i-slow',
      figure: 'agent_to_ready',
      ms: 510,
      medianMs: 102,
      reason: { step: 'between steps of prepare', ms: 490, medianMs: 82 },
    },
    {
      instanceId: 'i-slow',
      figure: 'order_to_answer',
      ms: 405,
      medianMs: 21,
      reason: { step: 'container.ready (app)', ms: 400, medianMs: 16 },
    },
  ]);
  expect(fleetText(found, 3)).toMatch(
    /^i-slow +order to answer +405 ms +21 ms\n +container\.ready \(app\) +400 ms +16 ms$/m,
  );
});

test('what came after the exec is not why the exec was late', () => {
  const late = aMember('i-late', 90, 15);
  const spans = late.spans.map((span) => {
    if (span.name === 'container.exec') return { ...span, endUnixNs: 1055e6 };
    return span.name === 'container.ready' ? { ...span, startUnixNs: 1055e6, endUnixNs: 1900e6 } : span;
  });
  const { slowest } = fleetFigures([aMember('i-1', 90, 15), aMember('i-2', 90, 15), { ...late, spans }], 3);
  const found = slowest.find(({ figure }) => figure === 'order_to_exec');
  expect(found).toMatchObject({ ms: 55, reason: { step: 'container.exec (app)', ms: 54, medianMs: 4 } });
});

test('a fleet that has reported nothing, and one that is still booting, have no figures', () => {
  const booting = { ...aMember('i-1', 0, 0), spans: [{ ...aSpan('prepare', 5, 0), endUnixNs: 0 }] };
  expect(fleetFigures([booting], 3)).toEqual({ groups: [], slowest: [] });
  expect(fleetText(fleetFigures([], 3), 0)).toBe('0 instances, and none has reported a figure yet\n');
});

test('in a Chrome trace the complete events of one thread nest, and nothing is lost', () => {
  const spans = [
    aSpan('root', 0, 100),
    { ...aSpan('inside', 10, 50, 'root-0'), io: { diskReadBytes: 5, _diskReadBytes: 'diskReadBytes' } },
    aSpan('overlaps', 40, 70, 'root-0'),
    aSpan('after', 100, 120),
    { ...aSpan('open', 110, 0), endUnixNs: 0 },
  ];
  const sample = { container: '', startMs: 5, intervalMs: 500, diskReadBytes: 100, cpuMs: 250 };
  const { traceEvents, displayTimeUnit } = chromeTrace({
    instanceId: 'i-1',
    spans,
    samples: [sample],
    pulls: [{ ref: 'a:1', startMs: 1, pullMs: 2, layers: [{ sizeBytes: 3 }] }],
    events: [{ at: 7, event: 'ready', state: 'READY', reason: '' }],
  });
  expect(displayTimeUnit).toBe('ms');
  const complete = traceEvents.filter(({ ph }) => ph === 'X');
  expect(complete.map(({ name }) => name).sort()).toEqual([
    'a:1',
    'after',
    'inside',
    'open',
    'overlaps',
    'root',
  ]);
  expect(complete.find(({ name }) => name === 'inside')).toMatchObject({ ts: 10_000, dur: 40_000 });
  // One spelling for every name.
  expect(complete.find(({ name }) => name === 'inside')?.args).toMatchObject({ io: { disk_read_bytes: 5 } });
  expect(complete.find(({ name }) => name === 'a:1')?.args).toEqual({ layers: [{ size_bytes: 3 }] });
  for (const a of complete)
    for (const b of complete) {
      if (a === b || a.tid !== b.tid) continue;
      const endOf = ({ ts = 0, dur = 0 }: typeof a): number => ts + dur;
      const crosses = (a.ts ?? 0) < (b.ts ?? 0) && (b.ts ?? 0) < endOf(a) && endOf(a) < endOf(b);
      expect(crosses, `${a.name} and ${b.name}`).toBe(false);
    }
  expect(traceEvents.filter(({ ph }) => ph === 'C').map(({ name, args }) => [name, args])).toEqual([
    ['host: disk, bytes/s', { read: 200 }],
    ['host: processor, cores', { cores: 0.5 }],
  ]);
  expect(traceEvents.find(({ ph }) => ph === 'i')).toMatchObject({ name: 'ready', s: 'p', ts: 7000 });
});
