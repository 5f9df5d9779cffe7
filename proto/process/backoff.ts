/** Milliseconds. */
const first = 500;
const longest = 30_000;

/**
 * How long to wait before try number `failures + 1`: anything up to a bound that doubles (full jitter), so that a
 * fleet does not come back at one moment.
 * @param random from 0 to 1
 */
export function backoff(failures: number, random: number): number {
  return random * Math.min(longest, first * 2 ** Math.min(failures, 16));
}
