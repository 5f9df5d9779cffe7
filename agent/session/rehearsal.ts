import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeOrder } from '../core/gate-order.ts';
import { releaseGate } from '../gate/release.ts';
import { answersHttp } from '../docker/readiness.ts';

/** Often enough that the engine compiles what it will run, in some tens of milliseconds. */
const rounds = 25;

/**
 * Goes the way of an order with nobody's order, before anybody waits for it: an instance has one order in its life, and
 * code that runs for the first time takes many times as long as code that has run before.
 * @param directory for sockets that live for the moment
 * @param durableWrite what stores an order
 */
export async function rehearse(
  directory: string,
  durableWrite: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const gateSocket = join(directory, 'rehearsal-gate');
  const httpSocket = join(directory, 'rehearsal-http');
  const gate = createServer((socket) => {
    socket.on('data', () => socket.end('A'));
    socket.on('error', () => {});
  });
  const http = createHttpServer((_request, response) => void response.end('ok'));
  try {
    await Promise.all([listen(gate, gateSocket), listen(http, httpSocket)]);
    const order = encodeOrder({ PARBAKE_USER: 'nobody' });
    for (let round = 0; round < rounds && !signal.aborted; round++) {
      await durableWrite();
      await releaseGate(gateSocket, order, 'rehearsal');
      await answersHttp({ socketPath: httpSocket, path: '/' }, signal);
    }
  } finally {
    gate.close();
    http.close();
    await Promise.all([rm(gateSocket, { force: true }), rm(httpSocket, { force: true })]);
  }
}

async function listen(server: Server, path: string): Promise<void> {
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
