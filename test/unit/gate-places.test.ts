import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PlaceKey } from '../../agent/core/order/place-key.ts';
import { PassedGates } from '../../agent/gate/passed-gates.ts';
import { GatePlaces } from '../../agent/gate/places.ts';
import { createLogger } from '../../proto/process/log.ts';
import { waitFor } from '../testbed/wait.ts';

let directory: string;
let places: GatePlaces;
let key: PlaceKey;
const servers: Server[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-places-'));
  places = new GatePlaces(directory, '/bin/true');
  key = await places.make();
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(directory, { recursive: true });
});

/** What a gate, or whoever else is in the container, does. */
async function listen(path: string): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
}

const restarted = (): GatePlaces => new GatePlaces(directory, '/bin/true');

describe('the place of a gate', () => {
  test('tells how far it is, also to an agent that was restarted', async () => {
    expect(places.look(key)).toBe('coming_up');
    await listen(places.socket(key));
    expect(places.look(key)).toBe('waiting');
    expect(restarted().look(key)).toBe('waiting');
    places.close(key);
    expect(restarted().look(key)).toBe('passed');
  });

  test('is known to have passed after a boot too, when all that it shared with the agent is gone', async () => {
    const file = join(directory, 'passed.json');
    const record = (): PassedGates => new PassedGates(file, createLogger('test', 'silent'));
    const before = new GatePlaces(join(directory, 'run'), '/bin/true', record());
    const [passed, waiting] = [await before.make(), await before.make()];
    for (const each of [passed, waiting]) {
      await listen(before.socket(each));
      before.look(each);
    }
    before.close(passed);
    before.look(passed);
    await waitFor('the record', () => existsSync(file));
    rmSync(join(directory, 'run'), { recursive: true });
    const after = new GatePlaces(join(directory, 'run'), '/bin/true', record());
    expect([after.look(passed), after.look(waiting)]).toEqual(['passed', 'coming_up']);
    // Started again by its restart policy, it waits for its order again.
    await after.reset(passed);
    expect(after.look(passed)).toBe('coming_up');
    await waitFor('the record to forget it', () => readFileSync(file, 'utf8') === '[]');
  });

  test('a record that is not whole counts as absent', () => {
    const file = join(directory, 'passed.json');
    writeFileSync(file, `["${key}", "../../etc", 7`);
    expect(new PassedGates(file, createLogger('test', 'silent')).has(key)).toBe(false);
    writeFileSync(file, `["${key}", "../../etc", 7]`);
    expect(new PassedGates(file, createLogger('test', 'silent')).has(key)).toBe(true);
  });

  test('is gone once the order is given: what the container makes there goes nowhere', async () => {
    await listen(places.socket(key));
    places.look(key);
    places.close(key);
    expect(existsSync(dirname(places.socket(key)))).toBe(false);
    expect(places.look(key)).toBe('passed');
    // Nobody can do this from inside a container; were it done, it would change nothing.
    mkdirSync(dirname(places.socket(key)));
    await listen(places.socket(key));
    expect(places.look(key)).toBe('passed');
  });

  test.each([
    [
      'a link to another socket',
      async (path: string) => {
        await listen(join(directory, 'other'));
        symlinkSync(join(directory, 'other'), path);
      },
    ],
    ['a file', (path: string) => Promise.resolve(writeFileSync(path, ''))],
  ])('%s is not a gate that waits', async (_, make) => {
    await make(places.socket(key));
    expect(places.look(key)).toBe('coming_up');
  });

  test('a socket that went before the order was given leaves a gate that no order reaches', async () => {
    await listen(places.socket(key));
    places.look(key);
    rmSync(places.socket(key));
    expect(places.look(key)).toBe('spent');
    expect(restarted().look(key)).toBe('spent');
  });

  test('a gate that did not take its order is spent, also for an agent that was restarted', async () => {
    await listen(places.socket(key));
    places.look(key);
    places.close(key);
    expect(places.look(key)).toBe('passed');
    places.spend(key);
    expect(places.look(key)).toBe('spent');
    expect(restarted().look(key)).toBe('spent');
  });

  test('serves the next start of its container', async () => {
    await listen(places.socket(key));
    places.look(key);
    places.close(key);
    places.spend(key);
    await places.reset(key);
    expect(places.look(key)).toBe('coming_up');
    expect(statSync(dirname(places.socket(key))).mode & 0o777).toBe(0o777);
  });

  test('only names that the agent made are removed', async () => {
    mkdirSync(join(directory, 'else'));
    const other = await places.make();
    await places.removeOthers(new Set([other]));
    expect(existsSync(join(directory, 'else'))).toBe(true);
    expect(existsSync(join(directory, other))).toBe(true);
    expect(existsSync(join(directory, key))).toBe(false);
  });
});
