/** How long a step may take, in milliseconds. Each has a next step: nothing waits for ever. */
export interface Limits {
  /**
   * CLAIMED → DELIVERED, counted from the claim or from when the agent's session was opened or closed since. An order takes
   * a millisecond; then the next instance is tried.
   */
  delivery: number;
  /** DELIVERED → SERVING, while the agent is connected. Pulls at the order and slow readiness checks fit. A machine's fault. */
  start: number;
  /** The same, while the agent is silent: a machine that died as it started. */
  silentStart: number;
  /** RELEASING → RELEASED, while the agent is connected: longer than any stop_timeout. Then the instance is given up. */
  release: number;
  /** The same, while the agent is silent: nobody waits for a machine that is gone. */
  silentRelease: number;
  /** How long an instance stays QUARANTINED, so that somebody can look at it, before it is retired. */
  quarantine: number;
  /** After the start of the coordinator nothing counts as silent: agents are still coming back. */
  settling: number;
}

export const defaultLimits: Limits = {
  delivery: 5_000,
  start: 600_000,
  silentStart: 60_000,
  release: 180_000,
  silentRelease: 30_000,
  quarantine: 3_600_000,
  settling: 60_000,
};

/** Part of a pool, and the instances, that may fall silent in `within` milliseconds before it is the network that failed. */
const massSilence = { share: 0.1, instances: 5, within: 60_000 };

/** When a session was closed counts as a part of a mass silence for so long, in milliseconds. */
export const massSilenceWindow = massSilence.within;

/**
 * Whether so many fell silent at once that it is the network or this coordinator, and not the instances.
 * @param fellSilent instances of a pool that fell silent within the window
 * @param all instances of the pool
 */
export function isMassSilence(fellSilent: number, all: number): boolean {
  return fellSilent >= massSilence.instances && fellSilent > all * massSilence.share;
}
