import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../coordinator/telemetry/catalogue.ts';
import { startCoordinatorProcess } from '../../packaging/dev/testbed/coordinator-process.ts';
import { connectCoordinator } from '../../packaging/dev/testbed/parbake.ts';
import type { Started } from '../../packaging/dev/testbed/processes.ts';
import { freePort } from '../../packaging/dev/testbed/registry.ts';
import { waitFor } from '../../packaging/dev/testbed/wait.ts';
import { connectAgents, startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, getInstance } from '../support/calls.ts';
import { unlessRequired } from '../support/requirement.ts';

const promtool = '/usr/bin/promtool';
const missing = unlessRequired(existsSync(promtool) ? undefined : `needs ${promtool}`);

const project = join(import.meta.dirname, '../..');

describe.skipIf(missing !== undefined)(`metrics ${missing ?? ''}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-metrics-'));
  let coordinator: Started;
  let base: string;
  let clients: ReturnType<typeof connectCoordinator>;
  let agents: ReturnType<typeof connectAgents>;

  beforeAll(async () => {
    const [address, page] = [await freePort('127.0.0.1'), await freePort('127.0.0.1')].map(
      (port) => `127.0.0.1:${port}`,
    );
    base = `http://${page ?? ''}`;
    coordinator = await startCoordinatorProcess(directory, ['--listen', address ?? '', '--http', page ?? '']);
    clients = connectCoordinator(address ?? '');
    agents = connectAgents(address ?? '');
  });

  afterAll(async () => {
    agents?.close();
    clients?.close();
    await coordinator?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const scrape = async (): Promise<string> => await (await fetch(`${base}/metrics`)).text();
  /** The value of a line, by everything before it; undefined when there is none. */
  const value = (text: string, line: string): number | undefined => {
    const found = text.split('\n').find((one) => one.startsWith(`${line} `));
    return found === undefined ? undefined : Number(found.slice(line.length));
  };
  const readyAgent = async (role: string, outcome: 'SERVING' | 'FAILED' = 'SERVING'): Promise<string> => {
    const instanceId = `i-${randomUUID()}`;
    await startSimulatedAgent(agents, { instanceId, role, outcome });
    await waitFor('it to be ready', async () => {
      const { state, connected } = await getInstance(clients, instanceId);
      return state === 'INSTANCE_STATE_READY' && connected;
    });
    return instanceId;
  };

  test('Prometheus finds nothing to complain of', async () => {
    const text = await scrape();
    const checked = execFile(promtool, ['check', 'metrics']);
    checked.stdin?.end(text);
    const output = await new Promise<[number | null, string]>((resolve) => {
      let said = '';
      checked.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
      checked.on('close', (code) => resolve([code, said]));
    });
    expect(output).toEqual([0, '']);
  });

  test('what happens is counted when it happens', async () => {
    await readyAgent('web');
    await readyAgent('web');
    await assign(clients, { user: 'alice', role: 'web' });
    const text = await scrape();
    expect(value(text, 'parbake_role_instances{role="web",state="READY"}')).toBe(1);
    expect(value(text, 'parbake_role_instances{role="web",state="ASSIGNED"}')).toBe(1);
    expect(value(text, 'parbake_connected_agents')).toBe(2);
    expect(value(text, 'parbake_check_ins_total')).toBe(2);
    for (const step of ['claimed', 'delivered', 'started', 'ready'])
      expect(value(text, `parbake_assignment_step_seconds_count{role="web",step="${step}"}`)).toBe(1);
    expect(value(text, 'parbake_grpc_server_handled_seconds_count{method="Assign",status="OK"}')).toBe(1);
    expect(value(text, 'process_resident_memory_bytes')).toBeGreaterThan(1e7);
  });

  test('an instance that does not serve is counted with the reason, and a refused call with its status', async () => {
    await readyAgent('broken', 'FAILED');
    await assign(clients, { user: 'bob', role: 'broken', wait: 'WAIT_UNTIL_CLAIMED' });
    const line = 'parbake_assignment_attempts_failed_total{role="broken",code="CONTAINER_EXITED"}';
    await waitFor('the failure to be counted', async () => value(await scrape(), line) === 1);
    await assign(clients, { user: 'carol', role: 'nowhere' }).catch(() => {});
    expect(
      value(await scrape(), 'parbake_grpc_server_handled_seconds_count{method="Assign",status="NOT_FOUND"}'),
    ).toBe(1);
  });

  test('a report is counted once, however often it is sent, and spans of any name have few names', async () => {
    const instanceId = await readyAgent('reporter');
    const send = async (sequence: number): Promise<void> => {
      const stream = agents.report();
      await new Promise<void>((resolve, reject) => {
        stream.on('data', () => resolve());
        stream.on('error', reject);
        const spans = ['check_in', 'something.else'].map((name, index) => ({
          ...{ spanId: `${sequence}-${index}`, name, startUnixNs: 1e18, endUnixNs: 1e18 + 2e9 },
        }));
        const pulls = [
          { ref: 'a', pullMs: 1500, atBake: false },
          { ref: 'b', pullMs: 1500, atBake: true },
        ];
        stream.write({ instanceId, bootId: 'boot', sequence, spans, pulls });
      });
      stream.end();
    };
    for (const sequence of [1, 1, 2]) await send(sequence);
    const text = await scrape();
    expect(value(text, 'parbake_report_batches_total{result="stored"}')).toBe(2);
    expect(value(text, 'parbake_report_batches_total{result="repeated"}')).toBe(1);
    expect(value(text, 'parbake_span_seconds_sum{span="check_in"}')).toBe(4);
    expect(value(text, 'parbake_span_seconds_count{span="other"}')).toBe(2);
    expect(value(text, 'parbake_pull_seconds_count')).toBe(2);
  });

  test('roles that people make up do not make the series grow for ever', async () => {
    for (let index = 0; index < 120; index++)
      await startSimulatedAgent(agents, { instanceId: `i-many-${index}`, role: `role-${index}` });
    const text = await scrape();
    const roles = new Set(
      [...text.matchAll(/^parbake_role_instances\{role="([^"]+)"/gm)].map(([, role]) => role),
    );
    expect(roles.has('other')).toBe(true);
    expect(roles.size).toBeLessThanOrEqual(101);
    expect(text).not.toMatch(/i-many|alice/);
  });

  test('the example rules and the dashboard know only metrics that there are', async () => {
    const run = promisify(execFile);
    const rules = join(project, 'packaging/prometheus');
    await run(promtool, ['check', 'rules', 'alerts.yml'], { cwd: rules });
    await run(promtool, ['test', 'rules', 'alerts.test.yml'], { cwd: rules });
    const texts = ['packaging/prometheus/alerts.yml', 'packaging/grafana/parbake.json'].map((file) =>
      readFileSync(join(project, file), 'utf8'),
    );
    const used = texts.flatMap((text) => text.match(/\b(parbake_\w+|process_\w+)(?=[{)\][" ,]|$)/g) ?? []);
    const known = Object.entries(catalogue).flatMap(([name, { type }]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    );
    const metrics = [...new Set(used)].filter((name) => !known.includes(name));
    expect(used.length).toBeGreaterThan(20);
    expect(metrics).toEqual([]);
  });
});
