import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCoordinatorProcess } from '../testbed/coordinator-process.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';

describe('the page without a browser', () => {
  let coordinator: LoneCoordinator;

  beforeAll(async () => {
    coordinator = await startLoneCoordinator();
    await readyAgent(coordinator, { instanceId: 'i-1', role: 'web' });
  });

  afterAll(() => coordinator?.close());

  const refusal = async (path: string, init: RequestInit = {}): Promise<[number, string]> => {
    const response = await fetch(`${coordinator.url}${path}`, init);
    return [response.status, ((await response.json()) as { code: string }).code];
  };

  test('says what is wrong, and only reads', async () => {
    expect(await refusal('/api/v1/instances/i-none')).toEqual([404, 'INSTANCE_NOT_FOUND']);
    expect(await refusal('/api/v1/nothing')).toEqual([404, 'REQUEST_INVALID']);
    expect(await refusal('/api/v1/assignments/as-none')).toEqual([404, 'ASSIGNMENT_NOT_FOUND']);
    for (const query of [
      'instances?state=SLEEPY',
      'instances?order=AGE',
      'assignments?state=OLD',
      'changes?page=0',
    ])
      expect(await refusal(`/api/v1/${query}`)).toEqual([400, 'REQUEST_INVALID']);
    expect(await refusal('/api/v1/instances/%zz')).toEqual([400, 'REQUEST_INVALID']);
    expect(await refusal('/api/v1/compare?a=i-1')).toEqual([400, 'REQUEST_INVALID']);
    expect(await refusal('/api/v1/fleet', { method: 'POST' })).toEqual([405, 'REQUEST_INVALID']);
  });

  test('another name for this address is refused, so that no other site can read it', async () => {
    const answer = await raw('GET /api/v1/fleet HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 421 /);
    expect(answer).not.toContain('states');
  });

  test('assets are not sent twice, and scripts come from here alone', async () => {
    const first = await fetch(`${coordinator.url}/page.js`);
    expect(first.headers.get('content-security-policy')).toContain("script-src 'self'");
    const etag = first.headers.get('etag') ?? '';
    await first.arrayBuffer();
    expect((await fetch(`${coordinator.url}/page.js`, { headers: { 'if-none-match': etag } })).status).toBe(
      304,
    );
  });

  test('who listens and does not read holds up nobody', async () => {
    const [host = '', port = ''] = coordinator.url.replace('http://', '').split(':');
    const deaf = connect(Number(port), host);
    deaf.pause();
    deaf.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
    try {
      await Promise.all(
        Array.from({ length: 300 }, (_, index) =>
          startSimulatedAgent(coordinator.agents, { instanceId: `i-many-${index}`, role: 'many' }),
        ),
      );
      const { assignment } = await assign(coordinator.clients, { user: 'carol', role: 'many' });
      expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
    } finally {
      deaf.destroy();
    }
  });

  test('plaintext is for loopback addresses', async () => {
    const refused = startCoordinatorProcess(coordinator.directory, ['--http', '0.0.0.0:0']);
    await expect(refused).rejects.toThrow('INSECURE_ADDRESS');
  });

  test('where plaintext is allowed elsewhere, only names that no other site can have are answered', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'parbake-plaintext-'));
    const started = await startCoordinatorProcess(directory, [
      ...['--listen', '127.0.0.1:0', '--http', '0.0.0.0:0', '--allow-plaintext-http'],
    ]);
    const page = `127.0.0.2:${new URL(started.urls[0] ?? '').port}`;
    try {
      const statusFor = async (host: string): Promise<string> => {
        const request = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
        return (await rawTo(page, request)).split(' ')[1] ?? '';
      };
      for (const host of [page, '10.0.1.10:8080', '[2001:db8::1]:8080', 'coordinator:8080'])
        expect([host, await statusFor(host)]).toEqual([host, '200']);
      for (const host of ['evil.example', 'evil.example:8080', ''])
        expect([host, await statusFor(host)]).toEqual([host, '421']);
    } finally {
      await started.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  const raw = (request: string): Promise<string> => rawTo(coordinator.url.replace('http://', ''), request);

  function rawTo(address: string, request: string): Promise<string> {
    const [host = '', port = ''] = address.split(':');
    return new Promise((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), host, () => socket.write(request));
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
  }
});
