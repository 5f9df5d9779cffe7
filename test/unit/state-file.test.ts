import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rootAt } from '../../agent/host/root.ts';
import { assignmentRefusals } from '../../agent/scrub/assignment.ts';
import { createLogger } from '../../proto/process/log.ts';
import {
  readOwnState,
  writeState,
  type AgentState,
  type StatePlaces,
} from '../../agent/worker/state-file.ts';

describe('what an agent remembers', () => {
  let directory: string;
  let places: StatePlaces;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'parbake-state-'));
    places = { state: join(directory, 'disk/state.json'), orderEnv: join(directory, 'run/order-env.json') };
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const order = {
    assignmentId: 'as-1',
    user: 'alice',
    environment: '',
    role: 'web',
    env: { SECRET: 'hunter2' },
    files: { key: Buffer.from('hunter2 too') },
  };
  const running: AgentState = {
    version: 1,
    instanceId: 'i-1',
    generation: 4,
    desired: { phase: 'run', order },
  };

  const read = () => readOwnState(places, 'i-1', createLogger('test', 'silent'));
  const fresh = { version: 1, instanceId: 'i-1', generation: 0, desired: { phase: 'idle' } };

  test('comes back as it was, with nothing of the order’s variables on the disk', async () => {
    await writeState(places, running);
    expect(await read()).toEqual({ state: running, isRemembered: true });
    expect(readFileSync(places.state, 'utf8')).not.toContain('hunter2');
    expect(statSync(places.orderEnv).mode & 0o777).toBe(0o600);
  });

  const asked = { state: { ...running, generation: 3, desired: { phase: 'idle' } }, isRemembered: false };

  test('after a boot, when the variables are gone, the order is asked for again, and its containers are left alone until then', async () => {
    await writeState(places, running);
    rmSync(places.orderEnv);
    expect(await read()).toEqual(asked);
  });

  test.each([
    ['of another order', JSON.stringify({ assignmentId: 'as-2', env: {}, files: {} })],
    ['that are not text', JSON.stringify({ assignmentId: 'as-1', env: { SECRET: 1 }, files: {} })],
    ['without files', JSON.stringify({ assignmentId: 'as-1', env: {} })],
    ['that a crash cut off', '{"assignmentId":"as-1","env":{"SEC'],
  ])('variables %s are not taken', async (_, text) => {
    await writeState(places, running);
    writeFileSync(places.orderEnv, text);
    expect(await read()).toEqual(asked);
  });

  test('a certificate and its key come back, and are not on the disk', async () => {
    const certificate = { key: 'hunter2', chain: 'hunter2 chain', authorities: 'hunter2 roots' };
    const certified: AgentState = { ...running, desired: { phase: 'run', order: { ...order, certificate } } };
    await writeState(places, certified);
    expect((await read()).state).toEqual(certified);
    expect(readFileSync(places.state, 'utf8')).not.toContain('hunter2');
  });

  test('the variables are gone once the order is to be stopped', async () => {
    await writeState(places, running);
    await writeState(places, { ...running, generation: 5, desired: { phase: 'stop', order } });
    expect(() => statSync(places.orderEnv)).toThrow('ENOENT');
    expect(readFileSync(places.state, 'utf8')).not.toContain('hunter2');
    expect((await read()).state.desired.phase).toBe('stop');
  });

  test('a state of another instance came with a clone, and is dropped', async () => {
    await writeState(places, { ...running, instanceId: 'i-2' });
    expect(await read()).toEqual({ state: fresh, isRemembered: false });
  });

  const whole = { ...running, desired: { phase: 'stop' } };
  test.each([
    ['empty', ''],
    ['truncated', JSON.stringify(whole).slice(0, 40)],
    ['of another version', JSON.stringify({ ...whole, version: 2 })],
    ['without a generation', JSON.stringify({ ...whole, generation: undefined })],
    ['with a generation that cannot be', JSON.stringify({ ...whole, generation: -3 })],
    ['with an unknown phase', JSON.stringify({ ...whole, desired: { phase: 'dance' } })],
    ['with an order to run that is not there', JSON.stringify({ ...whole, desired: { phase: 'run' } })],
    ['a list', '[]'],
  ])('A14: a state file that is %s is moved aside', async (_, text) => {
    await writeState(places, running);
    writeFileSync(places.state, text);
    expect(await read()).toEqual({ state: fresh, isRemembered: false });
    expect(readFileSync(`${places.state}.broken`, 'utf8')).toBe(text);
    expect(() => statSync(places.state)).toThrow('ENOENT');
  });

  test('A14: a state file that cannot be read is moved aside, and the next one is written', async () => {
    mkdirSync(places.state, { recursive: true });
    expect(await read()).toEqual({ state: fresh, isRemembered: false });
    await writeState(places, running);
    expect((await read()).state).toEqual(running);
  });

  test('where the newest record was lost, the containers are left alone until the agent is told', async () => {
    await writeState(places, { ...running, generation: 3, desired: { phase: 'idle' } });
    await writeState(places, running);
    const content = readFileSync(places.state);
    content.write('x', content.lastIndexOf('"generation":4'));
    writeFileSync(places.state, content);
    expect(await read()).toEqual(asked);
  });

  test('a scrub finds the assignment of a state that is stored', async () => {
    await writeState(places, running);
    const root = join(directory, 'root');
    mkdirSync(join(root, 'var/lib/parbake'), { recursive: true });
    renameSync(places.state, join(root, 'var/lib/parbake/state.json'));
    expect(await assignmentRefusals(rootAt(root))).toEqual([expect.stringContaining('as-1')]);
  });

  test('without a state file there is nothing to remember', async () => {
    expect(await read()).toEqual({ state: fresh, isRemembered: false });
  });
});
