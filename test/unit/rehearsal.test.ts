import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rehearse } from '../../agent/worker/rehearsal.ts';
import { createLogger } from '../../proto/process/log.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'parbake-rehearsal-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function options() {
  return {
    directory: join(directory, 'try'),
    statePath: join(directory, 'state/state.json.rehearsal'),
    // Anything that can be executed: nothing is gated by it.
    gate: '/bin/sh',
    ioDirectory: directory,
    logger: createLogger('test', 'silent'),
  };
}

test('a rehearsal goes the way of an order to its end, and leaves nothing', async () => {
  const chosen = options();
  await rehearse(chosen, new AbortController().signal);
  expect(existsSync(join(chosen.statePath, '..'))).toBe(true);
  expect(existsSync(chosen.statePath)).toBe(false);
  expect(existsSync(chosen.directory)).toBe(false);
});

test('a rehearsal finds that no order could be stored', async () => {
  writeFileSync(join(directory, 'state'), 'a file where a directory has to be');
  const chosen = options();
  await expect(rehearse(chosen, new AbortController().signal)).rejects.toMatchObject({
    code: 'AGENT_STATE_UNWRITABLE',
  });
  expect(existsSync(chosen.directory)).toBe(false);
});

test('a rehearsal that is not wanted any more ends, and leaves nothing', async () => {
  const chosen = options();
  mkdirSync(join(chosen.statePath, '..'));
  await expect(rehearse(chosen, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  expect(existsSync(chosen.directory)).toBe(false);
});

test('a rehearsal ends wherever it is when it is not wanted any more', async () => {
  for (const ms of [1, 5, 10, 20]) {
    const chosen = options();
    await expect(rehearse(chosen, AbortSignal.timeout(ms))).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(existsSync(chosen.directory)).toBe(false);
  }
});
