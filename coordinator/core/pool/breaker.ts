/** Whether machines of one image and launch specification become READY. */
export interface Breaker {
  specHash: string;
  /** The newest outcomes, oldest first. */
  recent: readonly Outcome[];
  /** How often in a row it opened. */
  opens: number;
  /** When one machine is tried, on the steady clock; 0 while it is closed. */
  probeAt: number;
}

export type Outcome = 'READY' | 'FAILED';

/** Two of the last four machines never became READY: more of them would only cost money. */
const window = 4;
const failuresToOpen = 2;
const minute = 60_000;

export function closedBreaker(specHash: string): Breaker {
  return { specHash, recent: [], opens: 0, probeAt: 0 };
}

/**
 * Takes in what became of machines of its specification. Open: one machine is tried after 1, 2, 4 … 30 minutes, and closes
 * it when it becomes READY.
 */
export function breakerAfter(breaker: Breaker, outcomes: readonly Outcome[], steady: number): Breaker {
  let now = breaker;
  for (const outcome of outcomes) {
    const recent = [...now.recent, outcome].slice(-window);
    const isOpen = now.probeAt > 0;
    if (outcome === 'READY') now = isOpen ? closedBreaker(now.specHash) : { ...now, recent };
    else {
      const failures = recent.filter((one) => one === 'FAILED').length;
      const opens = isOpen || failures >= failuresToOpen;
      now = opens ? opened({ ...now, recent }, steady) : { ...now, recent };
    }
  }
  return now;
}

function opened(breaker: Breaker, steady: number): Breaker {
  // Several machines that fail together open it once.
  if (breaker.probeAt > steady) return breaker;
  return {
    ...breaker,
    opens: breaker.opens + 1,
    probeAt: steady + Math.min(30 * minute, minute * 2 ** breaker.opens),
  };
}
