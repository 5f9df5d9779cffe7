/** How the instance's clock stands to the coordinator's; see Clock in telemetry.proto. */
export interface Clock {
  offsetMs: number;
  uncertaintyMs: number;
}

/** A question and its answer. Milliseconds. */
export interface RoundTrip {
  /** On the instance's wall clock. */
  sent: number;
  /** Until the answer was there, by a monotonic clock: a wall clock that jumps meanwhile does not count. */
  took: number;
  /** On the coordinator's wall clock. */
  received: number;
  answered: number;
}

/** Both wall clocks are read in whole milliseconds: either may be up to one behind what it shows. */
const resolution = 1;

/** @returns undefined when the times cannot be: the coordinator's clock was set meanwhile, or it tells none */
export function clockFrom({ sent, took, received, answered }: RoundTrip): Clock | undefined {
  const left = took - (answered - received);
  if (!(sent > 0 && received > 0 && answered >= received && left >= -resolution)) return undefined;
  const oneWay = Math.max(0, left) / 2;
  return { offsetMs: received - sent - oneWay, uncertaintyMs: oneWay + resolution };
}

/**
 * Whether a new measurement takes the place of the known one: it is twice as good, or both cannot be true, as after a
 * jump or a long drift. Others are left out, so that the coordinator has something to write down only when there is news.
 */
export function isNews(known: Clock | undefined, next: Clock): boolean {
  if (known === undefined || next.uncertaintyMs < known.uncertaintyMs / 2) return true;
  return Math.abs(next.offsetMs - known.offsetMs) > known.uncertaintyMs + next.uncertaintyMs;
}
