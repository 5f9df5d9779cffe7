import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startCoordinatorProcess } from '../../packaging/dev/testbed/coordinator-process.ts';
import { connectCoordinator } from '../../packaging/dev/testbed/parbake.ts';
import type { Started } from '../../packaging/dev/testbed/processes.ts';
import { freePort } from '../../packaging/dev/testbed/registry.ts';
import { waitFor } from '../../packaging/dev/testbed/wait.ts';
import type { Span } from '../../proto/gen/parbake/v1/Span.ts';
import { connectAgents, startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, getInstance } from '../support/calls.ts';

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
  events?: { name: string }[];
}

interface OtlpRequest {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { scope: { name: string }; spans: OtlpSpan[] }[];
  }[];
}

type Received = OtlpSpan & { resource: Record<string, string | undefined> };

/** Takes what a collector takes over HTTP, in OTLP's JSON encoding. */
class FakeCollector {
  readonly spans: Received[] = [];
  answer: (response: ServerResponse) => void = (response) => response.end('{}');
  requests = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.requests += 1;
        const body = Buffer.concat(chunks);
        const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
        if (request.url === '/v1/traces') this.#take(JSON.parse(text.toString()) as OtlpRequest);
        this.answer(response);
      });
    });
  }

  #take({ resourceSpans }: OtlpRequest): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const known = Object.fromEntries(resource.attributes.map(({ key, value }) => [key, value.stringValue]));
      for (const { spans } of scopeSpans)
        this.spans.push(...spans.map((span) => ({ ...span, resource: known })));
    }
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

describe('traces', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-traces-'));
  const collector = new FakeCollector();
  let coordinator: Started;
  let page: string;
  let clients: ReturnType<typeof connectCoordinator>;
  let agents: ReturnType<typeof connectAgents>;

  beforeAll(async () => {
    const otlp = await collector.listen();
    const address = `127.0.0.1:${await freePort('127.0.0.1')}`;
    page = `127.0.0.1:${await freePort('127.0.0.1')}`;
    coordinator = await startCoordinatorProcess(directory, [
      '--listen',
      address,
      '--http',
      page,
      '--otlp',
      otlp,
    ]);
    clients = connectCoordinator(address);
    agents = connectAgents(address);
  });

  beforeEach(() => {
    collector.spans.length = 0;
    collector.answer = (response) => response.end('{}');
  });

  afterAll(async () => {
    agents.close();
    clients.close();
    await coordinator.stop();
    await collector.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (
    role: string,
    clock?: { offsetMs: number; uncertaintyMs: number },
  ): Promise<string> => {
    const instanceId = `i-${randomUUID()}`;
    const facts = { region: 'eu-central-1', availabilityZone: 'eu-central-1a', imageId: 'ami-1' };
    await startSimulatedAgent(agents, { instanceId, role, facts, ...(clock === undefined ? {} : { clock }) });
    await waitFor('it to be ready', async () => {
      const { state, connected } = await getInstance(clients, instanceId);
      return state === 'INSTANCE_STATE_READY' && connected;
    });
    return instanceId;
  };

  const report = async (instanceId: string, spans: Span[], bootId = `boot-${instanceId}`): Promise<void> => {
    const stream = agents.report();
    await new Promise<void>((resolve, reject) => {
      stream.on('data', () => resolve());
      stream.on('error', reject);
      stream.write({ instanceId, bootId, sequence: 1, spans });
    });
    stream.end();
  };

  const span = (spanId: string, parentId: string, more: Partial<Span> = {}): Span => ({
    ...{ spanId, parentId, name: `step-${spanId}`, startUnixNs: 1.7e18, endUnixNs: 1.7e18 + 5e6 },
    ...more,
  });

  const received = async (count: number): Promise<Received[]> =>
    await waitFor(`${count} spans`, () => collector.spans.length >= count && collector.spans);

  test('an instance is one trace for each boot, with parents, times and what is known of the machine', async () => {
    const instanceId = await start('boot');
    await report(instanceId, [
      span('a', ''),
      span('b', 'a', { attributes: { 'container.name': 'app' }, io: { diskReadBytes: 7 } }),
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
    const instanceId = await start('skewed', { offsetMs: -3_600_000, uncertaintyMs: 1 });
    await report(instanceId, [span('x', '')]);
    const [x] = await received(1);
    expect(Number(x?.startTimeUnixNano) / 1e9).toBeCloseTo(1.7e9 - 3600, 3);
    expect(Math.abs(Number(x?.endTimeUnixNano) - Number(x?.startTimeUnixNano) - 5e6)).toBeLessThan(600);
  });

  test('a batch of an earlier boot that comes late is in the trace of that boot', async () => {
    const instanceId = await start('late');
    await report(instanceId, [span('now', '')]);
    await report(instanceId, [span('then', '')], 'boot-before');
    const [now, then] = await received(2);
    expect(now?.traceId).toMatch(/^[\da-f]{32}$/);
    expect(then?.traceId).not.toBe(now?.traceId);
  });

  test("a caller's trace goes through to the instance's steps", async () => {
    const instanceId = await start('traced');
    const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
    const request = { user: 'alice', role: 'traced' };
    const headers = { traceparent: `00-${traceId}-${spanId}-01` };
    const { assignment } = await assign(clients, request, 20_000, headers);
    const assignmentId = assignment?.assignmentId ?? '';
    await report(instanceId, [
      span('root', '', { name: 'assignment', assignmentId }),
      span('leaf', 'root', { name: 'container.exec', assignmentId }),
    ]);
    const spans = await received(3);
    const named = (name: string): Received | undefined => spans.find((one) => one.name === name);
    const call = named('parbake.v1.AssignmentService/Assign');
    expect(call).toMatchObject({ traceId, parentSpanId: spanId, kind: 2 });
    expect(call?.resource['service.name']).toBe('parbake-coordinator');
    expect(call?.events?.map(({ name }) => name)).toEqual(['claimed', 'delivered', 'started', 'ready']);
    expect(named('assignment')).toMatchObject({ traceId, parentSpanId: call?.spanId });
    expect(named('container.exec')).toMatchObject({ traceId, parentSpanId: named('assignment')?.spanId });
  });

  test('what is no trace context is no reason to refuse', async () => {
    await start('odd');
    const { assignment } = await assign(clients, { user: 'bob', role: 'odd' }, 20_000, {
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
    await report(instanceId, [span('x', '')]);
    const refused = async (): Promise<boolean> => {
      const text = await (await fetch(`http://${page}/metrics`)).text();
      return /^parbake_otlp_spans_total\{result="refused"\} [1-9]/m.test(text);
    };
    await expect.poll(refused, { timeout: 20_000 }).toBe(true);
  });

  test('a collector that never answers fills no memory: what is too much is dropped and counted', async () => {
    const held: ServerResponse[] = [];
    collector.answer = (response) => void held.push(response);
    const instanceId = await start('silent');
    for (let batch = 0; batch < 12; batch++) {
      const one = `i-${batch}-${instanceId}`;
      await startSimulatedAgent(agents, { instanceId: one, role: 'silent' });
      await report(
        one,
        Array.from({ length: 1000 }, (_, index) => span(`${batch}-${index}`, '')),
      );
    }
    const { assignment } = await assign(clients, { user: 'carol', role: 'silent' });
    expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    const text = await (await fetch(`http://${page}/metrics`)).text();
    const dropped = Number(/^parbake_otlp_spans_total\{result="dropped"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    expect(dropped).toBeGreaterThan(1000);
    for (const response of held) response.end('{}');
  });
});
