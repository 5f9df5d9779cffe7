/** The bound of the first wait, and of every wait, in milliseconds. */
export interface BackoffBounds {
  first: number;
  max: number;
}

const usual: BackoffBounds = { first: 500, max: 30_000 };

/**
 * Milliseconds to wait before try number `failures + 1`: anything up to a bound that doubles (full jitter), so that a
 * fleet does not come back all at once.
 * @param random from 0 to 1
 */
export function backoff(failures: number, random: number, { first, max } = usual): number {
  return random * Math.min(max, first * 2 ** Math.min(failures, 16));
}
