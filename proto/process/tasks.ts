/** One long-running part of a process. It must end soon after its signal aborts. */
export type Task = (signal: AbortSignal) => Promise<void>;

/**
 * Runs every task until all have ended. The first failure aborts the others, and is thrown once all
 * have ended. A task that ends without an error leaves the others running; abort `signal` to end all.
 */
export async function runTasks(signal: AbortSignal, tasks: Record<string, Task>): Promise<void> {
  const controller = new AbortController();
  const all = AbortSignal.any([signal, controller.signal]);
  let failure: Error | undefined;
  await Promise.all(
    Object.entries(tasks).map(async ([name, task]) => {
      try {
        await task(all);
      } catch (cause) {
        if (!isAbort(cause) && failure === undefined) {
          failure = cause instanceof Error ? cause : new Error(`${name} failed`, { cause });
          controller.abort();
        }
      }
    }),
  );
  if (failure !== undefined) throw failure;
}

/** An abort is a wish that was carried out, not an error. */
export function isAbort(error: unknown): boolean {
  return (
    error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === 'ABORT_ERR'))
  );
}

/** Resolves once the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Milliseconds that a timer of Node's can take, 24 days: it fires at once for more. */
const longestTimer = 2 ** 31 - 1;

/** Resolves after `ms` milliseconds, or at once when the signal aborts. Never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout;
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const wait = (left: number): void => {
      const isLast = left <= longestTimer;
      timer = isLast ? setTimeout(finish, left) : setTimeout(wait, longestTimer, left - longestTimer);
    };
    wait(ms);
    signal.addEventListener('abort', finish, { once: true });
  });
}
