import { pause } from '../../proto/process/tasks.ts';

/** Milliseconds between two looks. Whatever was busy a moment ago is likely to be busy again. */
const quietTime = 5_000;

/** Until nothing more is found, as V8 does it before it gives up: code that only the start ran goes too. */
function collector(): (() => void) | undefined {
  const { gc } = globalThis;
  return gc && (() => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' }));
}

/**
 * Collects what the start left behind, once, when nobody waits for this instance: it holds everything up for some 30 ms, and V8 does
 * not do it by itself where hardly anything is allocated any more. Does nothing where Node was not started with `--expose-gc`.
 * @param isBusy whether somebody waits
 */
export async function collectAfterStart(
  isBusy: () => boolean,
  signal: AbortSignal,
  {
    collect = collector(),
    quietMs = quietTime,
  }: { collect?: (() => void) | undefined; quietMs?: number } = {},
): Promise<void> {
  if (collect === undefined) return;
  let wasQuiet = false;
  while (!signal.aborted) {
    await pause(quietMs, signal);
    if (signal.aborted) return;
    const isQuiet = !isBusy();
    if (isQuiet && wasQuiet) return collect();
    wasQuiet = isQuiet;
  }
}
