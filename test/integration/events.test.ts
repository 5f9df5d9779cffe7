import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { status, type ClientReadableStream, type ServiceError } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventsCommand } from '../../coordinator/cli/events-command.ts';
import { composeFleet, type Fleet } from '../../coordinator/serve/fleet.ts';
import { startServer, type RunningServer } from '../../coordinator/serve/server.ts';
import { openSqliteStore } from '../../coordinator/store/threads/open.ts';
import type { Store } from '../../coordinator/store/store.ts';
import { connectCoordinator } from '../testbed/parbake.ts';
import { anAuthoriser, aTrust, insecureListener } from '../support/authorisers.ts';
import { waitFor } from '../testbed/wait.ts';
import type { Event__Output } from '../../proto/gen/parbake/v1/Event.ts';
import type { WatchEventsRequest } from '../../proto/gen/parbake/v1/WatchEventsRequest.ts';
import type { WatchEventsResponse__Output } from '../../proto/gen/parbake/v1/WatchEventsResponse.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { createLogger } from '../../proto/process/log.ts';
import { connectAgents, startSimulatedAgent, type SimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, getInstance, release } from '../support/calls.ts';
import { aCheckIn, at } from '../support/store-builders.ts';
import { runCommand } from '../support/run-command.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';

/** What one reader has of a stream. */
class Reader {
  readonly events: Event__Output[] = [];
  cursor = '';
  error: ServiceError | undefined;
  isOver = false;
  readonly stream: ClientReadableStream<WatchEventsResponse__Output>;

  constructor(clients: ReturnType<typeof connectCoordinator>, request: WatchEventsRequest = {}) {
    this.stream = clients.telemetry.watchEvents(request);
    this.stream.on('data', ({ events, cursor }: WatchEventsResponse__Output) => {
      this.events.push(...events);
      this.cursor = cursor;
    });
    this.stream.on('end', () => (this.isOver = true));
    this.stream.on('error', (error: ServiceError) => (this.error = error));
  }

  /** From now on everything is seen. */
  async begun(): Promise<this> {
    await waitFor('the first answer', () => this.cursor !== '' || this.error !== undefined);
    return this;
  }

  async has(count: number): Promise<Event__Output[]> {
    return await waitFor(`${count} events`, () => this.events.length >= count && this.events);
  }

  async failed(): Promise<{ code: number; reason: string }> {
    const error = await waitFor('the stream to fail', () => this.error);
    return { code: error.code, reason: fromStatus(error).code };
  }
}

/** Milliseconds; longer than a busy machine keeps a reader from reading. */
const readerPatience = 5_000;

describe('events over gRPC', () => {
  let store: Store;
  let fleet: Fleet;
  /** Codes that calls were refused with, as the coordinator logs them. */
  let refused: unknown[];
  let server: RunningServer;
  let clients: ReturnType<typeof connectCoordinator>;
  let agents: ReturnType<typeof connectAgents>;

  beforeEach(async () => {
    store = await openSqliteStore(':memory:');
    refused = [];
    const logger = Object.assign(createLogger('test', 'silent'), {
      info: ({ code }: { code?: unknown }) => {
        if (code !== undefined) refused.push(code);
      },
    });
    fleet = composeFleet(store, logger);
    const options = {
      authoriser: anAuthoriser(logger),
      trust: await aTrust(store, logger),
      reflection: false,
      readerPatience,
      logger,
    };
    server = await startServer(fleet, [insecureListener()], options);
    clients = connectCoordinator(server.addresses[0] ?? '');
    agents = connectAgents(server.addresses[0] ?? '');
  });

  afterEach(async () => {
    for (const agent of connected.splice(0)) agent.cut();
    await waitFor('sessions to be closed', () => fleet.sessions.size === 0);
    agents.close();
    clients.close();
    await server.close();
    await store.close();
  });

  /** One event for each boot. */
  const write = async (count: number, instanceId = 'i-many', from = 0): Promise<void> => {
    const boots = Array.from({ length: count }, (_, index) => from + index);
    await Promise.all(
      boots.map((boot) =>
        store.admit(
          aCheckIn(instanceId, { facts: { bootId: `boot-${boot}` }, roles: [] }),
          'session',
          at(1_000 + boot),
        ),
      ),
    );
  };

  const connected: SimulatedAgent[] = [];
  const start = async (role: string): Promise<string> => {
    const instanceId = `i-${randomUUID()}`;
    connected.push(await startSimulatedAgent(agents, { instanceId, role }));
    await waitFor('it to be ready', async () => {
      const { state, connected } = await getInstance(clients, instanceId);
      return state === 'INSTANCE_STATE_READY' && connected;
    });
    return instanceId;
  };

  test('are told as they happen, of instances and of assignments, each once and in order', async () => {
    await write(3);
    const reader = await new Reader(clients).begun();
    const instanceId = await start('web');
    const { assignment } = await assign(clients, { user: 'alice', role: 'web' });
    const assignmentId = assignment?.assignmentId ?? '';
    await release(clients, assignmentId);
    await waitFor('its end', () => reader.events.some(({ type }) => type === 'EVENT_TYPE_INSTANCE_STOPPED'));
    expect(reader.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'EVENT_TYPE_INSTANCE_CHECKED_IN',
        'EVENT_TYPE_INSTANCE_PREPARED',
        'EVENT_TYPE_INSTANCE_ASSIGNED',
        'EVENT_TYPE_ASSIGNMENT_CLAIMED',
        'EVENT_TYPE_ASSIGNMENT_SERVING',
        'EVENT_TYPE_ASSIGNMENT_RELEASE',
        'EVENT_TYPE_ASSIGNMENT_STOPPED',
        'EVENT_TYPE_INSTANCE_STOPPED',
      ]),
    );
    const cursors = reader.events.map(({ cursor }) => Number(cursor));
    expect(cursors).toEqual([...cursors].sort((a, b) => a - b));
    expect(new Set(cursors).size).toBe(cursors.length);
    expect(reader.events.every((event) => event.instanceId === instanceId)).toBe(true);
    reader.stream.cancel();
  });

  test('only those of one instance, or of one assignment', async () => {
    const one = await start('one');
    await start('two');
    const { assignment } = await assign(clients, { user: 'alice', role: 'two' });
    const ofInstance = new Reader(clients, { instanceId: one, last: 100, untilNow: true });
    const assignmentId = assignment?.assignmentId ?? '';
    const ofAssignment = new Reader(clients, { assignmentId, last: 100, untilNow: true });
    await waitFor('both to end', () => ofInstance.isOver && ofAssignment.isOver);
    expect(ofInstance.events.length).toBeGreaterThan(1);
    expect(ofInstance.events.every(({ instanceId }) => instanceId === one)).toBe(true);
    expect(ofAssignment.events.map(({ type }) => type)).toEqual([
      'EVENT_TYPE_ASSIGNMENT_CLAIMED',
      'EVENT_TYPE_ASSIGNMENT_SERVING',
    ]);
  });

  test('go on after a cursor: nothing is missed and nothing comes twice, however long the reader was away', async () => {
    const reader = await new Reader(clients).begun();
    await write(10);
    await reader.has(10);
    reader.stream.cancel();
    await write(1234, 'i-many', 10);
    const again = new Reader(clients, { cursor: reader.cursor, untilNow: true });
    await waitFor('it to end', () => again.isOver);
    expect(again.events).toHaveLength(1234);
    expect(Number(again.events[0]?.cursor)).toBe(Number(reader.cursor) + 1);
    expect(again.cursor).toBe(again.events.at(-1)?.cursor);
  });

  test('of the newest, as many as are asked for', async () => {
    await write(500);
    const reader = new Reader(clients, { last: 3, untilNow: true });
    await waitFor('it to end', () => reader.isOver);
    expect(reader.events.map(({ cursor }) => cursor)).toEqual(['498', '499', '500']);
  });

  test('do not wait in memory for a reader that does not read: it is ended, and comes back', async () => {
    const reader = new Reader(clients, { cursor: '0' });
    await reader.begun();
    reader.stream.pause();
    // More than the connection and the stream take in.
    await write(60_000);
    const ofOthers = new Reader(clients, { cursor: '59990', untilNow: true });
    await waitFor('somebody who reads to have everything', () => ofOthers.isOver);
    await waitFor('the one that does not to be ended', () => refused.includes('READER_TOO_SLOW'));
    // What was on the way comes before the reason.
    reader.stream.resume();
    expect(await reader.failed()).toEqual({ code: status.RESOURCE_EXHAUSTED, reason: 'READER_TOO_SLOW' });
    expect(reader.events.length).toBeLessThan(60_000);
    const rest = new Reader(clients, { cursor: reader.cursor, untilNow: true });
    await waitFor('the rest', () => rest.isOver);
    expect(reader.events.length + rest.events.length).toBe(60_000);
  });

  test('that are not kept any more are said to be gone, to those only who would miss them', async () => {
    await write(10);
    await store.removeEvents(1_006, 100);
    expect(await new Reader(clients, { cursor: '3' }).failed()).toEqual({
      code: status.OUT_OF_RANGE,
      reason: 'EVENTS_REMOVED',
    });
    const reader = new Reader(clients, { last: 100, untilNow: true });
    await waitFor('it to end', () => reader.isOver);
    expect(reader.events).toHaveLength(4);
  });

  test.each([
    [{ cursor: 'x' }],
    [{ cursor: '99' }],
    [{ last: -1 }],
    [{ cursor: '0', last: 1 }],
    [{ instanceId: 'i'.repeat(200) }],
  ])('%j is refused', async (request) => {
    expect(await new Reader(clients, request).failed()).toEqual({
      code: status.INVALID_ARGUMENT,
      reason: 'REQUEST_INVALID',
    });
  });

  test('end when the coordinator does, with a reason to come back', async () => {
    const reader = await new Reader(clients).begun();
    await server.close();
    expect(await reader.failed()).toEqual({ code: status.UNAVAILABLE, reason: 'COORDINATOR_UNREACHABLE' });
  });
});

describe('parbake events', () => {
  const cli = join(import.meta.dirname, '../../coordinator/cli/main.ts');
  let coordinator: LoneCoordinator;

  beforeAll(async () => {
    coordinator = await startLoneCoordinator();
    await readyAgent(coordinator, { instanceId: 'i-before', role: 'web' });
  });

  afterAll(async () => {
    await coordinator.close();
  });

  const events = (...args: string[]) =>
    runCommand(eventsCommand, ['--coordinator', coordinator.address, ...args]);

  test('prints a table, and one document', async () => {
    const { stdout } = await events();
    expect(stdout).toMatch(/^TIME +INSTANCE +ASSIGNMENT +EVENT +STATE +REASON$/m);
    expect(stdout).toMatch(/^\d{4}-\S+Z +i-before +- +checked_in +CHECKED_IN +-$/m);
    const { events: found, cursor } = JSON.parse((await events('--json')).stdout) as {
      events: { cursor: string; event: string }[];
      cursor: string;
    };
    expect(found[0]).toMatchObject({ cursor: '1', event: 'checked_in' });
    expect(cursor).toBe(found.at(-1)?.cursor);
    const after = JSON.parse((await events('--json', '--after', '1')).stdout) as { events: unknown[] };
    expect(after.events).toEqual(found.slice(1));
  });

  test.each([[['--last', 'many']], [['--last', '1', '--after', '1']], [['x']], [['--after', 'x']]])(
    '%j is wrong use',
    async (args) => {
      expect((await events(...args)).exit).toBe(2);
    },
  );

  test('--watch goes on over a restart of the coordinator, and misses nothing', async () => {
    const child = spawn(process.execPath, [
      cli,
      'events',
      '--coordinator',
      coordinator.address,
      '--watch',
      '--json',
    ]);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const ended = new Promise((resolve) => child.on('close', resolve));
    try {
      await waitFor('what was before', () => out.includes('i-before'));
      await coordinator.restart();
      await startSimulatedAgent(coordinator.agents, { instanceId: 'i-after', role: 'web' });
      await waitFor('what was after', () => /"i-after".*"prepared"/.test(out));
    } finally {
      child.kill('SIGINT');
    }
    expect(await ended).toBe(0);
    const cursors = out
      .trim()
      .split('\n')
      .map((line) => Number((JSON.parse(line) as { cursor: string }).cursor));
    expect(cursors).toEqual(cursors.map((_, index) => index + 1));
  });
});
