import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Desired } from '../../agent/core/order/order.ts';
import { GatePlaces } from '../../agent/gate/places.ts';
import { storedText } from '../../agent/host/slot-file.ts';
import { playedRole, playedWorker, playGate } from '../../agent/worker/played.ts';
import type { Worker } from '../../agent/worker/worker.ts';
import { createLogger } from '../../proto/process/log.ts';
import { order } from '../support/role-builders.ts';
import { waitFor } from '../testbed/wait.ts';

const ended = { controller: new AbortController() };
let directory: string;
let gate: Server;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-worker-'));
  ended.controller = new AbortController();
});

afterEach(() => {
  ended.controller.abort();
  gate.close();
  rmSync(directory, { recursive: true });
});

const run = (env: Record<string, string> = {}): Desired => ({
  phase: 'run',
  order: { ...order, role: playedRole.name, env },
});

/** What a played instance tells of its order, from its being ready. */
async function anInstance(statePath = join(directory, 'state.json')): Promise<{
  worker: Worker;
  told: string[];
  /** Resolves once it tells what starts so. */
  tells: (start: string) => Promise<void>;
}> {
  const { signal } = ended.controller;
  const places = new GatePlaces(join(directory, 'g'), '/bin/sh');
  const gateKey = await places.make();
  gate = await playGate(places.socket(gateKey));
  const logger = createLogger('test', 'silent');
  const played = { places, gateKey, directory, statePath, ioDirectory: directory, logger };
  const worker = playedWorker(played, signal);
  const told: string[] = [];
  let look = (): void => {};
  const tell = (state: string): void => {
    if (told.at(-1) !== state) told.push(state);
    look();
  };
  worker.onChange = () => {
    const { preparation, order: observed } = worker.observed();
    if (observed) tell(`${observed.state} ${observed.reason}`.trim());
    else tell(String(preparation?.state));
  };
  const tells = (start: string): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (told.some((state) => state.startsWith(start))) resolve();
      };
      look();
    });
  void worker.run(signal);
  await tells('PREPARATION_STATE_READY');
  told.length = 0;
  return { worker, told, tells };
}

test('an order is told as served once it is stored', async () => {
  const { worker, told, tells } = await anInstance();
  await worker.apply(1, run({ PLAYED: 'yes' }));
  await tells('ORDER_STATE_SERVING');
  expect(told.filter((state) => !/DELIVERED|STARTED|SERVING/.test(state))).toEqual([]);
  expect(JSON.parse(storedText(readFileSync(join(directory, 'state.json')))?.text ?? '')).toMatchObject({
    generation: 1,
  });
});

test('an order that cannot be stored is never told as started, though its gate was opened', async () => {
  writeFileSync(join(directory, 'full'), 'a file where a directory has to be');
  const { worker, told, tells } = await anInstance(join(directory, 'full/state.json'));
  await expect(worker.apply(1, run())).rejects.toMatchObject({ code: 'AGENT_STATE_UNWRITABLE' });
  await tells('ORDER_STATE_FAILED');
  expect(told).toEqual(['ORDER_STATE_FAILED AGENT_STATE_UNWRITABLE']);
});

test('an order that asks for more than was baked fails, and is not told as delivered afterwards', async () => {
  const { worker, told } = await anInstance();
  await worker.apply(1, run({ OTHER: 'yes' }));
  expect(told).toEqual(['ORDER_STATE_FAILED ENV_NOT_ALLOWED']);
});

test('what is wanted next is stored after what was wanted before, however soon it comes', async () => {
  const { worker } = await anInstance();
  const wanted = [run(), run({ PLAYED: 'now' }), run({ PLAYED: 'at last' })];
  await Promise.all(wanted.map((desired, index) => worker.apply(index + 1, desired)));
  expect(JSON.parse(storedText(readFileSync(join(directory, 'state.json')))?.text ?? '')).toMatchObject({
    generation: 3,
  });
});

test('what is prepared goes on when the coordinator says that nothing is desired yet', async () => {
  const { signal } = ended.controller;
  const places = new GatePlaces(join(directory, 'g'), '/bin/sh');
  const gateKey = await places.make();
  gate = await playGate(places.socket(gateKey));
  const rehearsed: { signal?: AbortSignal; finish: () => void } = { finish: () => {} };
  const found = {
    state: { version: 1, instanceId: 'played', generation: 0, desired: { phase: 'idle' } },
    isRemembered: false,
  } as const;
  const rehearse = (rehearsing: AbortSignal): Promise<void> =>
    new Promise((resolve) => Object.assign(rehearsed, { signal: rehearsing, finish: resolve }));
  const logger = createLogger('test', 'silent');
  const statePath = join(directory, 'state.json');
  const played = { places, gateKey, directory, statePath, ioDirectory: directory, logger };
  const worker = playedWorker({ ...played, over: { found, rehearse } }, signal);
  void worker.run(signal);
  await waitFor('the rehearsal', () => Promise.resolve(rehearsed.signal !== undefined));
  await worker.apply(0, { phase: 'idle' });
  expect(rehearsed.signal?.aborted).toBe(false);
  rehearsed.finish();
  await waitFor('it to be ready', () =>
    Promise.resolve(worker.observed().preparation?.state === 'PREPARATION_STATE_READY'),
  );
});
