import { createServer, type Server } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { probeHttp, probeTcp } from '../../agent/docker/probe.ts';
import { newPlaceKey, placeKeyBytes } from '../../agent/core/order/place-key.ts';
import { awaitReady } from '../../agent/docker/readiness.ts';
import { playedDocker } from '../../agent/worker/played.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const { signal } = new AbortController();
const host = '127.0.0.1';

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, host, resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const gateKey = newPlaceKey(Buffer.alloc(placeKeyBytes));

test('A10: a readiness check says what its last try saw', async () => {
  const missing = await listen(createHttpServer((_, response) => response.writeHead(404).end()));
  const silent = await listen(createServer(() => {}));
  const rude = await listen(createServer((socket) => socket.on('data', () => socket.resetAndDestroy())));
  const closed = await closedPort();
  const saw = async (port: number): Promise<unknown> => await probeHttp({ host, port, path: '/' }, signal);
  expect(await saw(missing)).toEqual({ passed: false, saw: 'answered 404' });
  expect(await saw(closed)).toEqual({ passed: false, saw: 'was refused' });
  expect(await saw(silent)).toEqual({ passed: false, saw: 'timed out after 1 s' });
  expect(await saw(rude)).toEqual({ passed: false, saw: 'was cut off without an answer' });
  expect(await probeTcp(host, closed)).toEqual({ passed: false, saw: 'was refused' });
  expect(await probeTcp(host, silent)).toEqual({ passed: true });
});

test('A10: the reason of a timeout has the last answer and the number of tries', async () => {
  const port = await listen(createHttpServer((_, response) => response.writeHead(404).end()));
  const ready = { kind: 'http', port, path: '/healthz', timeoutMs: 200 } as const;
  const engine = playedDocker(gateKey);
  const waited = awaitReady({ id: 'c', container: { name: 'app', ready }, address: host }, engine, signal);
  await expect(waited).rejects.toMatchObject({
    code: 'READINESS_TIMEOUT',
    message: expect.stringMatching(
      new RegExp(
        `^container app was not ready within 0.2 s: GET /healthz on port ${port} answered 404, \\d+ tries$`,
      ),
    ) as unknown,
  });
});

test('A2: a container without an address is not looked for on the host', async () => {
  const port = await listen(createHttpServer((_, response) => response.end('the host answers')));
  const ready = { kind: 'http', port, path: '/', timeoutMs: 100 } as const;
  const engine = playedDocker(gateKey);
  const waited = awaitReady({ id: 'c', container: { name: 'app', ready }, address: '' }, engine, signal);
  await expect(waited).rejects.toThrow('the container has no address');
});
