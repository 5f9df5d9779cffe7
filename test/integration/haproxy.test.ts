import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { RuntimeApi } from '../../coordinator/routes/haproxy/runtime-api.ts';
import { assign, listRoutes, release } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { packagingMissing } from '../support/requirement.ts';
import { startHttpRouter, type HttpRouter } from '../testbed/http-router.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = packagingMissing([]);
let directory: string;
let haproxy: HttpRouter;
let coordinator: LoneCoordinator;
const servers: Server[] = [];

beforeAll(async () => {
  if (missing !== undefined) return;
  directory = mkdtempSync(join(tmpdir(), 'parbake-haproxy-'));
  haproxy = await startHttpRouter(directory, await reserveLoopback());
  const { socket, map } = haproxy;
  coordinator = await startLoneCoordinator(['--zone', 'preview.test', '--haproxy', `${socket}=${map}`]);
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

afterAll(async () => {
  if (missing !== undefined) return;
  await coordinator.close();
  await haproxy.close();
  rmSync(directory, { recursive: true, force: true });
});

/** An instance of its own, whose application says which name it serves. */
async function serving(name: string): Promise<string> {
  const host = await reserveLoopback();
  const server = createServer((_, response) => response.end(name));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(8080, host, resolve));
  await readyAgent(coordinator, { role: 'web', endpoint: { host, port: 8080 } });
  const { assignment } = await assign(coordinator.clients, {
    user: name,
    role: 'web',
    routes: [{ name, port: 8080 }],
    wait: 'WAIT_UNTIL_ROUTED',
  });
  return assignment?.assignmentId ?? '';
}

/** @returns what answers under a name; undefined when nobody does */
function ask(name: string): Promise<string | undefined> {
  const [host, port] = haproxy.address.split(':');
  return new Promise((resolve) => {
    const asked = request(
      { host, port, headers: { host: name }, agent: false, timeout: 5_000 },
      (response) => {
        let text = '';
        response.on('data', (part: Buffer) => (text += part.toString()));
        response.on('end', () => resolve(response.statusCode === 200 ? text : undefined));
        response.on('error', () => resolve(undefined));
      },
    );
    asked.on('error', () => resolve(undefined));
    asked.end();
  });
}

const isUpToDate = async (): Promise<boolean> => {
  const { publishers, generation } = await listRoutes(coordinator.clients, {});
  return publishers.every((publisher) => publisher.generation >= generation && publisher.error === '');
};

test.skipIf(missing !== undefined)(
  'HAProxy answers under a name from the moment a caller hears of it, until its release',
  async () => {
    const assignmentId = await serving('a.preview.test');
    expect(await ask('a.preview.test')).toBe('a.preview.test');
    expect(await ask('A.Preview.Test:80')).toBe('a.preview.test');
    expect(await ask('b.preview.test')).toBeUndefined();
    await release(coordinator.clients, assignmentId);
    await waitFor('the withdrawal', isUpToDate);
    expect(await ask('a.preview.test')).toBeUndefined();
  },
);

test.skipIf(missing !== undefined)(
  "a HAProxy that is killed again and again while names come and go never answers with somebody else's instance",
  async () => {
    const live = new Map<string, string>();
    const probes = { count: 0, wrong: [] as string[] };
    const done = new AbortController();
    const names = Array.from({ length: 6 }, (_, index) => `n${index}.preview.test`);
    const probe = async (): Promise<void> => {
      while (!done.signal.aborted)
        for (const name of names) {
          const answer = await ask(name);
          probes.count += 1;
          if (answer !== undefined && answer !== name) probes.wrong.push(`${name} got ${answer}`);
        }
    };
    const change = async (): Promise<void> => {
      for (let round = 0; round < 3; round++)
        for (const name of names) {
          const assignmentId = live.get(name);
          if (assignmentId === undefined) live.set(name, await serving(name));
          else {
            await release(coordinator.clients, assignmentId);
            live.delete(name);
          }
        }
    };
    const kill = async (): Promise<void> => {
      while (!done.signal.aborted) {
        await haproxy.restart();
        // Each comes back to its whole table.
        await waitFor('its table', async () => done.signal.aborted || (await marker()) !== undefined);
      }
    };
    const probing = [probe(), probe()];
    const killing = kill();
    await change();
    done.abort();
    await Promise.all([...probing, killing]);
    expect(probes.wrong).toEqual([]);
    expect(probes.count).toBeGreaterThan(20);
    for (const name of names)
      await waitFor(
        `${name} to be as the rows say`,
        async () => ((await ask(name)) === name) === live.has(name),
      );
  },
);

const marker = () => new RuntimeApi(haproxy.socket).get(haproxy.map, '_parbake').catch(() => undefined);

test.skipIf(missing !== undefined)(
  'a table of 3,000 names is swapped whole, and the coordinator puts its own back',
  async () => {
    const api = new RuntimeApi(haproxy.socket);
    const entries = Array.from(
      { length: 3_000 },
      (_, index) => [`${'x'.repeat(40)}-${index}.preview.test`, `10.0.0.1/8080/${index}`] as const,
    );
    await api.replace(haproxy.map, entries);
    expect(await api.get(haproxy.map, entries[2_999]?.[0] ?? '')).toBe('10.0.0.1/8080/2999');
    // The coordinator notices that this is not its own.
    await waitFor('the table of the coordinator', async () => (await marker()) !== undefined);
  },
);
