import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../coordinator/telemetry/catalogue.ts';
import { collectorMissing, ensureCollector, startCollector, type Collector } from '../testbed/collector.ts';
import { waitFor } from '../testbed/wait.ts';
import { assign } from '../support/calls.ts';
import { OtlpSink, type ReceivedMetric } from '../support/otlp-sink.ts';
import { unlessRequired } from '../support/requirement.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { report } from '../support/report.ts';

const missing = unlessRequired(collectorMissing());

describe.skipIf(missing !== undefined)(`an OpenTelemetry collector ${missing ?? ''}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-collector-'));
  const sink = new OtlpSink();
  let collector: Collector;
  let coordinator: LoneCoordinator;

  // The first time on a machine it is built.
  beforeAll(async () => {
    await ensureCollector();
    collector = await startCollector(directory, await sink.listen());
    coordinator = await startLoneCoordinator(['--otlp', collector.url, '--otlp-interval', '1'], {
      OTEL_SERVICE_NAME: 'parbake-eu',
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    });
  }, 600_000);

  afterAll(async () => {
    await coordinator?.close();
    await collector?.close();
    await sink.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const counter = async (line: string): Promise<number> => {
    const text = await (await fetch(`${coordinator.url}/metrics`)).text();
    const found = text.split('\n').find((one) => one.startsWith(`${line} `));
    return found === undefined ? 0 : Number(found.slice(line.length));
  };

  test('takes every metric of the catalogue that has a value, by its name, unit and type', async () => {
    await readyAgent(coordinator, { role: 'web' });
    await assign(coordinator.clients, { user: 'alice', role: 'web' });
    const served = (metric: ReceivedMetric | undefined): boolean =>
      metric?.histogram?.dataPoints.some(({ attributes = [] }) =>
        attributes.some(({ value }) => value.stringValue === 'ready'),
      ) ?? false;
    await waitFor('the assignment to be among them', () =>
      served(sink.metrics.get('parbake_assignment_step_seconds')),
    );
    for (const [name, metric] of sink.metrics) {
      const entry = catalogue[name as keyof typeof catalogue];
      expect(metric).toMatchObject({ unit: entry.unit, description: entry.help });
      const types = { gauge: metric.gauge, counter: metric.sum, histogram: metric.histogram };
      expect(types[entry.type]).toBeDefined();
      expect(metric.resource).toMatchObject({
        'service.name': 'parbake-eu',
        'deployment.environment.name': 'test',
      });
    }
    expect([...sink.metrics.keys()]).toEqual(
      expect.arrayContaining([
        'parbake_instances',
        'parbake_check_ins_total',
        'process_resident_memory_bytes',
      ]),
    );
    expect(sink.metrics.get('parbake_check_ins_total')?.sum).toMatchObject({
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [{ asDouble: 1 }],
    });
    const [ready] = (sink.metrics.get('parbake_assignment_step_seconds')?.histogram?.dataPoints ?? []).filter(
      ({ attributes = [] }) => attributes.some(({ value }) => value.stringValue === 'ready'),
    );
    const { buckets } = catalogue.parbake_assignment_step_seconds;
    expect(ready?.explicitBounds).toEqual([...buckets]);
    expect(ready?.bucketCounts.map(Number).reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(ready?.bucketCounts).toHaveLength(buckets.length + 1);
  });

  test('takes the timeline of an instance and the call that its spans are below', async () => {
    const { instanceId } = await readyAgent(coordinator, { role: 'traced' });
    const traceId = '5af7651916cd43dd8448eb211c80319c';
    const tracestate = 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate };
    const { assignment } = await assign(
      coordinator.clients,
      { user: 'bob', role: 'traced' },
      20_000,
      headers,
    );
    const { assignmentId = '' } = assignment ?? {};
    const span = {
      spanId: 'x',
      name: 'container.exec',
      startUnixNs: 1.7e18,
      endUnixNs: 1.7e18 + 5e6,
      assignmentId,
    };
    await report(coordinator.agents, instanceId, { spans: [{ ...span, io: { diskReadBytes: 7 } }] });
    const mine = await waitFor('both spans', () => {
      const found = sink.spans.filter((one) => one.traceId === traceId);
      return found.length === 2 && found;
    });
    const [call, exec] = ['parbake.v1.AssignmentService/Assign', 'container.exec'].map((name) =>
      mine.find((one) => one.name === name),
    );
    expect(call).toMatchObject({ parentSpanId: 'b7ad6b7169203331', kind: 2, traceState: tracestate });
    expect(exec).toMatchObject({ parentSpanId: call?.spanId, kind: 1, traceState: tracestate });
    expect(exec?.attributes).toContainEqual({ key: 'parbake.disk.read', value: { intValue: '7' } });
    expect(exec?.resource).toMatchObject({ 'service.name': 'parbake-agent', 'host.id': instanceId });
  });

  test('holds up nobody when it stands still, and hears the whole count when it goes on', async () => {
    const refused = 'parbake_otlp_metric_exports_total{result="refused"}';
    const before = await counter(refused);
    process.kill(collector.process.pid, 'SIGSTOP');
    try {
      for (const role of ['still-1', 'still-2', 'still-3']) {
        await readyAgent(coordinator, { role });
        const { assignment } = await assign(coordinator.clients, { user: 'carol', role });
        expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
      }
      await waitFor('an export to have had no answer in time', async () => (await counter(refused)) > before);
    } finally {
      process.kill(collector.process.pid, 'SIGCONT');
    }
    const expected = await counter('parbake_check_ins_total');
    await waitFor(
      'every check-in to have arrived',
      () => sink.metrics.get('parbake_check_ins_total')?.sum?.dataPoints[0]?.asDouble === expected,
    );
  });

  test('that is down is told of once and counted, and assignments go on', async () => {
    const sent = 'parbake_otlp_metric_exports_total{result="sent"}';
    const sentBefore = await counter(sent);
    await waitFor('an export to be taken', async () => (await counter(sent)) > sentBefore);
    const told = (): number => coordinator.process.log().split('collector did not take metrics').length - 1;
    const toldBefore = told();
    await collector.close();
    const refused = 'parbake_otlp_metric_exports_total{result="refused"}';
    const before = await counter(refused);
    await waitFor('two exports to have failed', async () => (await counter(refused)) >= before + 2);
    await readyAgent(coordinator, { role: 'down' });
    const { assignment } = await assign(coordinator.clients, { user: 'dave', role: 'down' });
    expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    expect(told()).toBe(toldBefore + 1);
  });
});
