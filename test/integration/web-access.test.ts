import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorProgram } from '../../coordinator/cli/program.ts';
import { runInside } from '../support/run-command.ts';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { waitFor } from '../testbed/wait.ts';

/** Pages that may watch at a time. */
const maxWatching = 200;

describe('the page on a loopback address', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-access-'));
  const socket = `unix:${join(directory, 'coordinator.sock')}`;
  let coordinator: CoordinatorProcess;

  beforeAll(async () => {
    coordinator = await startCoordinatorProcess(directory, ['--listen', socket, '--http', '127.0.0.1:0']);
  });

  afterAll(async () => {
    await coordinator?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const operate = async (...args: string[]): Promise<string> =>
    (await runInside(operatorProgram, [...args, '--coordinator', socket])).stdout.trim();
  const page = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    await fetch(new URL(path, coordinator.urls[0]), { headers, redirect: 'manual' });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  test('finding 19: shows another user of the machine nothing but health and figures', async () => {
    for (const path of ['/', '/page.js', '/api/v1/fleet', '/api/v1/events', '/?token=parbake_guess'])
      expect([path, (await page(path)).status]).toEqual([path, 401]);
    expect((await page('/healthz')).status).toBe(200);
    expect((await page('/metrics')).status).toBe(200);
  });

  test.each([
    'unix:anything',
    'unix:80',
    '',
    '127.999.1.1',
    '127.0.0.1.evil.example',
    'localhost.evil.example:80',
    '[::1].evil.example',
  ])('finding 25: is not for the Host header %j, which is another site', async (host) => {
    const { hostname, port } = new URL(coordinator.urls[0] ?? '');
    const request = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const socket = connect(Number(port), hostname, () => socket.write(request));
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 421 /);
  });

  test.each(['unix:8080', '127.999.1.1:0'])(
    'finding 25: is not served at %s, a machine of that name',
    async (address) => {
      const refused = startCoordinatorProcess(directory, ['--listen', `${socket}2`, '--http', address]);
      await expect(refused).rejects.toThrow('INSECURE_ADDRESS');
    },
  );

  test('opens for a token of a reader, which a browser keeps out of the address, until it is revoked', async () => {
    const token = await operate('token', 'create', 'reader/browser');
    expect((await page('/api/v1/fleet', bearer(token))).status).toBe(200);
    const opened = await page(`/?token=${token}`);
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/']);
    const kept = opened.headers.get('set-cookie') ?? '';
    expect(kept).toMatch(/; HttpOnly; SameSite=Strict$/);
    const cookie = kept.replace(/;.*$/, '');
    expect((await page('/', { cookie: `other=1; ${cookie}` })).status).toBe(200);
    const { tokens } = JSON.parse(await operate('token', 'list', '--json')) as {
      tokens: { token_id: string }[];
    };
    await operate('token', 'revoke', tokens[0]?.token_id ?? '');
    expect((await page('/', { cookie })).status).toBe(401);
  });

  test('finding 19: is not for the token of a client', async () => {
    const token = await operate('token', 'create', 'client/shop');
    expect((await page('/', bearer(token))).status).toBe(403);
  });

  test('finding 19: 200 event streams lock nobody else out', async () => {
    const greedy = bearer(await operate('token', 'create', 'reader/greedy'));
    const other = bearer(await operate('token', 'create', 'reader/other'));
    const stopping = new AbortController();
    const watch = async (headers: Record<string, string>): Promise<Response> =>
      await fetch(new URL('/api/v1/events', coordinator.urls[0]), { headers, signal: stopping.signal });
    const streams = await Promise.all(Array.from({ length: maxWatching }, () => watch(greedy)));
    let ended = 0;
    for (const { body } of streams)
      void body?.pipeTo(new WritableStream()).then(
        () => (ended += 1),
        () => {},
      );
    expect((await watch(other)).status).toBe(200);
    await waitFor('one of the greedy to make way', () => ended === 1);
    stopping.abort();
  });
});
