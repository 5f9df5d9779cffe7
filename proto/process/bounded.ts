import { isAbort } from './tasks.ts';

/**
 * Works through a list, at most `limit` items at a time, in the list's order. The first failure aborts what is under way;
 * it is thrown once all of that has ended, so that nothing goes on behind the caller's back.
 * @returns results in the list's order
 */
export async function eachBounded<T, R>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const controller = new AbortController();
  const all = AbortSignal.any([signal, controller.signal]);
  const results: R[] = [];
  const failures: unknown[] = [];
  const rest = items.entries();
  const worker = async (): Promise<void> => {
    // One iterator for all workers: each takes what nobody has yet.
    for (const [index, item] of rest) {
      if (all.aborted) return;
      try {
        results[index] = await work(item, all);
      } catch (cause) {
        failures.push(cause);
        controller.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  signal.throwIfAborted();
  // What ended because another one failed is not the reason.
  if (failures.length > 0) throw failures.find((cause) => !isAbort(cause)) ?? failures[0];
  return results;
}
