import { expect, test } from 'vitest';
import { eachBounded } from '../../proto/process/bounded.ts';
import { pause } from '../../proto/process/tasks.ts';

const never = new AbortController().signal;

test('never works on more than the limit, and keeps the order', async () => {
  let running = 0;
  let most = 0;
  const results = await eachBounded([5, 1, 3, 2, 4], 2, never, async (item) => {
    most = Math.max(most, ++running);
    await pause(item, never);
    running -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 30, 20, 40]);
  expect(most).toBe(2);
});

test('a failure aborts the rest, which has ended when it is thrown', async () => {
  const ended: number[] = [];
  const work = async (item: number, signal: AbortSignal): Promise<void> => {
    if (item === 2) throw new Error('broken');
    await pause(60_000, signal);
    ended.push(item);
    signal.throwIfAborted();
  };
  await expect(eachBounded([1, 2, 3], 2, never, work)).rejects.toThrow('broken');
  expect(ended).toEqual([1]);
});

test("the caller's abort is thrown as such, and nothing new is begun", async () => {
  const controller = new AbortController();
  const begun: number[] = [];
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    controller.abort();
  };
  await expect(eachBounded([1, 2], 1, controller.signal, work)).rejects.toThrow('abort');
  expect(begun).toEqual([1]);
});

test('nothing to do is done', async () => {
  expect(await eachBounded([], 3, never, async () => 1)).toEqual([]);
});
