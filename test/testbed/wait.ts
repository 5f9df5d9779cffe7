/** Milliseconds between two checks of a condition. */
const interval = 20;

/**
 * Waits until `condition` gives something other than undefined or false.
 * @param timeoutMs after which it fails, naming `what` it waited for; long enough for a busy machine
 */
export async function waitFor<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 120_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`);
    await new Promise<void>((resolve) => void setTimeout(resolve, interval));
  }
}
