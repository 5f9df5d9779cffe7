import type { PhaseCounts } from './phase.ts';

export const poolConditions = [
  /** It has what it wants. */
  'OK',
  /** What it wants is on its way. */
  'FILLING',
  /** It wants more, and no offering can be asked now. */
  'STARVED',
  /** Its maximum, or its launches in an hour, keep it below its target. */
  'CAPPED',
  /** Machines of its image do not become READY; it tries one at a time. */
  'BREAKER_OPEN',
  /** The provider refuses its specification; nothing is launched until it changes. */
  'BROKEN',
  'PAUSED',
  /** It is deleted, and waits for its last machines. */
  'DELETING',
] as const;

export type PoolCondition = (typeof poolConditions)[number];

/** One part of the answer to "why this many?". */
export interface Term {
  name: string;
  value: number;
  /** A sentence without its full stop. */
  meaning: string;
}

/** Something that keeps a pool from its target. */
export interface PoolProblem {
  code: string;
  message: string;
  /** When it is looked at again, on the steady clock; 0 when only a change ends it. */
  until: number;
}

/** What the last plan saw and decided. */
export interface PoolStatus {
  condition: PoolCondition;
  counts: PhaseCounts;
  target: number;
  /** Machines that open calls may bring. */
  launching: number;
  outdated: number;
  terms: readonly Term[];
  problems: readonly PoolProblem[];
}
