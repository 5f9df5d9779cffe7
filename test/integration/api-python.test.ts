import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reasonOf } from '../../proto/errors/cause.ts';
import { errorDomain } from '../../proto/wire/status.ts';
import { durationOf } from '../../proto/wire/time.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { unlessRequired } from '../support/requirement.ts';
import { command } from '../testbed/command.ts';
import { pythonPackages } from '../testbed/python-packages.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const proto = join(root, 'proto');
const requirements = [
  'grpcio',
  'grpcio-tools',
  'grpcio-status',
  'grpcio-health-checking',
  'grpcio-reflection',
].map((name) => `${name}==1.85.1`);

interface Failure {
  code: string;
  message: string;
  reason: string;
  domain: string;
  metadata: Record<string, string>;
  fields: string[];
  retry_seconds: number | null;
  resource: [string, string] | null;
}

/** What the client prints. */
interface Seen {
  state: string;
  replayed: boolean;
  same: boolean;
  created: number;
  timings: string[];
  timings_of_claimed: string[];
  errors: Record<string, Failure>;
  instances_by_1: number[];
  instances_by_5000: number[];
  events_by_2: number[];
  events: [type: string, of: string, state: string][];
  health: Record<string, string>;
  services: string[];
  reflected_fields: string[];
  clock_offset: number;
  request_id: string[];
}

let packages = '';
const python = (path: string, ...args: string[]): Promise<string> =>
  command('env', [`PYTHONPATH=${path}`, 'PYTHONDONTWRITEBYTECODE=1', 'python3', ...args]);
const missing = unlessRequired(
  await pythonPackages(requirements).then(
    (directory) => void (packages = directory),
    (cause: unknown) => `gRPC for Python cannot be installed: ${reasonOf(cause)}`,
  ),
);

describe.skipIf(missing !== undefined)('a client in Python that has the proto files alone', () => {
  const begun = Date.now();
  let coordinator: LoneCoordinator;
  let directory: string;
  let seen: Seen;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'parbake-python-'));
    const sources = readdirSync(join(proto, 'parbake/v1')).map((name) => `parbake/v1/${name}`);
    const out = [`--python_out=${directory}`, `--grpc_python_out=${directory}`];
    await python(packages, '-m', 'grpc_tools.protoc', '-I', proto, ...out, ...sources);
    coordinator = await startLoneCoordinator(['--dev']);
    const clock = { offset: durationOf(-1500), uncertainty: durationOf(1) };
    for (let count = 0; count < 2; count++) await readyAgent(coordinator, { role: 'web', clock });
    await readyAgent(coordinator, { role: 'limited', userEnv: ['ALLOWED'] });
    const client = join(root, 'test/fixtures/api_client.py');
    const roles = ['web', 'limited', 'empty'];
    seen = JSON.parse(
      await python(`${directory}:${packages}`, client, coordinator.address, ...roles),
    ) as Seen;
  });

  afterAll(async () => {
    await coordinator.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test('assigns, and the same request_id gives the same assignment', () => {
    expect(seen).toMatchObject({ state: 'ASSIGNMENT_STATE_SERVING', replayed: true, same: true });
    expect(seen.created).toBeGreaterThanOrEqual(begun);
    expect(seen.timings).toEqual(['claimed', 'delivered', 'started', 'ready']);
  });

  test('an answer that waited for the claim only has its time', () => {
    expect(seen.timings_of_claimed).toContain('claimed');
  });

  test('reads of every error a stable reason in our domain', () => {
    const errors = Object.entries(seen.errors).map(([name, { code, reason }]) => [name, code, reason]);
    expect(errors).toEqual([
      ['invalid', 'INVALID_ARGUMENT', 'REQUEST_INVALID'],
      ['mismatch', 'FAILED_PRECONDITION', 'REQUEST_ID_MISMATCH'],
      ['unknown_role', 'NOT_FOUND', 'ROLE_UNKNOWN'],
      ['env', 'INVALID_ARGUMENT', 'ENV_NOT_ALLOWED'],
      ['no_capacity', 'RESOURCE_EXHAUSTED', 'NO_CAPACITY'],
      ['no_instance', 'NOT_FOUND', 'INSTANCE_NOT_FOUND'],
      ['no_assignment', 'NOT_FOUND', 'ASSIGNMENT_NOT_FOUND'],
      ['unknown_state', 'INVALID_ARGUMENT', 'REQUEST_INVALID'],
      ['negative_page', 'INVALID_ARGUMENT', 'REQUEST_INVALID'],
      ['roles', 'INVALID_ARGUMENT', 'ROLE_INVALID'],
      ['stream', 'INVALID_ARGUMENT', 'REQUEST_INVALID'],
    ]);
    const domains = Object.values(seen.errors).map(({ domain }) => domain);
    expect(new Set(domains)).toEqual(new Set([errorDomain]));
  });

  test('reads every wrong field of a request at once', () => {
    const fields = Object.entries(seen.errors).map(([name, error]) => [name, [...error.fields].sort()]);
    expect(Object.fromEntries(fields)).toMatchObject({
      invalid: ['env', 'env', 'request_id', 'role', 'user', 'wait'],
      env: ['env'],
      unknown_state: ['state'],
      negative_page: ['page_size'],
      roles: ['roles[1].name'],
      stream: ['cursor'],
    });
  });

  test('reads when to try again, and what does not exist', () => {
    expect(seen.errors['no_capacity']?.retry_seconds).toBeGreaterThan(0);
    expect(seen.errors['no_capacity']?.metadata['role']).toBe('empty');
    expect(seen.errors['unknown_role']?.resource).toEqual(['parbake.v1.Role', 'nobody']);
    expect(seen.errors['no_instance']?.resource).toEqual(['parbake.v1.Instance', 'i-none']);
    expect(seen.errors['no_assignment']?.resource).toEqual(['parbake.v1.Assignment', 'as-none']);
  });

  test('pages: a size above the maximum is the maximum, and the last page has no token', () => {
    expect(seen.instances_by_1).toEqual([1, 1, 1]);
    expect(seen.instances_by_5000).toEqual([3]);
    expect(seen.events_by_2.reduce((sum, size) => sum + size, 0)).toBe(seen.events.length);
    expect(seen.events_by_2).not.toContain(0);
  });

  test('reads events and their states as enums', () => {
    expect(seen.events).toEqual(
      expect.arrayContaining([
        ['EVENT_TYPE_INSTANCE_CHECKED_IN', 'instance_state', 'INSTANCE_STATE_CHECKED_IN'],
        ['EVENT_TYPE_ASSIGNMENT_CLAIMED', 'assignment_state', 'ASSIGNMENT_STATE_CLAIMED'],
        ['EVENT_TYPE_ASSIGNMENT_SERVING', 'assignment_state', 'ASSIGNMENT_STATE_SERVING'],
      ]),
    );
    expect(seen.events.map(([type]) => type)).not.toContain('EVENT_TYPE_UNSPECIFIED');
  });

  test('reads lengths of time as durations, negative ones too', () => {
    expect(seen.clock_offset).toBe(-1.5);
  });

  test('asks each service for its health by name', () => {
    expect(seen.health).toEqual({
      '': 'SERVING',
      'parbake.v1.AgentService': 'SERVING',
      'parbake.v1.AssignmentService': 'SERVING',
      'parbake.v1.FleetService': 'SERVING',
      'parbake.v1.TelemetryService': 'SERVING',
    });
  });

  test('finds services and messages by reflection', () => {
    expect(seen.services).toEqual(expect.arrayContaining(Object.keys(seen.health).filter(Boolean)));
    expect(seen.reflected_fields).toContain('request_id');
    expect(seen.reflected_fields).toContain('ttl');
  });

  test('reads from the proto files how a field behaves', () => {
    expect(seen.request_id).toEqual(['REQUIRED']);
  });

  test('the example of the documents gives a user an instance and ends it', async () => {
    await readyAgent(coordinator, { role: 'example' });
    const example = join(root, 'docs/examples/lifecycle.py');
    const run = (role: string): Promise<string> =>
      python(`${directory}:${packages}`, example, coordinator.address, 'alice', role);
    expect((await run('example')).trim().split('\n').slice(-2)).toEqual([
      'ASSIGNMENT_STATE_SERVING',
      'ASSIGNMENT_STATE_RELEASING',
    ]);
    await expect(run('nobody')).rejects.toThrow('ROLE_UNKNOWN: there is no role "nobody"');
  });
});
