import { expect, test } from 'vitest';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { retry, type FailedTry } from '../../proto/process/retry.ts';
import { isAbort } from '../../proto/process/tasks.ts';

const never = new AbortController().signal;

/** Work that fails in this order, and then succeeds. */
function failing(...causes: Error[]): () => Promise<string> {
  const left = [...causes];
  return () => {
    const cause = left.shift();
    return cause === undefined ? Promise.resolve('done') : Promise.reject(cause);
  };
}

test('work is retried until it succeeds, and each wait is told', async () => {
  const told: FailedTry[] = [];
  const causes = [new Error('a'), new Error('b'), new Error('c')];
  const delay = (before: number): number => before / 10;
  const onRetry = (failed: FailedTry): void => void told.push(failed);
  expect(await retry(failing(...causes), { delay, signal: never, onRetry })).toBe('done');
  expect(told).toEqual([
    { cause: causes[0], failures: 1, waitMs: 0 },
    { cause: causes[1], failures: 2, waitMs: 0.1 },
    { cause: causes[2], failures: 3, waitMs: 0.2 },
  ]);
});

test('the last failure is thrown after the last attempt, and any that no retry can mend at once', async () => {
  const causes = [new Error('a'), new Error('b'), new Error('c')];
  const options = { delay: () => 0, signal: never };
  await expect(retry(failing(...causes), { ...options, attempts: 2 })).rejects.toThrow('b');
  const isWorthIt = (cause: unknown): boolean => cause !== causes[1];
  await expect(retry(failing(...causes), { ...options, isWorthIt })).rejects.toThrow('b');
  await expect(retry(failing(...causes), { ...options, attempts: 1 })).rejects.toThrow('a');
});

test('a delay that the error carries is honoured, but never shortens the wait', async () => {
  const waits: number[] = [];
  const soon = new ParbakeError('NO_CAPACITY', 'none yet', { retryAfterMs: 3 });
  const options = {
    delay: (before: number) => before * 5,
    signal: never,
    onRetry: ({ waitMs }: FailedTry) => void waits.push(waitMs),
  };
  await retry(failing(soon, soon, new Error('plain')), options);
  expect(waits).toEqual([3, 5, 10]);
});

test('nobody can make a wait longer than ten minutes', async () => {
  const waits: number[] = [];
  const controller = new AbortController();
  const late = new ParbakeError('NO_CAPACITY', 'none yet', { retryAfterMs: 1e12 });
  const run = retry(failing(late), {
    delay: () => 0,
    signal: controller.signal,
    onRetry: ({ waitMs }) => {
      waits.push(waitMs);
      setImmediate(() => controller.abort());
    },
  });
  expect(isAbort(await run.catch((cause: unknown) => cause))).toBe(true);
  expect(waits).toEqual([600_000]);
});

test('work that achieves something starts the row of failures over', async () => {
  const before: number[] = [];
  let tries = 0;
  const options = { delay: (count: number) => 0 * before.push(count), attempts: 3, signal: never };
  const work = (startOver: () => void): Promise<void> => {
    tries += 1;
    if (tries === 2) startOver();
    return Promise.reject(new Error(`try ${tries}`));
  };
  await expect(retry(work, options)).rejects.toThrow('try 4');
  expect(before).toEqual([0, 0, 1]);
});

test('an abort ends the wait, and is what is thrown', async () => {
  const controller = new AbortController();
  const run = retry(failing(new Error('a')), {
    delay: () => 60_000,
    signal: controller.signal,
    onRetry: () => setImmediate(() => controller.abort()),
  });
  expect(isAbort(await run.catch((cause: unknown) => cause))).toBe(true);
  await expect(retry(failing(), { delay: () => 0, signal: controller.signal })).rejects.toThrow('aborted');
});
