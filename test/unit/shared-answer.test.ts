import { expect, test, vi } from 'vitest';
import { SharedAnswer } from '../../coordinator/fleet/shared-answer.ts';

/** Answers that are there when the test says so. */
class Source {
  readonly #waiting: PromiseWithResolvers<number>[] = [];

  get asked(): number {
    return this.#waiting.length;
  }

  read(): Promise<number> {
    const next = Promise.withResolvers<number>();
    this.#waiting.push(next);
    return next.promise;
  }

  answer(number: number): void {
    this.#waiting[number - 1]?.resolve(number);
  }

  fail(number: number): void {
    this.#waiting[number - 1]?.reject(new Error('no'));
  }
}

test('whoever asks while it is worked out gets the next one, all of them the same', async () => {
  const source = new Source();
  const shared = new SharedAnswer(
    () => source.read(),
    () => 0,
  );
  const first = shared.get();
  const later = [shared.get(), shared.get(), shared.get()];
  expect(source.asked).toBe(1);
  source.answer(1);
  expect(await first).toBe(1);
  await vi.waitFor(() => expect(source.asked).toBe(2));
  source.answer(2);
  expect(await Promise.all(later)).toEqual([2, 2, 2]);
});

test('it is good for as long as it is said to be, from when it was begun', async () => {
  vi.useFakeTimers();
  try {
    const source = new Source();
    const shared = new SharedAnswer(
      () => source.read(),
      (answer) => answer * 100,
    );
    const first = shared.get();
    source.answer(1);
    await first;
    vi.advanceTimersByTime(99);
    expect(await shared.get()).toBe(1);
    vi.advanceTimersByTime(2);
    const second = shared.get();
    source.answer(2);
    expect(await second).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});

test('a failure is told to those who asked, and the next one tries again', async () => {
  const source = new Source();
  const shared = new SharedAnswer(
    () => source.read(),
    () => 1_000_000,
  );
  const failed = shared.get();
  const later = shared.get();
  source.fail(1);
  await expect(failed).rejects.toThrow('no');
  await vi.waitFor(() => expect(source.asked).toBe(2));
  source.answer(2);
  expect(await later).toBe(2);
});
