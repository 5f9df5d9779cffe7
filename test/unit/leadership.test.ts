import { expect, test } from 'vitest';
import { Leadership } from '../../coordinator/fleet/leadership.ts';
import { aborted } from '../../proto/process/tasks.ts';

test('a task runs once in each term, also one that ends at once', async () => {
  const leadership = new Leadership();
  const stopped = new AbortController();
  let terms = 0;
  const running = leadership.during(() => {
    terms += 1;
    if (terms > 2) throw new Error('it runs again and again');
    return Promise.resolve();
  }, stopped.signal);
  expect(terms).toBe(0);
  for (const term of [1, 2]) {
    leadership.set(true);
    await expect.poll(() => terms).toBe(term);
    leadership.set(false);
  }
  stopped.abort();
  await running;
  expect(terms).toBe(2);
});

test('a task hears that its term is over', async () => {
  const leadership = new Leadership();
  const stopped = new AbortController();
  const over: boolean[] = [];
  const running = leadership.during(async (term) => {
    await aborted(term);
    over.push(stopped.signal.aborted);
  }, stopped.signal);
  leadership.set(true);
  await expect.poll(() => leadership.since).toBeDefined();
  leadership.set(false);
  await expect.poll(() => over).toEqual([false]);
  stopped.abort();
  await running;
});
