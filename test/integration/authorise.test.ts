import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, status, type ChannelCredentials } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isAllowed, permissions } from '../../coordinator/core/permissions.ts';
import { principalKinds, type PrincipalKind } from '../../coordinator/core/principal.ts';
import { composeFleet, type Fleet } from '../../coordinator/serve/fleet.ts';
import { startServer, type RunningServer } from '../../coordinator/serve/server.ts';
import { openSqliteStore } from '../../coordinator/store/threads/open.ts';
import type { Store } from '../../coordinator/store/store.ts';
import { createLogger } from '../../proto/process/log.ts';
import type {
  AssignmentServiceDefinition,
  AssignmentServiceHandlers,
} from '../../proto/gen/parbake/v1/AssignmentService.ts';
import { promiseClient } from '../../proto/wire/promise-client.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { clientCredentials, clientOptions, listenerCredentials } from '../../proto/wire/channel.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import { startSimulatedAgent, type SimulatedAgent } from '../fakes/simulated-agent.ts';
import { anAuthoriser, aTrust } from '../support/authorisers.ts';
import { report } from '../support/report.ts';
import { makeCertificates, type Certificates } from '../testbed/certificates.ts';
import { waitFor } from '../testbed/wait.ts';

const directory = mkdtempSync(join(tmpdir(), 'parbake-authorise-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Requests that are answered at once by whoever may call; a stream's is ended by what is wrong with them. */
const requests: Readonly<Record<string, Buffer>> = {
  '/parbake.v1.FleetService/WatchInstances': Buffer.from([0x10, 0xe7, 0x07]),
  '/parbake.v1.TelemetryService/WatchEvents': Buffer.from([0x0a, 0x02, 0x21, 0x21]),
};

/** Of the log, what a call left there. */
interface Line {
  principal?: string;
  method?: string;
  target?: string;
  outcome?: string;
}

describe('over TLS', () => {
  let certificates: Certificates;
  let store: Store;
  let fleet: Fleet;
  let server: RunningServer;
  let stopping: AbortController;
  let routing: Promise<void>;
  let lines: Line[];
  const opened: { close(): void }[] = [];

  beforeAll(() => {
    certificates = makeCertificates(directory);
  });

  beforeEach(async () => {
    lines = [];
    const keep = (line: Line): void => void lines.push(line);
    const logger = Object.assign(createLogger('test', 'silent'), { info: keep, warn: keep });
    store = await openSqliteStore(':memory:');
    fleet = composeFleet(store, logger);
    const tls = readAll(certificates.server);
    const address = '127.0.0.1:0';
    const listener = (door: 'agents' | 'api') => ({
      address,
      door,
      credentials: listenerCredentials(address, tls),
    });
    const trust = await aTrust(store, logger);
    const dns = () => undefined;
    const options = { authoriser: anAuthoriser(logger), trust, dns, reflection: true, logger };
    stopping = new AbortController();
    // Whoever watches routes gets the table that this reads.
    routing = fleet.routing.task({ own: [], shared: [], external: [] })(stopping.signal);
    server = await startServer(fleet, [listener('agents'), listener('api')], options);
  });

  afterEach(async () => {
    for (const each of opened.splice(0)) each.close();
    await server.close();
    stopping.abort();
    await routing;
    await store.close();
  });

  const readAll = ({ certificate, key }: { certificate: string; key: string }) => ({
    ca: readFileSync(certificates.ca),
    certificate: readFileSync(certificate),
    key: readFileSync(key),
  });
  const doorAddress = (door: 'agents' | 'api'): string => server.addresses[door === 'agents' ? 0 : 1] ?? '';
  const credentialsOf = (principal: string, door: 'agents' | 'api'): ChannelCredentials =>
    principal === 'bootstrap'
      ? credentials.createSsl(readFileSync(certificates.ca))
      : clientCredentials(doorAddress(door), readAll(certificates.issue(principal)));
  const open = <T extends { close(): void }>(client: T): T => {
    opened.push(client);
    return client;
  };
  const agentsOf = (principal: string) => {
    const address = doorAddress('agents');
    const { AgentService } = parbakeV1('AgentService');
    return open(new AgentService(address, credentialsOf(principal, 'agents'), clientOptions(address)));
  };

  /** @returns how a call ended, or `data` when a stream of answers began */
  const outcome = (client: Client, path: string): Promise<string> =>
    new Promise((resolve) => {
      const call = client.makeBidiStreamRequest(
        path,
        (bytes: Buffer) => bytes,
        (bytes) => bytes,
      );
      call.on('data', () => {
        resolve('data');
        call.cancel();
      });
      call.on('error', () => {});
      call.on('status', ({ code }) => resolve(status[code]));
      const request = requests[path] ?? Buffer.alloc(0);
      if (!/Session|Report|ServerReflectionInfo/.test(path)) call.write(request);
      call.end();
    });

  const names: Record<PrincipalKind, string> = {
    agent: 'agent/i-1',
    client: 'client/backend',
    reader: 'reader/eve',
    operator: 'operator/alice',
    bootstrap: 'bootstrap',
  };

  test.each(principalKinds.flatMap((kind) => [[kind, 'agents'] as const, [kind, 'api'] as const]))(
    'S7: %s may call exactly what its rows say on the listener for %s',
    async (kind, door) => {
      const client = open(
        new Client(doorAddress(door), credentialsOf(names[kind], door), clientOptions(doorAddress(door))),
      );
      const methods = Object.keys(permissions);
      const outcomes = await Promise.all(
        methods.map(async (method) => [method, await outcome(client, method)] as const),
      );
      for (const [method, ended] of outcomes) {
        const isRefused = ['PERMISSION_DENIED', 'UNAUTHENTICATED', 'UNAVAILABLE'].includes(ended);
        expect([method, isRefused, ended]).toEqual([method, !isAllowed(method, door, kind), ended]);
        expect(ended).not.toBe('UNIMPLEMENTED');
      }
    },
  );

  test('a denial and a call of an operator leave a line with who, what, on what and how it ended', async () => {
    const fleetOf = (principal: string) => {
      const { FleetService } = parbakeV1('FleetService');
      const address = doorAddress('api');
      return open(new FleetService(address, credentialsOf(principal, 'api'), clientOptions(address)));
    };
    const drain = (principal: string): Promise<unknown> =>
      new Promise((resolve) =>
        fleetOf(principal).drainInstance({ instanceId: 'i-9' }, (error) => resolve(error?.code)),
      );
    expect(await drain('reader/eve')).toBe(status.PERMISSION_DENIED);
    expect(await drain('operator/alice')).toBe(status.NOT_FOUND);
    const method = '/parbake.v1.FleetService/DrainInstance';
    expect(lines).toContainEqual(
      expect.objectContaining({ principal: 'reader/eve', method, outcome: 'PERMISSION_DENIED' }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({ principal: 'operator/alice', method, target: 'i-9', outcome: 'NOT_FOUND' }),
    );
  });

  const assignmentsOf = (principal: string) => {
    const { AssignmentService } = parbakeV1('AssignmentService');
    const address = doorAddress('api');
    return promiseClient<AssignmentServiceDefinition, AssignmentServiceHandlers>(
      open(new AssignmentService(address, credentialsOf(principal, 'api'), clientOptions(address))),
      AssignmentService.service,
    );
  };

  test("finding 18: another caller's request id tells nothing, whether its values are guessed or not", async () => {
    for (const instanceId of ['i-1', 'i-2', 'i-3']) {
      const agent = agentsOf(`agent/${instanceId}`);
      await startSimulatedAgent(agent, { instanceId, role: 'web', userEnv: ['PIN'] });
    }
    const request = { requestId: 'r-1', user: 'alice', role: 'web', wait: 'WAIT_UNTIL_CLAIMED' } as const;
    const env = { PIN: '48213' };
    const { assignment } = await assignmentsOf('client/own').assign({ ...request, env });
    const guesses = { 'client/right': env, 'client/wrong': { PIN: '11111' } };
    for (const [principal, guess] of Object.entries(guesses)) {
      const answer = await assignmentsOf(principal).assign({ ...request, env: guess });
      expect(answer).toMatchObject({ replayed: false, existing: false, assignment: { owner: principal } });
      expect(answer.assignment?.assignmentId).not.toBe(assignment?.assignmentId);
    }
    const mismatch = assignmentsOf('client/own').assign({ ...request, env: { PIN: '11111' } });
    const error = await mismatch.catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'REQUEST_ID_MISMATCH' });
    expect(JSON.stringify([String(error), error])).not.toContain(assignment?.assignmentId);
  });

  test('finding 3: a client sees and releases only what it asked for, and a reader sees no values', async () => {
    await store.applyRoles([{ name: 'web', userEnv: ['SECRET'], takesFiles: true, onLoss: 'FAIL' }]);
    await startSimulatedAgent(agentsOf('agent/i-1'), { instanceId: 'i-1', role: 'web', userEnv: ['SECRET'] });
    const [own, other] = [assignmentsOf('client/own'), assignmentsOf('client/other')];
    const request = { requestId: 'r-1', user: 'alice', role: 'web', wait: 'WAIT_UNTIL_CLAIMED' } as const;
    const { assignment } = await own.assign({ ...request, env: { SECRET: 'canary-7291' } });
    const assignmentId = assignment?.assignmentId ?? '';
    expect(assignment).toMatchObject({ owner: 'client/own', instanceId: 'i-1' });

    const refusals = [
      other.getAssignment({ assignmentId }),
      other.getAssignment({ requestId: 'r-1' }),
      other.release({ assignmentId }),
      other.extendAssignment({ assignmentId, ttl: { seconds: 60, nanos: 0 } }),
    ];
    for (const refusal of refusals)
      await expect(refusal).rejects.toMatchObject({ code: 'ASSIGNMENT_NOT_FOUND' });
    expect((await other.listAssignments({})).assignments).toEqual([]);
    expect((await own.listAssignments({})).assignments).toHaveLength(1);

    expect((await other.getUsage({ by: 'USAGE_BY_USER' })).usage).toEqual([]);
    await expect(own.getUsage({})).rejects.toMatchObject({ code: 'REQUEST_INVALID' });

    for (const principal of ['reader/eve', 'operator/alice']) {
      const seen = await assignmentsOf(principal).getAssignment({ assignmentId });
      expect(seen.assignment?.owner).toBe('client/own');
      expect(JSON.stringify(seen)).not.toContain('canary-7291');
    }
    expect((await own.release({ assignmentId })).assignment?.state).toBe('ASSIGNMENT_STATE_RELEASING');
  });

  describe('an agent', () => {
    const start = (principal: string, instanceId: string): Promise<SimulatedAgent> =>
      startSimulatedAgent(agentsOf(principal), { instanceId, role: 'web' });

    test("finding 1: with the key of its own instance, a container finds and opens nothing of another's", async () => {
      const victim = await start('agent/i-1', 'i-1');
      await waitFor('its session', () => fleet.sessions.get('i-1') !== undefined);
      // What it found in its own instance is a certificate of an agent, which no other door takes.
      for (const door of ['agents', 'api'] as const) {
        const address = doorAddress(door);
        const client = open(new Client(address, credentialsOf('agent/i-2', door), clientOptions(address)));
        for (const [service, method] of [
          ['FleetService', 'ListInstances'],
          ['FleetService', 'GetInstance'],
          ['AssignmentService', 'ListAssignments'],
          ['TelemetryService', 'WatchEvents'],
        ])
          expect([method, await outcome(client, `/parbake.v1.${service}/${method}`)]).toEqual([
            method,
            'PERMISSION_DENIED',
          ]);
      }
      await expect(start('agent/i-2', 'i-1').catch(codeOf)).resolves.toBe('PERMISSION_DENIED');
      const request = { requestId: 'r-1', user: 'alice', role: 'web', wait: 'WAIT_UNTIL_CLAIMED' } as const;
      const { assignment } = await assignmentsOf('client/own').assign(request);
      expect(assignment?.instanceId).toBe('i-1');
      await waitFor('its own order', () => victim.desired.at(-1)?.order !== null);
    });

    test('finding 2: checks in as its own instance only, and gets no order there', async () => {
      const { checkIn } = await start('agent/i-1', 'i-1');
      expect(Object.keys(checkIn)).not.toContain('desired');
      await expect(start('agent/i-1', 'i-2').catch(codeOf)).resolves.toBe('PERMISSION_DENIED');
      expect(await store.instance('i-2')).toBeUndefined();
    });

    test("finding 2: opens no session of another instance, not even with that one's session id", async () => {
      const victim = await start('agent/i-1', 'i-1');
      await waitFor('its session', () => fleet.sessions.get('i-1') !== undefined);
      const stream = agentsOf('agent/i-2').session();
      const ended = new Promise((resolve) => stream.on('error', (error) => resolve(codeOf(error))));
      stream.write({ hello: { instanceId: 'i-1', sessionId: victim.checkIn.sessionId } });
      expect(await ended).toBe('PERMISSION_DENIED');
      expect(fleet.sessions.get('i-1')).toBeDefined();
    });

    test('finding 14: reports nothing for another instance', async () => {
      await start('agent/i-1', 'i-1');
      const forged = report(agentsOf('agent/i-2'), 'i-1', { sequence: 9_000_000 });
      await expect(forged.catch(codeOf)).resolves.toBe('PERMISSION_DENIED');
      expect(await report(agentsOf('agent/i-1'), 'i-1', { sequence: 1 })).toBe(1);
    });

    test('finding 10: reports nothing before it checked in', async () => {
      const early = report(agentsOf('agent/i-3'), 'i-3', {});
      await expect(early.catch(codeOf)).resolves.toBe('INSTANCE_NOT_FOUND');
    });

    test('finding 15: a second hello ends the stream and its session', async () => {
      const client = agentsOf('agent/i-1');
      const agent = await startSimulatedAgent(client, { instanceId: 'i-1', role: 'web' });
      await waitFor('its session', () => fleet.sessions.get('i-1') !== undefined);
      agent.cut();
      const { checkIn } = await startSimulatedAgent(client, { instanceId: 'i-1', role: 'web' });
      const stream = client.session();
      const ended = new Promise((resolve) => stream.on('error', (error) => resolve(codeOf(error))));
      for (let count = 0; count < 3; count++)
        stream.write({ hello: { instanceId: 'i-1', sessionId: checkIn.sessionId } });
      expect(await ended).toBe('REQUEST_INVALID');
      await waitFor('no session to be left', () => fleet.sessions.size === 0);
      await waitFor(
        'the store to know',
        async () => (await store.instance('i-1'))?.instance.connected === false,
      );
    });

    test('that shares a certificate is refused unless that was asked for', async () => {
      const address = doorAddress('agents');
      const { AgentService } = parbakeV1('AgentService');
      const shared = clientCredentials(address, readAll(certificates.agent));
      const client = open(new AgentService(address, shared, clientOptions(address)));
      const refused = startSimulatedAgent(client, { instanceId: `i-${randomUUID()}`, role: 'web' });
      await expect(refused.catch(codeOf)).resolves.toBe('UNAUTHENTICATED');
    });
  });

  const codeOf = (cause: unknown): string => fromStatus(cause).code;
});
