/** The difference between the instance's clock and the coordinator's; see Clock in telemetry.proto. */
export interface Clock {
  offsetMs: number;
  uncertaintyMs: number;
}

/** The times of one request and its answer, in milliseconds. */
export interface RoundTrip {
  /** On the instance's wall clock. */
  sent: number;
  /** Time until the answer, on a monotonic clock, so that a jump of the wall clock does not count. */
  took: number;
  /** On the coordinator's wall clock. */
  received: number;
  answered: number;
}

/** Both wall clocks are read in whole milliseconds, so either may lag by up to one. */
const resolution = 1;

/** @returns undefined when the times are impossible, because the coordinator's clock was set meanwhile or gives none */
export function clockFrom({ sent, took, received, answered }: RoundTrip): Clock | undefined {
  const left = took - (answered - received);
  if (!(sent > 0 && received > 0 && answered >= received && left >= -resolution)) return undefined;
  const oneWay = Math.max(0, left) / 2;
  return { offsetMs: received - sent - oneWay, uncertaintyMs: oneWay + resolution };
}

/**
 * Whether a new measurement replaces the known one: when it is twice as precise, or when both cannot be true, as after a jump or a
 * long drift. Other measurements are dropped, so that the coordinator writes only when there is news.
 */
export function isNews(known: Clock | undefined, next: Clock): boolean {
  if (known === undefined || next.uncertaintyMs < known.uncertaintyMs / 2) return true;
  return Math.abs(next.offsetMs - known.offsetMs) > known.uncertaintyMs + next.uncertaintyMs;
}
