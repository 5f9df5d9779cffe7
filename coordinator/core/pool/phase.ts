/** What a machine of a pool is doing. */
export type Phase =
  /** Launched; its agent has not called. */
  | 'expected'
  | 'preparing'
  | 'ready'
  /** Without a user, and its session is closed. */
  | 'silent'
  | 'assigned'
  | 'quarantined'
  /** Parbake is done with it, and the machine may still run. */
  | 'over'
  /** It is being terminated. */
  | 'ending'
  | 'gone';

export type PhaseCounts = Readonly<Record<Phase, number>>;
