import type { Used } from '../core/usage.ts';

/** What usage is added up by. */
export type UsageBy = 'USER' | 'ENVIRONMENT' | 'ROLE';

export interface UsageFilter {
  by: UsageBy;
  owner?: string;
  user?: string;
  role?: string;
  environment?: string;
  /** Attempts that ended after it, or have not ended. Milliseconds since the epoch. */
  from?: number;
  /** Attempts that ended by then; one that has not ended counts as ending now. */
  to?: number;
  /** Keys after this one; absent for the first page. */
  after?: string;
  limit: number;
}

/** What the assignments of one user, environment or role used. */
export interface UsageTotal extends Used {
  key: string;
  assignments: number;
  /** How long they had instances. Milliseconds. */
  instanceMs: number;
}

export interface UsageUseCases {
  /** Sorted by key. */
  usage(filter: UsageFilter, now: number): Promise<UsageTotal[]>;
}
