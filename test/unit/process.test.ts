import { expect, test, vi } from 'vitest';
import { clientCredentials } from '../../proto/wire/channel.ts';
import { isLocal, isLoopback } from '../../proto/wire/address.ts';
import { pause, runTasks } from '../../proto/process/tasks.ts';

test('the first failure of a task ends the others and is what the process fails with', async () => {
  let hasEnded = false;
  const run = runTasks(new AbortController().signal, {
    failing: () => Promise.reject(new Error('broken')),
    waiting: async (signal) => {
      await pause(60_000, signal);
      hasEnded = true;
    },
  });
  await expect(run).rejects.toThrow('broken');
  expect(hasEnded).toBe(true);
});

test('an abort ends all tasks and is no failure', async () => {
  const controller = new AbortController();
  const run = runTasks(controller.signal, { waiting: (signal) => pause(60_000, signal) });
  controller.abort();
  await expect(run).resolves.toBeUndefined();
});

test('a pause that is longer than any timer of Node lasts as long as it should', async () => {
  vi.useFakeTimers();
  try {
    const longest = 2 ** 31;
    let isOver = false;
    void pause(3 * longest, new AbortController().signal).then(() => (isOver = true));
    for (const [ms, expected] of [
      [1, false],
      [3 * longest - 2, false],
      [1, true],
    ] as const) {
      await vi.advanceTimersByTimeAsync(ms);
      expect(isOver).toBe(expected);
    }
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  ['127.0.0.1:7443', true],
  ['127.9.9.9:1', true],
  ['[::1]:7443', true],
  ['localhost:7443', true],
  ['unix:/run/parbake.sock', true],
  ['0.0.0.0:7443', false],
  ['10.0.0.1:7443', false],
  ['127.0.0.1.example.com:7443', false],
  ['127.999.1.1:7443', false],
  ['', false],
  [':7443', false],
  ['example.com:7443', false],
])('%s is local: %s', (address, expected) => {
  expect(isLocal(address)).toBe(expected);
});

test.each([
  ['unix:8080', false],
  ['unix:/run/parbake.sock', false],
  ['', false],
  ['127.0.0.1', true],
  ['localhost:8080', true],
  ['[::1]', true],
])('an HTTP server at %s is on loopback: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

test('plaintext to another machine is refused', () => {
  expect(() => clientCredentials('10.0.0.1:7443', undefined)).toThrow('plaintext is refused');
});
