// Original file: proto/parbake/v1/pool.proto

import type { PoolSpec as _parbake_v1_PoolSpec, PoolSpec__Output as _parbake_v1_PoolSpec__Output } from '../../parbake/v1/PoolSpec.ts';
import type { PoolCondition as _parbake_v1_PoolCondition, PoolCondition__Output as _parbake_v1_PoolCondition__Output } from '../../parbake/v1/PoolCondition.ts';
import type { PoolTerm as _parbake_v1_PoolTerm, PoolTerm__Output as _parbake_v1_PoolTerm__Output } from '../../parbake/v1/PoolTerm.ts';
import type { PoolProblem as _parbake_v1_PoolProblem, PoolProblem__Output as _parbake_v1_PoolProblem__Output } from '../../parbake/v1/PoolProblem.ts';

/**
 * A pool as the last plan saw it.
 */
export interface Pool {
  /**
   * What its operator wants, with every default filled in.
   */
  'spec'?: (_parbake_v1_PoolSpec | null);
  /**
   * UNSPECIFIED before its first plan.
   */
  'condition'?: (_parbake_v1_PoolCondition);
  /**
   * READY instances that are wanted.
   */
  'target'?: (number);
  /**
   * READY and connected.
   */
  'ready'?: (number);
  /**
   * Launched, and its agent has not called.
   */
  'expected'?: (number);
  /**
   * Checked in, and not READY yet.
   */
  'preparing'?: (number);
  /**
   * Asked for, and not answered yet.
   */
  'launching'?: (number);
  /**
   * With a user.
   */
  'assigned'?: (number);
  /**
   * Without a user, and its agent is not connected.
   */
  'silent'?: (number);
  /**
   * QUARANTINED.
   */
  'quarantined'?: (number);
  /**
   * Being terminated.
   */
  'ending'?: (number);
  /**
   * READY, and made from other things than the specification says, or too old.
   */
  'outdated'?: (number);
  /**
   * Why this many. Only ExplainPool fills it and what follows.
   */
  'terms'?: (_parbake_v1_PoolTerm)[];
  /**
   * What keeps it from its target.
   */
  'problems'?: (_parbake_v1_PoolProblem)[];
}

/**
 * A pool as the last plan saw it.
 */
export interface Pool__Output {
  /**
   * What its operator wants, with every default filled in.
   */
  'spec': (_parbake_v1_PoolSpec__Output | null);
  /**
   * UNSPECIFIED before its first plan.
   */
  'condition': (_parbake_v1_PoolCondition__Output);
  /**
   * READY instances that are wanted.
   */
  'target': (number);
  /**
   * READY and connected.
   */
  'ready': (number);
  /**
   * Launched, and its agent has not called.
   */
  'expected': (number);
  /**
   * Checked in, and not READY yet.
   */
  'preparing': (number);
  /**
   * Asked for, and not answered yet.
   */
  'launching': (number);
  /**
   * With a user.
   */
  'assigned': (number);
  /**
   * Without a user, and its agent is not connected.
   */
  'silent': (number);
  /**
   * QUARANTINED.
   */
  'quarantined': (number);
  /**
   * Being terminated.
   */
  'ending': (number);
  /**
   * READY, and made from other things than the specification says, or too old.
   */
  'outdated': (number);
  /**
   * Why this many. Only ExplainPool fills it and what follows.
   */
  'terms': (_parbake_v1_PoolTerm__Output)[];
  /**
   * What keeps it from its target.
   */
  'problems': (_parbake_v1_PoolProblem__Output)[];
}
