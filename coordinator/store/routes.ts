import type { Moment } from '../core/model.ts';
import type { Route } from '../core/route.ts';
import type { AssignmentStep, Tenancy } from './agents.ts';

export interface RouteFilter {
  owner?: string;
  assignmentId?: string;
  /** Names after this one. */
  after?: string;
  limit: number;
}

/** How far a publisher is; see Publisher in route.proto. */
export interface PublisherStatus {
  name: string;
  generation: number;
  /** Milliseconds since the epoch; 0 before it first confirmed. */
  confirmTime: number;
  error: string;
}

/** What a publisher's word brought about. */
export interface RoutesConfirmed {
  /** Assignments whose routes every publisher has now. */
  steps: AssignmentStep[];
  /** Instances that may stop their containers now. */
  tenancies: Tenancy[];
}

/** Where names lead. The rows are the truth; publishers follow them. */
export interface RouteUseCases {
  /** Sorted by name, without those that are WITHDRAWN. */
  routes(filter: RouteFilter): Promise<Route[]>;
  /**
   * What changed after a generation, oldest first, WITHDRAWN ones too.
   * @returns `newest`: the generation of the newest change of all
   */
  routeChanges(after: number, limit: number): Promise<{ changes: Route[]; newest: number }>;
  /**
   * Sets which publishers are waited for, of this coordinator and of all. Those of others that share the store stay. What
   * any other had confirmed is forgotten.
   */
  setPublishers(
    names: { own: readonly string[]; external: readonly string[] },
    at: Moment,
  ): Promise<RoutesConfirmed>;
  /** Sorted by name. */
  publishers(): Promise<PublisherStatus[]>;
  /**
   * A publisher has made visible everything up to a generation, or could not.
   * @param error empty when it could
   * @throws ParbakeError PUBLISHER_UNKNOWN
   */
  confirmRoutes(publisher: string, generation: number, error: string, at: Moment): Promise<RoutesConfirmed>;
  /** Names that were withdrawn before. @returns how many were removed */
  removeRoutes(withdrawnBefore: number, limit: number): Promise<number>;
}
