import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { durationOf } from '../../proto/wire/time.ts';
import { assignCommand } from '../../coordinator/cli/assign-command.ts';
import { waitFor } from '../testbed/wait.ts';
import type { Span } from '../../proto/gen/parbake/v1/Span.ts';
import { startSimulatedAgent, type SimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, release } from '../support/calls.ts';
import { runCommand } from '../support/run-command.ts';
import { OtlpSink, type ReceivedSpan } from '../support/otlp-sink.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { report } from '../support/report.ts';

describe('traces', () => {
  const collector = new OtlpSink();
  let coordinator: LoneCoordinator;

  beforeAll(async () => {
    coordinator = await startLoneCoordinator(['--otlp', await collector.listen()]);
  });

  beforeEach(() => {
    collector.spans.length = 0;
    collector.answer = (response) => response.end('{}');
  });

  afterAll(async () => {
    await coordinator.close();
    await collector.close();
  });

  const start = async (
    role: string,
    more: Partial<Parameters<typeof startSimulatedAgent>[1]> = {},
  ): Promise<string> => (await startAgent(role, more)).instanceId;

  const startAgent = async (
    role: string,
    more: Partial<Parameters<typeof startSimulatedAgent>[1]> = {},
  ): Promise<SimulatedAgent> => {
    const facts = { region: 'eu-central-1', availabilityZone: 'eu-central-1a', imageId: 'ami-1' };
    return await readyAgent(coordinator, { role, facts, ...more });
  };

  const reportSpans = async (
    instanceId: string,
    spans: Span[],
    bootId = `boot-${instanceId}`,
  ): Promise<void> => {
    await report(coordinator.agents, instanceId, { spans, bootId });
  };

  const span = (spanId: string, parentId: string, more: Partial<Span> = {}): Span => ({
    spanId,
    parentId,
    name: `step-${spanId}`,
    startUnixNs: 1.7e18,
    endUnixNs: 1.7e18 + 5e6,
    ...more,
  });

  const received = async (count: number): Promise<ReceivedSpan[]> =>
    await waitFor(`${count} spans`, () => collector.spans.length >= count && collector.spans);

  test('an instance is one trace for each boot, with parents, times and what is known of the machine', async () => {
    const instanceId = await start('boot');
    await reportSpans(instanceId, [
      span('a', ''),
      span('b', 'a', {
        attributes: { 'container.name': 'app' },
        io: { diskReadBytes: 7 },
        containerIo: { diskReadBytes: 5, networkTransmitBytes: 3, diskReadOperations: 1 },
      }),
    ]);
    const [a, b] = await received(2);
    expect(a).toMatchObject({ name: 'step-a', startTimeUnixNano: '1700000000000000000' });
    // Times are doubles on the way: good to some 256 ns.
    expect(Math.abs(Number(a?.endTimeUnixNano) - Number(a?.startTimeUnixNano) - 5e6)).toBeLessThan(600);
    expect(a?.traceId).toMatch(/^[\da-f]{32}$/);
    expect(a?.parentSpanId ?? '').toBe('');
    expect(b).toMatchObject({ traceId: a?.traceId, parentSpanId: a?.spanId });
    expect(b?.attributes).toContainEqual({ key: 'container.name', value: { stringValue: 'app' } });
    expect(b?.attributes).toContainEqual({ key: 'parbake.disk.read', value: { intValue: 7 } });
    const own = b?.attributes.filter(({ key }) => key.startsWith('parbake.container.'));
    expect(own).toEqual([
      { key: 'parbake.container.disk.read', value: { intValue: 5 } },
      { key: 'parbake.container.network.transmit', value: { intValue: 3 } },
      { key: 'parbake.container.disk.read_operations', value: { intValue: 1 } },
    ]);
    expect(a?.resource).toMatchObject({
      'service.name': 'parbake-agent',
      'service.instance.id': instanceId,
      'host.id': instanceId,
      'host.image.id': 'ami-1',
      'cloud.provider': 'aws',
      'cloud.availability_zone': 'eu-central-1a',
    });
  });

  test("what an instance's clock is off by is taken off its spans", async () => {
    const instanceId = await start('skewed', {
      clock: { offset: durationOf(-3_600_000), uncertainty: durationOf(1) },
    });
    await reportSpans(instanceId, [span('x', '')]);
    const [x] = await received(1);
    expect(Number(x?.startTimeUnixNano) / 1e9).toBeCloseTo(1.7e9 - 3600, 3);
    expect(Math.abs(Number(x?.endTimeUnixNano) - Number(x?.startTimeUnixNano) - 5e6)).toBeLessThan(600);
  });

  test('a batch of an earlier boot that comes late is in the trace of that boot', async () => {
    const instanceId = await start('late');
    await reportSpans(instanceId, [span('now', '')]);
    await reportSpans(instanceId, [span('then', '')], 'boot-before');
    const [now, then] = await received(2);
    expect(now?.traceId).toMatch(/^[\da-f]{32}$/);
    expect(then?.traceId).not.toBe(now?.traceId);
  });

  test("a caller's trace goes through to the instance's steps", async () => {
    const instanceId = await start('traced');
    const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
    const request = { user: 'alice', role: 'traced' };
    const tracestate = 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE';
    const headers = { traceparent: `00-${traceId}-${spanId}-01`, tracestate };
    const { assignment } = await assign(coordinator.clients, request, 60_000, headers);
    const assignmentId = assignment?.assignmentId ?? '';
    await reportSpans(instanceId, [
      span('root', '', { name: 'assignment', assignmentId }),
      span('leaf', 'root', { name: 'container.exec', assignmentId }),
    ]);
    const spans = await received(3);
    const named = (name: string): ReceivedSpan | undefined => spans.find((one) => one.name === name);
    const call = named('parbake.v1.AssignmentService/Assign');
    expect(call).toMatchObject({ traceId, parentSpanId: spanId, kind: 2 });
    expect(call?.resource['service.name']).toBe('parbake-coordinator');
    expect(call?.events?.map(({ name }) => name)).toEqual(['claimed', 'delivered', 'started', 'ready']);
    expect(named('assignment')).toMatchObject({ traceId, parentSpanId: call?.spanId });
    expect(named('container.exec')).toMatchObject({ traceId, parentSpanId: named('assignment')?.spanId });
    expect(spans.map(({ traceState }) => traceState)).toEqual([tracestate, tracestate, tracestate]);
  });

  test('a state that is none is dropped, and the trace goes through; without a trace there is no state', async () => {
    const agents = await Promise.all(
      ['1', '2'].map(async () => await startAgent('stateful', { userEnv: ['TRACEPARENT', 'TRACESTATE'] })),
    );
    const traceId = '7af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const request = { user: 'jo', role: 'stateful' };
    await assign(coordinator.clients, request, 60_000, { traceparent, tracestate: 'a=1,a=2' });
    await assign(coordinator.clients, request, 60_000, { traceparent: 'nonsense', tracestate: 'a=1' });
    const calls = await received(2);
    expect(calls.map(({ traceState = '' }) => traceState)).toEqual(['', '']);
    expect(calls[0]).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331' });
    for (const { desired } of agents)
      expect(Object.keys(desired.at(-1)?.order?.env ?? {})).toEqual(['TRACEPARENT']);
  });

  test("the operator's command passes on the trace of its environment, and nothing that is none", async () => {
    await start('operator');
    await start('operator');
    const traceId = '6af7651916cd43dd8448eb211c80319c';
    const args = ['--coordinator', coordinator.address, '--user', 'ida', '--role', 'operator'];
    const told = { TRACEPARENT: `00-${traceId}-b7ad6b7169203331-01`, TRACESTATE: 'a=1,b=2' };
    expect((await runCommand(assignCommand, args, told)).exit).toBe(0);
    const none = { TRACEPARENT: 'no\r\ntrace', TRACESTATE: 'no\r\nstate' };
    expect((await runCommand(assignCommand, args, none)).exit).toBe(0);
    const [first, second] = await received(2);
    expect(first).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331', traceState: 'a=1,b=2' });
    expect(second?.parentSpanId ?? '').toBe('');
  });

  test("a container whose role takes it is told its caller's trace, below the call", async () => {
    const agent = await startAgent('told', { userEnv: ['TRACEPARENT', 'TRACESTATE', 'BRANCH'] });
    const [traceId, spanId] = ['1af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
    const headers = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'a=1 ,b=2' };
    await assign(
      coordinator.clients,
      { user: 'alice', role: 'told', env: { BRANCH: 'main' } },
      20_000,
      headers,
    );
    const [call] = await received(1);
    expect(agent.desired.at(-1)?.order?.env).toEqual({
      BRANCH: 'main',
      TRACEPARENT: `00-${traceId}-${call?.spanId ?? ''}-01`,
      TRACESTATE: 'a=1,b=2',
    });
  });

  test('a container whose role does not take it, or whose caller says it itself, is told nothing', async () => {
    const traceparent = '00-2af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const headers = { traceparent, tracestate: 'a=1' };
    const closed = await startAgent('closed', { userEnv: [] });
    await assign(coordinator.clients, { user: 'alice', role: 'closed' }, 60_000, headers);
    expect(closed.desired.at(-1)?.order?.env).toEqual({});
    const own = await startAgent('own', { userEnv: ['TRACEPARENT', 'TRACESTATE'] });
    await assign(
      coordinator.clients,
      { user: 'alice', role: 'own', env: { TRACEPARENT: 'mine' } },
      20_000,
      headers,
    );
    expect(own.desired.at(-1)?.order?.env).toEqual({ TRACEPARENT: 'mine' });
    await received(2);
  });

  test('an assignment that no instance could serve is a span that says so, with what was tried below it', async () => {
    const traceId = '3af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    for (let tries = 0; tries < 3; tries++) await start('failing', { outcome: 'FAILED' });
    const refused = await assign(coordinator.clients, { user: 'dora', role: 'failing' }, 60_000, {
      traceparent,
    }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'ASSIGNMENT_FAILED' });
    const call = await waitFor('its span', () => collector.spans.find((one) => one.traceId === traceId));
    expect(call).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331', status: { code: 2 } });
    expect(call?.status?.message).toContain('DOCKER_FAILED');
    expect(call?.attributes).toContainEqual({
      key: 'error.type',
      value: { stringValue: 'ASSIGNMENT_FAILED' },
    });
    expect(call?.attributes).toContainEqual({
      key: 'rpc.response.status_code',
      value: { stringValue: 'ABORTED' },
    });
  });

  test('no instance in time, and a role that nobody knows, are spans with an error too', async () => {
    const ignore = (): undefined => undefined;
    await start('taken');
    await assign(coordinator.clients, { user: 'eve', role: 'taken' });
    await assign(coordinator.clients, { user: 'fred', role: 'taken' }, 10_000).catch(ignore);
    await assign(coordinator.clients, { user: 'fred', role: 'no-such-role' }).catch(ignore);
    const ofRoles =
      (role: string) =>
      ({ attributes }: ReceivedSpan) =>
        attributes.some(({ key, value }) => key === 'parbake.role' && value.stringValue?.startsWith(role));
    const spans = await waitFor('their spans', () => {
      const found = [
        ...collector.spans.filter(ofRoles('taken')),
        ...collector.spans.filter(ofRoles('no-such')),
      ];
      return found.length === 3 && found;
    });
    const errors = spans.map(({ attributes }) => attributes.find(({ key }) => key === 'error.type')?.value);
    expect(errors).toEqual([undefined, { stringValue: 'NO_CAPACITY' }, { stringValue: 'ROLE_UNKNOWN' }]);
  });

  test('an assignment that is released before it serves ends its span', async () => {
    const agent = await startAgent('slow', { outcome: 'silence' });
    const request = { user: 'gus', role: 'slow', wait: 'WAIT_UNTIL_CLAIMED' as const };
    const { assignment } = await assign(coordinator.clients, request);
    await release(coordinator.clients, assignment?.assignmentId ?? '');
    const [call] = await received(1);
    expect(call).toMatchObject({ status: { code: 2, message: 'INTERRUPTED: released before it served' } });
    expect(call?.attributes).toContainEqual({
      key: 'parbake.instance.id',
      value: { stringValue: agent.instanceId },
    });
  });

  test('a caller that does not keep its trace has none kept, and the container hears of that', async () => {
    const agent = await startAgent('unsampled', { userEnv: ['TRACEPARENT'] });
    const traceId = '4af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-00` };
    const { assignment } = await assign(
      coordinator.clients,
      { user: 'hal', role: 'unsampled' },
      20_000,
      headers,
    );
    const assignmentId = assignment?.assignmentId ?? '';
    await reportSpans(agent.instanceId, [span('kept', ''), span('dropped', '', { assignmentId })]);
    const [kept] = await received(1);
    expect(kept?.name).toBe('step-kept');
    expect(agent.desired.at(-1)?.order?.env['TRACEPARENT']).toMatch(new RegExp(`^00-${traceId}-.{16}-00$`));
    const text = await (await fetch(`${coordinator.url}/metrics`)).text();
    expect(text).toMatch(/^parbake_otlp_spans_total\{result="unsampled"\} 2$/m);
    expect(collector.spans.filter((one) => one.traceId === traceId)).toEqual([]);
  });

  test('what is no trace context is no reason to refuse', async () => {
    await start('odd');
    const { assignment } = await assign(coordinator.clients, { user: 'bob', role: 'odd' }, 60_000, {
      traceparent: 'nonsense',
    });
    expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    const [call] = await received(1);
    expect(call?.traceId).toMatch(/^[\da-f]{32}$/);
    expect(call?.parentSpanId ?? '').toBe('');
  });

  test('a collector that refuses is counted, and holds up nobody', async () => {
    collector.answer = (response) => response.writeHead(400).end('no');
    const instanceId = await start('refused');
    await reportSpans(instanceId, [span('x', '')]);
    const refused = async (): Promise<boolean> => {
      const text = await (await fetch(`${coordinator.url}/metrics`)).text();
      return /^parbake_otlp_spans_total\{result="refused"\} [1-9]/m.test(text);
    };
    await waitFor('the refusal to be counted', refused);
    const said = (): number => coordinator.process.log().split('collector did not take spans').length - 1;
    await waitFor('the refusal to be logged', () => said() > 0);
    expect(said()).toBe(1);
  });

  test('a collector that never answers fills no memory: what is too much is dropped and counted', async () => {
    const held: ServerResponse[] = [];
    collector.answer = (response) => void held.push(response);
    const instanceId = await start('silent');
    for (let batch = 0; batch < 12; batch++) {
      const one = `i-${batch}-${instanceId}`;
      await startSimulatedAgent(coordinator.agents, { instanceId: one, role: 'silent' });
      await reportSpans(
        one,
        Array.from({ length: 1000 }, (_, index) => span(`${batch}-${index}`, '')),
      );
    }
    const { assignment } = await assign(coordinator.clients, { user: 'carol', role: 'silent' });
    expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    const text = await (await fetch(`${coordinator.url}/metrics`)).text();
    const dropped = Number(/^parbake_otlp_spans_total\{result="dropped"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    expect(dropped).toBeGreaterThan(1000);
    for (const response of held) response.end('{}');
  });
});
