import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { command } from '../testbed/command.ts';

const project = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(project, path), 'utf8');

interface Answer {
  status: number;
  json: Record<string, unknown>;
}

describe('assignments as JSON over HTTP', () => {
  let coordinator: LoneCoordinator;
  let token: string;

  beforeAll(async () => {
    coordinator = await startLoneCoordinator();
    token = await createToken('client/shop');
    // Known, and nobody offers it.
    await applyRole('later');
  });

  afterAll(() => coordinator?.close());

  const createToken = async (principal: string): Promise<string> => {
    const args = [
      'coordinator/cli/main.ts',
      'token',
      'create',
      principal,
      '--coordinator',
      coordinator.address,
    ];
    return (await command(process.execPath, args, { cwd: project })).trim();
  };

  const applyRole = (name: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const { fleet } = coordinator.clients;
      fleet.applyRoles({ roles: [{ name }] }, (error) => (error === null ? resolve() : reject(error)));
    });

  async function call(
    method: string,
    path: string,
    {
      body,
      by = token,
      headers = {},
    }: { body?: unknown; by?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const response = await fetch(`${coordinator.url}${path}`, {
      method,
      headers: {
        ...(by === '' ? {} : { authorization: `Bearer ${by}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as Answer['json'] };
  }

  const validate = (schema: string, json: unknown): void => {
    const { components } = JSON.parse(read('docs/openapi.json')) as { components: object };
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.validate({ $ref: `#/components/schemas/${schema}`, components }, json);
    expect(ajv.errors ?? []).toEqual([]);
  };

  test('the whole life of an assignment', async () => {
    await readyAgent(coordinator, {
      instanceId: 'i-life',
      role: 'life',
      userEnv: ['BRANCH'],
      takesFiles: true,
    });
    const requestId = randomUUID();
    const body = {
      requestId,
      user: 'alice',
      role: 'life',
      env: { BRANCH: 'main' },
      files: { 'tls.pem': Buffer.from('a key').toString('base64') },
      ttl: '3600s',
    };
    const { status, json } = await call('POST', '/v1/assignments', { body });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: {
        replayed: false,
        assignment: {
          state: 'ASSIGNMENT_STATE_SERVING',
          instanceId: 'i-life',
          user: 'alice',
          owner: 'client/shop',
        },
      },
    });
    validate('AssignResponse', json);
    const { assignmentId, timings } = json['assignment'] as {
      assignmentId: string;
      timings: { ready: string };
    };
    expect(timings.ready).toMatch(/^\d+(\.\d+)?s$/);
    expect((await call('POST', '/v1/assignments', { body })).json).toMatchObject({
      replayed: true,
      assignment: { assignmentId },
    });
    // Names as the proto files have them are taken, too.
    const { requestId: request_id, ...rest } = body;
    expect((await call('POST', '/v1/assignments', { body: { request_id, ...rest } })).json).toMatchObject({
      replayed: true,
    });
    for (const path of [`/v1/assignments/${assignmentId}`, `/v1/assignments?requestId=${requestId}`])
      expect((await call('GET', path)).json).toMatchObject({ assignment: { assignmentId } });
    const extended = await call('POST', `/v1/assignments/${assignmentId}:extend`, { body: { ttl: '7200s' } });
    validate('ExtendAssignmentResponse', extended.json);
    const { expireTime, createTime } = extended.json['assignment'] as Record<string, string>;
    expect(Date.parse(expireTime ?? '') - Date.parse(createTime ?? '')).toBeGreaterThanOrEqual(7_200_000);
    const released = await call('POST', `/v1/assignments/${assignmentId}:release`);
    expect(released).toMatchObject({ status: 200, json: { alreadyReleased: false } });
    validate('ReleaseResponse', released.json);
  });

  test('a caller who goes leaves nothing behind', async () => {
    const stop = new AbortController();
    const requestId = randomUUID();
    const asked = fetch(`${coordinator.url}/v1/assignments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ requestId, user: 'bob', role: 'later' }),
      signal: stop.signal,
    });
    const found = async (): Promise<number> =>
      (await call('GET', `/v1/assignments?requestId=${requestId}`)).status;
    await expect.poll(found).toBe(200);
    stop.abort();
    await expect(asked).rejects.toThrow('aborted');
    await expect.poll(found).toBe(404);
  });

  describe('errors are those of gRPC', () => {
    const wanted = { requestId: 'r-1', user: 'alice', role: 'later' };

    test.each<[string, number, string, () => Promise<Answer>]>([
      [
        'without a token',
        401,
        'UNAUTHENTICATED',
        () => call('POST', '/v1/assignments', { body: wanted, by: '' }),
      ],
      [
        'with a wrong one',
        401,
        'UNAUTHENTICATED',
        () => call('GET', '/v1/assignments/as-1', { by: 'parbake_no' }),
      ],
      [
        'for a reader, who may only look',
        403,
        'PERMISSION_DENIED',
        async () =>
          await call('POST', '/v1/assignments', { body: wanted, by: await createToken('reader/eve') }),
      ],
      ['of no assignment', 404, 'ASSIGNMENT_NOT_FOUND', () => call('GET', '/v1/assignments/as-none')],
      [
        'for an unknown role',
        404,
        'ROLE_UNKNOWN',
        () => call('POST', '/v1/assignments', { body: { ...wanted, role: 'no' } }),
      ],
      [
        'when nothing is free in time',
        429,
        'NO_CAPACITY',
        () => call('POST', '/v1/assignments', { body: wanted, headers: { 'request-timeout': '1' } }),
      ],
      ['at another path', 404, 'REQUEST_INVALID', () => call('DELETE', '/v1/assignments/as-1')],
      [
        'for a body that is not JSON',
        400,
        'REQUEST_INVALID',
        () => call('POST', '/v1/assignments', { body: '{' }),
      ],
      [
        'for a form of another site',
        400,
        'REQUEST_INVALID',
        () => call('POST', '/v1/assignments', { body: wanted, headers: { 'content-type': 'text/plain' } }),
      ],
      [
        'for a release by a page of another site',
        400,
        'REQUEST_INVALID',
        () => call('POST', '/v1/assignments/as-1:release', { headers: { 'sec-fetch-site': 'cross-site' } }),
      ],
      [
        'for a port of more than 32 bits',
        400,
        'REQUEST_INVALID',
        () =>
          call('POST', '/v1/assignments', {
            body: { ...wanted, routes: [{ name: 'a.test', port: 2 ** 32 + 80 }] },
          }),
      ],
      [
        'for a body that is too long',
        400,
        'ORDER_TOO_LARGE',
        () => call('POST', '/v1/assignments', { body: `"${'x'.repeat(5_000_000)}"` }),
      ],
      ['for a wrong query', 400, 'REQUEST_INVALID', () => call('GET', '/v1/assignments?request=1')],
    ])('%s', async (_what, status, reason, ask) => {
      const answer = await ask();
      validate('Status', answer.json);
      const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'parbake.dev' };
      expect(answer).toMatchObject({
        status,
        json: { details: expect.arrayContaining([expect.objectContaining(info)]) },
      });
    });

    test('say when to try again', async () => {
      const headers = { 'request-timeout': '1' };
      const { json } = await call('POST', '/v1/assignments', { body: wanted, headers });
      const retry = {
        '@type': 'type.googleapis.com/google.rpc.RetryInfo',
        retryDelay: expect.stringMatching(/^\d+s$/),
      };
      expect(json['details']).toContainEqual(retry);
    });

    test('name every wrong field at once', async () => {
      const body = {
        user: 5,
        role: 'life',
        wait: 'SOON',
        ttl: '1h',
        files: { a: '%' },
        routes: [{ prot: 1 }],
        x: 1,
      };
      const { json } = await call('POST', '/v1/assignments', { body });
      const details = json['details'] as { fieldViolations?: { field: string }[] }[];
      const fields = details.flatMap(({ fieldViolations = [] }) => fieldViolations.map(({ field }) => field));
      expect(fields).toEqual(['user', 'wait', 'ttl', 'files.a', 'routes[0].prot', 'x']);
    });
  });

  describe('the examples', () => {
    test('a webhook gives a pull request an instance, and releases it', async () => {
      const secret = 'a secret';
      await readyAgent(coordinator, { instanceId: 'i-pull', role: 'pulls' });
      const { program, url } = await startWebhook({ WEBHOOK_SECRET: secret, ROLE: 'pulls' });
      try {
        const deliver = async (action: string, key = secret): Promise<Answer> => {
          const pull = {
            action,
            number: 7,
            pull_request: { head: { sha: 'abc' } },
            repository: { full_name: 'acme/shop' },
          };
          const payload = JSON.stringify(pull);
          const signature = `sha256=${createHmac('sha256', key).update(payload).digest('hex')}`;
          const headers = { 'x-hub-signature-256': signature };
          const response = await fetch(url, { method: 'POST', headers, body: payload });
          const text = await response.text();
          return { status: response.status, json: text === '' ? {} : (JSON.parse(text) as Answer['json']) };
        };
        expect((await deliver('opened', 'another')).status).toBe(401);
        const serving = { state: 'ASSIGNMENT_STATE_SERVING', instanceId: 'i-pull', environment: 'pull-7' };
        expect((await deliver('opened')).json).toMatchObject(serving);
        // Delivered twice, it is the same assignment.
        expect((await deliver('opened')).json).toMatchObject(serving);
        expect((await deliver('labeled')).json).toEqual({});
        expect((await deliver('closed')).json).toMatchObject({ state: 'ASSIGNMENT_STATE_RELEASING' });
      } finally {
        program.kill();
      }
    });

    async function startWebhook(
      env: Record<string, string>,
    ): Promise<{ program: ChildProcess; url: string }> {
      const program = spawn(process.execPath, [join(project, 'docs/examples/webhook.mjs')], {
        env: { ...env, PARBAKE_URL: coordinator.url, PARBAKE_TOKEN: token, PORT: '0' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      for await (const line of program.stdout) {
        const [, port] = /listening on port (\d+)/.exec(String(line)) ?? [];
        if (port !== undefined) return { program, url: `http://127.0.0.1:${port}/` };
      }
      throw new Error('the webhook ended');
    }

    test('a job of GitHub Actions has an instance of its own while its steps run', async () => {
      await readyAgent(coordinator, { instanceId: 'i-job', role: 'web' });
      const { jobs } = parse(read('docs/examples/preview-job.yml')) as {
        jobs: { test: { steps: { run: string }[] } };
      };
      const directory = mkdtempSync(join(tmpdir(), 'parbake-job-'));
      const file = join(directory, 'env');
      // The runner adds what a step writes to $GITHUB_ENV to the environment of the next one.
      const env: Record<string, string> = {
        PATH: process.env['PATH'] ?? '',
        ...{ PARBAKE_URL: coordinator.url, PARBAKE_TOKEN: token, GITHUB_ENV: file },
        ...{
          GITHUB_REPOSITORY: 'acme/shop',
          GITHUB_RUN_ID: '1',
          GITHUB_RUN_ATTEMPT: '1',
          GITHUB_HEAD_REF: 'login',
        },
      };
      try {
        const outputs: string[] = [];
        for (const { run } of jobs.test.steps) {
          outputs.push(await command('bash', ['-eo', 'pipefail', '-c', run], { cwd: directory, env }));
          for (const [, name = '', value = ''] of readFileSync(file, 'utf8').matchAll(/^(\w+)=(.*)$/gm))
            env[name] = value;
        }
        expect(outputs[1]).toBe('testing http://127.0.0.1:8080/\n');
        expect(JSON.parse(outputs[2] ?? '')).toMatchObject({
          assignment: { user: 'acme/shop', environment: 'login' },
        });
      } finally {
        rmSync(directory, { recursive: true });
      }
    });
  });
});
