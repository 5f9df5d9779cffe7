import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coordinatorProgram } from '../../coordinator/program.ts';
import { rotateKey } from '../../coordinator/secrets/store-keys.ts';
import { migrations } from '../../coordinator/store/sqlite/migrations.ts';
import { SqliteDatabase } from '../../coordinator/store/sqlite/database.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, getAssignment, getTimeline, listAssignments, release } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { runInside } from '../support/run-command.ts';
import { waitFor } from '../testbed/wait.ts';

const canary = (): string => randomBytes(24).toString('base64url');
const variable = canary();
const file = Buffer.from(canary());

/** Every byte that the coordinator keeps or wrote: store, log of the store, index, lock, key, logs. */
function kept(directory: string): Map<string, Buffer> {
  return new Map(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))]));
}

function filesWith(directory: string, values: readonly (string | Buffer)[]): string[] {
  return [...kept(directory)]
    .filter(([, content]) => values.some((value) => content.includes(value)))
    .map(([name]) => name);
}

/** How many migrations there were before values were sealed. */
const firstSealed = migrations.findIndex((one) => typeof one === 'string' && one.includes('sealed_by'));

/** In every form that a value could be written in. */
const canaries = [variable, file, file.toString('base64'), file.toString('base64url'), file.toString('hex')];

describe('finding 17: what an order sets', () => {
  let coordinator: LoneCoordinator;

  beforeAll(async () => {
    coordinator = await startLoneCoordinator(['--log-level', 'debug']);
  });

  afterAll(() => coordinator.close());

  const requested = async (agentOptions: Parameters<typeof readyAgent>[1]) => {
    const agent = await readyAgent(coordinator, { userEnv: ['SECRET'], ...agentOptions });
    const request = { user: 'alice', role: agentOptions.role, env: { SECRET: variable } };
    return { agent, request };
  };

  /** Every answer about it, as text. */
  const answers = async (assignmentId: string, instanceId: string): Promise<string> => {
    const { url, clients } = coordinator;
    const ask = async (path: string): Promise<string> => await (await fetch(`${url}${path}`)).text();
    const told = [
      await getAssignment(clients, assignmentId),
      await listAssignments(clients, {}),
      await getTimeline(clients, instanceId),
    ];
    const pages = ['/metrics', '/', '/api/v1/fleet', '/api/v1/instances', `/api/v1/instances/${instanceId}`];
    return JSON.stringify([...told, ...(await Promise.all(pages.map(ask)))]);
  };

  const sealedOf = (assignmentId: string): string => {
    const database = new DatabaseSync(join(coordinator.directory, 'coordinator.db'), { readOnly: true });
    const row = database.prepare('SELECT env FROM assignment WHERE assignment_id = ?').get(assignmentId);
    database.close();
    const [, sealed = ''] = /"SECRET":"([^"]+)"/.exec(String(row?.['env'])) ?? [];
    return sealed;
  };

  test('reaches its instance, and is in nothing that the coordinator keeps or says', async () => {
    const { agent, request } = await requested({ role: 'open', takesFiles: true });
    const { assignment } = await assign(coordinator.clients, { ...request, files: { secret: file } });
    const { assignmentId = '', instanceId = '' } = assignment ?? {};
    const order = agent.desired.at(-1)?.order;
    expect(order?.env).toEqual({ SECRET: variable });
    expect(order?.files['secret']).toEqual(file);
    expect(filesWith(coordinator.directory, canaries)).toEqual([]);
    expect(await answers(assignmentId, instanceId)).not.toContain(variable);

    const sealed = sealedOf(assignmentId);
    expect(sealed).not.toBe('');
    expect(filesWith(coordinator.directory, [sealed])).not.toEqual([]);
    await release(coordinator.clients, assignmentId);
    await waitFor(
      'what was sealed to be gone',
      () => filesWith(coordinator.directory, [sealed]).length === 0,
    );
    expect(filesWith(coordinator.directory, canaries)).toEqual([]);
    expect(await answers(assignmentId, instanceId)).not.toContain(variable);
  });

  test('is delivered again after a restart and a rotation of the key, and a repeated request is recognised', async () => {
    const { agent, request } = await requested({ role: 'again', outcome: 'silence' });
    const repeated = { ...request, requestId: 'again', wait: 'WAIT_UNTIL_CLAIMED' } as const;
    const { assignment } = await assign(coordinator.clients, repeated);
    const { assignmentId = '' } = assignment ?? {};
    const before = sealedOf(assignmentId);
    await coordinator.restart('SIGTERM', async () => {
      await rotateKey(join(coordinator.directory, 'coordinator.db.key'));
    });
    expect(sealedOf(assignmentId)).not.toBe(before);
    const back = await readyAgentOf(agent.instanceId);
    await waitFor('the order', () => back.desired.at(-1)?.order?.env['SECRET'] === variable);
    const { assignment: same, replayed } = await assign(coordinator.clients, repeated);
    expect({ replayed, assignmentId: same?.assignmentId }).toEqual({ replayed: true, assignmentId });
    await waitFor(
      'the older value to be gone',
      () => filesWith(coordinator.directory, [before]).length === 0,
    );
  });

  const readyAgentOf = async (instanceId: string) => {
    const options = { instanceId, role: 'again', userEnv: ['SECRET'] };
    return await startSimulatedAgent(coordinator.agents, { ...options, outcome: 'silence' });
  };

  test('is not lost by accident: without its key the coordinator does not start', async () => {
    const { request } = await requested({ role: 'kept' });
    await assign(coordinator.clients, request);
    const key = join(coordinator.directory, 'coordinator.db.key');
    const keys = readFileSync(key);
    await coordinator.restart('SIGTERM', async () => {
      writeFileSync(key, `${randomBytes(32).toString('base64')}\n`);
      const store = `sqlite:${join(coordinator.directory, 'coordinator.db')}`;
      const socket = `unix:${join(coordinator.directory, 'other.sock')}`;
      const { exit, stderr } = await runInside(coordinatorProgram, [
        'serve',
        '--store',
        store,
        '--listen',
        socket,
      ]);
      expect(exit).toBe(5);
      expect(stderr).toContain('STORE_KEY_INVALID');
      writeFileSync(key, keys);
    });
  });

  test('of a former version is sealed at the first start, and its plain text is gone', async () => {
    const [old, secret] = [await startLoneCoordinator(), canary()];
    try {
      await old.restart('SIGTERM', async () => {
        const path = join(old.directory, 'former.db');
        const database = SqliteDatabase.writer(path, migrations.slice(0, firstSealed));
        await database.run(
          `INSERT INTO assignment (assignment_id, owner, request_id, fingerprint, user, role, environment, env, state,
             instance_id, create_time) VALUES ('as-1', 'o', 'r', 'plain', 'alice', 'web', '', ?, 'SERVING', 'i-1', 1)`,
          JSON.stringify({ SECRET: secret }),
        );
        await database.close();
        const [from, to] = [path, join(old.directory, 'coordinator.db')];
        writeFileSync(to, readFileSync(from));
        writeFileSync(from, '');
        expect(filesWith(old.directory, [secret])).toEqual(['coordinator.db']);
      });
      await waitFor('the plain text to be gone', () => filesWith(old.directory, [secret]).length === 0);
    } finally {
      await old.close();
    }
  });
});
