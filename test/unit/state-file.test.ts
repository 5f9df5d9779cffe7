import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readState, writeState, type AgentState, type StatePlaces } from '../../agent/worker/state-file.ts';

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

  test('comes back as it was, with nothing of the order’s variables on the disk', async () => {
    await writeState(places, running);
    expect(await readState(places)).toEqual(running);
    expect(readFileSync(places.state, 'utf8')).not.toContain('hunter2');
    expect(statSync(places.orderEnv).mode & 0o777).toBe(0o600);
  });

  test('after a boot, when the variables are gone, the order is asked for again', async () => {
    await writeState(places, running);
    rmSync(places.orderEnv);
    expect(await readState(places)).toEqual({ ...running, generation: 3, desired: { phase: 'idle' } });
  });

  test('variables of another order are not taken', async () => {
    await writeState(places, running);
    writeFileSync(places.orderEnv, JSON.stringify({ assignmentId: 'as-2', env: {}, files: {} }));
    expect((await readState(places))?.desired).toEqual({ phase: 'idle' });
  });

  test('the variables are gone once the order is to be stopped', async () => {
    await writeState(places, running);
    await writeState(places, { ...running, generation: 5, desired: { phase: 'stop', order } });
    expect(() => statSync(places.orderEnv)).toThrow('ENOENT');
    expect(readFileSync(places.state, 'utf8')).not.toContain('hunter2');
    expect((await readState(places))?.desired.phase).toBe('stop');
  });

  test('nothing there is nothing; something else is an error', async () => {
    expect(await readState(places)).toBeUndefined();
    await writeState(places, running);
    writeFileSync(places.state, '{"version":2}');
    await expect(readState(places)).rejects.toMatchObject({ code: 'AGENT_STATE_INVALID' });
  });
});
