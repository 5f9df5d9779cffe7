import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { durationOf } from '../../proto/wire/time.ts';
import { catalogue } from '../../coordinator/telemetry/catalogue.ts';
import { command } from '../testbed/command.ts';
import { waitFor } from '../testbed/wait.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign } from '../support/calls.ts';
import { unlessRequired } from '../support/requirement.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { report } from '../support/report.ts';

const promtool = '/usr/bin/promtool';
const missing = unlessRequired(existsSync(promtool) ? undefined : `needs ${promtool}`);

const project = join(import.meta.dirname, '../..');

describe.skipIf(missing !== undefined)(`metrics ${missing ?? ''}`, () => {
  let coordinator: LoneCoordinator;

  beforeAll(async () => {
    coordinator = await startLoneCoordinator();
  });

  afterAll(async () => {
    await coordinator?.close();
  });

  const scrape = async (): Promise<string> => await (await fetch(`${coordinator.url}/metrics`)).text();
  /** The value of a line, by everything before it; undefined when there is none. */
  const value = (text: string, line: string): number | undefined => {
    const found = text.split('\n').find((one) => one.startsWith(`${line} `));
    return found === undefined ? undefined : Number(found.slice(line.length));
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
    await readyAgent(coordinator, { role: 'web' });
    await readyAgent(coordinator, { role: 'web' });
    await assign(coordinator.clients, { user: 'alice', role: 'web' });
    const text = await scrape();
    expect(value(text, 'parbake_role_instances{role="web",state="READY"}')).toBe(1);
    expect(value(text, 'parbake_role_instances{role="web",state="ASSIGNED"}')).toBe(1);
    expect(value(text, 'parbake_connected_agents')).toBe(2);
    expect(value(text, 'parbake_check_ins_total')).toBe(2);
    for (const step of ['claimed', 'delivered', 'started', 'ready'])
      expect(value(text, `parbake_assignment_step_seconds_count{role="web",step="${step}"}`)).toBe(1);
    expect(value(text, 'parbake_grpc_server_handled_seconds_count{method="Assign",status="OK"}')).toBe(1);
    const usual = 'grpc_type="unary",grpc_service="parbake.v1.AssignmentService",grpc_method="Assign"';
    expect(value(text, `grpc_server_handled_total{${usual},grpc_code="OK"}`)).toBe(1);
    expect(value(text, `grpc_server_handling_seconds_count{${usual}}`)).toBe(1);
    expect(value(text, 'parbake_role_waiting_assignments{role="web"}')).toBe(0);
    expect(value(text, 'process_resident_memory_bytes')).toBeGreaterThan(1e7);
  });

  test('a role that an operator applied has 0 READY instances before there is any, and after a restart', async () => {
    const role = { name: 'empty', userEnv: [] };
    await new Promise<void>((resolve, reject) =>
      coordinator.clients.fleet.applyRoles({ roles: [role] }, (error) =>
        error === null ? resolve() : reject(error),
      ),
    );
    await coordinator.restart();
    expect(value(await scrape(), 'parbake_role_instances{role="empty",state="READY"}')).toBe(0);
  });

  test('an instance that does not serve is counted with the reason, and a refused call with its status', async () => {
    await readyAgent(coordinator, { role: 'broken', outcome: 'FAILED' });
    await assign(coordinator.clients, { user: 'bob', role: 'broken', wait: 'WAIT_UNTIL_CLAIMED' });
    const line = 'parbake_assignment_attempts_failed_total{role="broken",code="DOCKER_FAILED"}';
    await waitFor('the failure to be counted', async () => value(await scrape(), line) === 1);
    await assign(coordinator.clients, { user: 'carol', role: 'nowhere' }).catch(() => {});
    expect(
      value(await scrape(), 'parbake_grpc_server_handled_seconds_count{method="Assign",status="NOT_FOUND"}'),
    ).toBe(1);
    expect(await scrape()).toMatch(/^grpc_server_handled_total\{.*grpc_code="NotFound"\} 1$/m);
  });

  test('a report is counted once, however often it is sent, and spans of any name have few names', async () => {
    const { instanceId } = await readyAgent(coordinator, { role: 'reporter' });
    const send = async (sequence: number): Promise<void> => {
      const spans = ['check_in', 'something.else'].map((name, index) => ({
        spanId: `${sequence}-${index}`,
        name,
        startUnixNs: 1e18,
        endUnixNs: 1e18 + 2e9,
      }));
      const pulls = [
        { ref: 'a', duration: durationOf(1500), atBake: false, layers: [{ cached: true }, {}, {}] },
        { ref: 'b', duration: durationOf(1500), atBake: true, layers: [{}] },
      ];
      await report(coordinator.agents, instanceId, { sequence, spans, pulls });
    };
    for (const sequence of [1, 1, 2]) await send(sequence);
    const text = await scrape();
    expect(value(text, 'parbake_report_batches_total{result="stored"}')).toBe(2);
    expect(value(text, 'parbake_report_batches_total{result="repeated"}')).toBe(1);
    expect(value(text, 'parbake_span_seconds_sum{span="check_in"}')).toBe(4);
    expect(value(text, 'parbake_span_seconds_count{span="other"}')).toBe(2);
    expect(value(text, 'parbake_pull_seconds_count')).toBe(2);
    expect(value(text, 'parbake_pull_layers_total{result="cached"}')).toBe(2);
    expect(value(text, 'parbake_pull_layers_total{result="fetched"}')).toBe(4);
  });

  test('roles that people make up do not make the series grow for ever', async () => {
    for (let index = 0; index < 120; index++)
      await startSimulatedAgent(coordinator.agents, { instanceId: `i-many-${index}`, role: `role-${index}` });
    const text = await scrape();
    const roles = new Set(
      [...text.matchAll(/^parbake_role_instances\{role="([^"]+)"/gm)].map(([, role]) => role),
    );
    expect(roles.has('other')).toBe(true);
    expect(roles.size).toBeLessThanOrEqual(101);
    expect(text).not.toMatch(/i-many|alice/);
  });

  test('the example rules and the dashboard know only metrics that there are', async () => {
    const rules = join(project, 'packaging/prometheus');
    await command(promtool, ['check', 'rules', 'alerts.yml'], { cwd: rules });
    await command(promtool, ['test', 'rules', 'alerts.test.yml'], { cwd: rules });
    const texts = ['packaging/prometheus/alerts.yml', 'packaging/grafana/parbake.json'].map((file) =>
      readFileSync(join(project, file), 'utf8'),
    );
    const used = texts.flatMap((text) => text.match(/\b(parbake_\w+|process_\w+)(?=[{)\][" ,]|$)/g) ?? []);
    const known = Object.entries(catalogue).flatMap(([name, { type }]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    );
    const metrics = [...new Set(used)].filter((name) => !known.includes(name));
    expect(used.length).toBeGreaterThan(20);
    // Each alert says where it is explained.
    const [alerts = ''] = texts;
    const pages = [...alerts.matchAll(/runbook_url: docs\/alerts\.md#(\w+)/g)].map(([, anchor]) => anchor);
    const names = [...alerts.matchAll(/alert: (\w+)/g)].map(([, name = '']) => name);
    expect(pages).toEqual(names.map((name) => name.toLowerCase()));
    const headings = readFileSync(join(project, 'docs/alerts.md'), 'utf8').match(/(?<=^## )\w+$/gm);
    expect(headings).toEqual(names);
    expect(metrics).toEqual([]);
  });
});
