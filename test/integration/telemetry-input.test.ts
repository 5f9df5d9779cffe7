import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { showCommand } from '../../coordinator/cli/show-command.ts';
import type { InstanceDocument } from '../../coordinator/web/documents.ts';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { getInstance, getTimeline } from '../support/calls.ts';
import { runCommand } from '../support/run-command.ts';
import { startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { report } from '../support/report.ts';

/** The highest that a field of 64 bits takes. */
const highest = '9223372036854775807';

describe('what a broken instance reports', () => {
  let coordinator: LoneCoordinator;

  beforeAll(async () => {
    coordinator = await startLoneCoordinator();
  });

  afterAll(async () => {
    await coordinator.close();
  });

  const begin = async (): Promise<string> => {
    const instanceId = `i-${randomUUID()}`;
    await startSimulatedAgent(coordinator.agents, { instanceId, role: 'web' });
    return instanceId;
  };

  const shown = async (instanceId: string): Promise<string> => {
    const { exit, stdout, stderr } = await runCommand(showCommand, [
      '--coordinator',
      coordinator.address,
      instanceId,
    ]);
    expect([exit, stderr]).toEqual([0, '']);
    return stdout;
  };

  const onPage = async (instanceId: string): Promise<InstanceDocument> =>
    (await (await fetch(`${coordinator.url}/api/v1/instances/${instanceId}`)).json()) as InstanceDocument;

  test('an image of 1,500 layers is kept and shown in part', async () => {
    const instanceId = await begin();
    const layers = Array.from({ length: 1_500 }, (_, index) => ({
      digest: `sha256:${String(index).padStart(64, '0')}`,
      sizeBytes: index,
      cached: false,
      downloadDuration: durationOf(1),
      extractDuration: durationOf(index % 100),
    }));
    const many = [{ ref: 'acme/many:1', duration: durationOf(5e5), layers }];
    expect(await report(coordinator.agents, instanceId, { pulls: many })).toBe(1);
    const { pulls } = await getTimeline(coordinator.clients, instanceId);
    expect(pulls[0]?.layers).toHaveLength(512);
    const text = await shown(instanceId);
    expect(text).toMatch(/… and 500 more/);
    expect(text.split('\n').length).toBeLessThan(100);
    expect((await onPage(instanceId)).pulls[0]?.layers).toHaveLength(512);
  });

  test('a timeline that is larger than one message is read whole, page by page', async () => {
    const instanceId = await begin();
    const attributes = { image: `registry.example.com/${'x'.repeat(200)}` };
    for (let batch = 1; batch <= 25; batch++) {
      const spans = Array.from({ length: 800 }, (_, index) => ({
        spanId: `${batch}-${index}`,
        name: 'container.start',
        attributes,
        startUnixNs: 1.7e18 + index * 1e6,
        endUnixNs: 1.7e18 + index * 1e6 + 1e6,
      }));
      expect(await report(coordinator.agents, instanceId, { sequence: batch, spans })).toBe(batch);
    }
    let count = 0;
    for (let pageToken = '', isLast = false; !isLast; isLast = pageToken === '') {
      const page = await getTimeline(coordinator.clients, instanceId, { pageToken });
      count += page.spans.length;
      pageToken = page.nextPageToken;
    }
    expect(count).toBe(20_000);
  });

  test('what layers waited for, how fast they came and which tries failed is told', async () => {
    const instanceId = await begin();
    const layers = [
      { digest: `sha256:${'1'.repeat(64)}`, cached: true },
      {
        digest: `sha256:${'2'.repeat(64)}`,
        sizeBytes: 5e6,
        cached: false,
        downloadStartOffset: durationOf(200),
        downloadDuration: durationOf(400),
        extractStartOffset: durationOf(800),
        extractDuration: durationOf(200),
      },
    ];
    const retries = [{ reason: 'IMAGE_PULL_STALLED', message: 'no progress', delay: durationOf(500) }];
    const pull = { ref: 'acme/app:1', sizeBytes: 9e6, duration: durationOf(1000), layers, retries };
    expect(await report(coordinator.agents, instanceId, { pulls: [pull] })).toBe(1);
    const text = await shown(instanceId);
    expect(text).toMatch(/^acme\/app:1 +9\.0 MB +1\.0 s +2, 1 there +here, 1 retry$/m);
    // Of 30 cells, each 33 ms.
    expect(text).toMatch(/^ {2}222222222222 +5\.0 MB +12\.5 MB\/s +600 ms {2}\.{6}={12}\.{6}#{6}$/m);
    expect(text).toMatch(/^layers pulled here +50\.0 % +1 of 2$/m);
    const [onPageToo] = (await onPage(instanceId)).pulls;
    expect(onPageToo?.retries).toMatchObject([
      { code: 'IMAGE_PULL_STALLED', reason: 'no progress', waitMs: 500 },
    ]);
    expect(onPageToo?.layers[1]).toMatchObject({ downloadStartMs: 200, extractStartMs: 800 });
    const { stdout } = await runCommand(showCommand, [
      '--coordinator',
      coordinator.address,
      instanceId,
      '--json',
    ]);
    const { pulls } = JSON.parse(stdout) as { pulls: { retries: object[]; layers: object[] }[] };
    expect(pulls[0]?.retries).toMatchObject([{ code: 'IMAGE_PULL_STALLED', wait_ms: 500 }]);
    expect(pulls[0]?.layers[1]).toMatchObject({ download_start_ms: 200, extract_start_ms: 800 });
  });

  test('clocks that jump: steps that end before they begin, in 1970 and in centuries', async () => {
    const instanceId = await begin();
    const span = (spanId: string, startUnixNs: number | string, endUnixNs: number | string) => ({
      spanId,
      parentId: '',
      name: `step.${spanId}`,
      startUnixNs,
      endUnixNs,
    });
    const spans = [
      span('back', 1.7e18, 1.6e18),
      span('early', 1, 2),
      span('late', highest, highest),
      span('before', '-5', '-4'),
      span('endless', 1.7e18, 0),
      span('usual', 1.7e18, 1.7e18 + 1e9),
    ];
    const sample = { container: '', duration: durationOf(1000), io: {}, cpuDuration: durationOf(1) };
    const samples = [
      { ...sample, startTime: timeOf(1) },
      { ...sample, startTime: { seconds: highest, nanos: -1 } },
      { ...sample, startTime: timeOf(Date.now()) },
    ];
    expect(await report(coordinator.agents, instanceId, { spans, samples })).toBe(1);
    const text = await shown(instanceId);
    expect(text).toMatch(/^step\.usual +1\.0 s/m);
    expect(text).not.toMatch(/NaN|Infinity|-\d+(\.\d)? (ms|s)\b/);
    const { samples: charted } = await onPage(instanceId);
    expect(charted.length).toBeGreaterThan(0);
  });

  test('counters that wrapped, and figures that cannot be', async () => {
    const instanceId = await begin();
    const io = { diskReadBytes: '-1', diskWriteBytes: highest, networkReceiveBytes: '-9000' };
    const one = { container: '', startTime: timeOf(Date.now()), duration: durationOf(1000), io };
    const [mixed, endless] = [
      { seconds: 1, nanos: -1 },
      { seconds: highest, nanos: 0 },
    ];
    const samples = [
      { ...one, cpuDuration: mixed, memoryBytes: highest, ioStallDuration: endless },
      {
        ...one,
        startTime: timeOf(Date.now() - 5000),
        cpuDuration: durationOf(-3),
        io: { diskReadBytes: 7 },
      },
    ];
    const span = { name: 'prepare', startUnixNs: 1.7e18, endUnixNs: 1.7e18 + 1e9, io };
    const spans = [
      { ...span, spanId: '1' },
      { ...span, spanId: '2', containerIo: { ...io, networkTransmitBytes: 12 } },
    ];
    expect(await report(coordinator.agents, instanceId, { samples, spans })).toBe(1);
    const text = await shown(instanceId);
    expect(text).not.toMatch(/NaN|Infinity|(^| )-\d| TB/m);
    expect(text).toMatch(/^THE CONTAINER'S OWN .*\nprepare +- +- +- +12 B$/m);
    const { samples: kept, spans: keptSpans } = await onPage(instanceId);
    expect(keptSpans.flatMap(({ containerIo }) => containerIo ?? [])).toEqual([{ networkTransmitBytes: 12 }]);
    expect(kept.some(({ diskReadBytes }) => diskReadBytes === 7)).toBe(true);
    expect(kept.filter(({ cpuMs, ioStallMs }) => (cpuMs ?? ioStallMs) !== undefined)).toEqual([]);
    expect(
      kept.every(
        ({ diskReadBytes = 0, networkReceiveBytes = 0 }) => diskReadBytes >= 0 && networkReceiveBytes >= 0,
      ),
    ).toBe(true);
  });

  test('a pull or a start whose image is not a reference is dropped, and the rest of the batch is kept', async () => {
    const instanceId = await begin();
    const pulls = ['acme/app:1\n--- a/other', 'acme/app:1\u001b[31m', '', 'acme/app:1'].map((ref) => ({
      ref,
    }));
    const starts = [{ name: 'app', image: 'a b' }];
    expect(await report(coordinator.agents, instanceId, { pulls, starts })).toBe(1);
    const timeline = await getTimeline(coordinator.clients, instanceId);
    expect(timeline.pulls.map(({ ref }) => ref)).toEqual(['acme/app:1']);
    expect(timeline.starts).toEqual([]);
  });

  test('an instance that never finishes booting is shown as far as it got', async () => {
    const instanceId = `i-${randomUUID()}`;
    const facts = { instanceId, bootId: 'b', engineId: 'e', machineIdHash: 'm' };
    await new Promise<void>((resolve, reject) => {
      coordinator.agents.checkIn({ facts, roles: [], sealed: true }, (error) =>
        error === null ? resolve() : reject(error),
      );
    });
    const begun = Date.now() * 1e6;
    const spans = [
      { spanId: '1', name: 'boot', startUnixNs: begun, endUnixNs: 0 },
      { spanId: '2', parentId: '1', name: 'boot.kernel', startUnixNs: begun, endUnixNs: begun + 2e9 },
    ];
    expect(await report(coordinator.agents, instanceId, { bootId: 'b', spans })).toBe(1);
    expect((await getInstance(coordinator.clients, instanceId)).state).toBe('INSTANCE_STATE_CHECKED_IN');
    const text = await shown(instanceId);
    expect(text).toMatch(/^boot +.*running/m);
    expect(text).toMatch(/^ {2}boot\.kernel +.*2\.0 s/m);
    expect((await onPage(instanceId)).spans).toHaveLength(2);
  });

  test('steps that are 10,000 deep are drawn as far as anybody reads', async () => {
    const instanceId = await begin();
    const spans = Array.from({ length: 10_000 }, (_, index) => ({
      // Each the child of the one before: as deep as it goes.
      spanId: `${index}`,
      parentId: index === 0 ? '' : `${index - 1}`,
      name: 'deep',
      startUnixNs: 1.7e18 + index * 1000,
      endUnixNs: 1.7e18 + 1e9 - index * 1000,
    }));
    for (let sequence = 1; sequence <= 5; sequence++) {
      const batch = spans.slice((sequence - 1) * 2_000, sequence * 2_000);
      expect(await report(coordinator.agents, instanceId, { sequence, spans: batch })).toBe(sequence);
    }
    expect(await shown(instanceId)).toMatch(/^deep +1\.0 s/m);
    expect((await onPage(instanceId)).spans).toHaveLength(10_000);
  });
});
