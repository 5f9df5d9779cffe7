import { faultOfCode, type Fault } from '../../proto/errors/faults.ts';

/**
 * The agent knows best; an older one says only what failed.
 * @param said by the agent; undefined when it does not say
 * @param reason `CODE: sentence`
 */
export function faultOf(said: Fault | undefined, reason: string): Fault {
  if (said !== undefined) return said;
  const [, code = ''] = /^([A-Z][A-Z0-9_]*): /.exec(reason) ?? [];
  return faultOfCode(code);
}

/** Instances that are tried for one assignment until one serves. */
export const maxAttempts = 3;

/** After so many faults of the user within `window`, further requests wait. Milliseconds. */
const backoff = { after: 3, window: 600_000, first: 10_000, longest: 600_000 };

/**
 * A client that repeats what cannot work must not empty the pool.
 * @param faultTimes when assignments of the same user, role and environment failed by the user's fault, in
 *   milliseconds since the epoch
 * @returns milliseconds until the next request is taken; 0 for now
 */
export function assignBackoff(faultTimes: readonly number[], now: number): number {
  const recent = faultTimes.filter((at) => at > now - backoff.window && at <= now);
  if (recent.length < backoff.after) return 0;
  const wait = Math.min(backoff.longest, backoff.first * 2 ** (recent.length - backoff.after));
  return Math.max(0, Math.max(...recent) + wait - now);
}

/** How far back `assignBackoff` looks, in milliseconds. */
export const backoffWindow = backoff.window;
