import type { AssignmentState } from '../core/assignment-state.ts';
import type { Assignment, Moment, Timings, Wait } from '../core/model.ts';
import type { RouteRequest } from '../core/route.ts';
import type { AssignmentStep, Tenancy } from './agents.ts';

/** A new request for an instance. */
export interface NewRequest {
  assignmentId: string;
  /** The principal that asks; its request ids are its own. */
  owner: string;
  requestId: string;
  /** A keyed hash of everything that the caller asked for. */
  fingerprint: string;
  /** A keyed hash of its variables and files. */
  contentHash: string;
  /** The same hashes with earlier keys: what is stored may have one of them. */
  earlierHashes: readonly { fingerprint: string; contentHash: string }[];
  /** The id of the key that `env` and `files` are sealed with. */
  sealedBy: string;
  user: string;
  role: string;
  environment: string;
  /** Sealed values by name, as in `files`. */
  env: Record<string, string>;
  files: Record<string, string>;
  traceparent: string;
  tracestate: string;
  /** How far the caller waits: from then on the assignment is not forgotten. */
  wait: Wait;
  received: Moment;
  /** How long it lives, in milliseconds; absent for as long as nobody releases it. */
  ttlMs?: number;
  ifExists?: IfExists;
  /** Host names that it gets. */
  routes: RouteRequest[];
}

/** What to do when the owner has a live assignment for this user, role and environment; absent: make another one. */
export type IfExists = 'RETURN' | 'REPLACE';

export interface Requested {
  assignment: Assignment;
  /** The same request had been made before. */
  replayed: boolean;
  /** `ifExists` found it. */
  existing: boolean;
  /** The instance that was taken by this call. */
  claimed?: Tenancy;
}

export interface Released extends AssignmentStep {
  /** Its instance, which has to be told; absent when none was taken. */
  tenancy?: Tenancy;
}

/** An assignment, as a caller names it. */
export interface Named {
  assignmentId: string;
  /** Where it belongs to anybody else, it does not exist; absent for who sees all. */
  owner?: string;
}

export interface AssignmentFilter {
  owner?: string;
  user?: string;
  role?: string;
  environment?: string;
  /** One of its attempts was on this instance. */
  instanceId?: string;
  /** Part of its id, user, environment or instance. */
  find?: string;
  state?: AssignmentState;
  liveOnly: boolean;
  /** Only older than this one, in the list's order. */
  before?: { createTime: number; assignmentId: string };
  limit: number;
}

/** What of an assignment its times are told from: a page reads a thousand after each change. */
export interface AssignmentTimes {
  role: string;
  timings: Timings;
  /** How many instances were tried. */
  attempts: number;
}

/** What callers bring about. */
export interface RequestUseCases {
  /**
   * Keeps the request and takes an instance for it, if there is one, in one transaction: the READY and connected instance
   * that takes the order's variables and files, a warm one first and then the one that has waited longest. The same id
   * with the same fingerprint gives what there is.
   * @throws ParbakeError REQUEST_ID_MISMATCH, ROLE_UNKNOWN, ENV_NOT_ALLOWED, FILES_NOT_ALLOWED, ASSIGN_BACKOFF,
   *   ASSIGNMENT_DIFFERS, ROUTE_NAME_TAKEN; nothing is kept then
   */
  request(request: NewRequest): Promise<Requested>;
  /** Takes instances for requests that wait, oldest first. */
  claimWaiting(at: Moment): Promise<Tenancy[]>;
  /**
   * Nobody waits for it any more. Without an instance it is forgotten, whatever was tried for it; with one it gets no
   * other.
   * @returns the request that was forgotten, or undefined
   */
  forget(assignmentId: string, at: Moment): Promise<Assignment | undefined>;
  /**
   * A PENDING one is over at once; of any other the instance is told to stop. Repetitions change nothing.
   * @throws ParbakeError ASSIGNMENT_NOT_FOUND
   */
  release(named: Named, at: Moment): Promise<Released>;
  /**
   * It becomes EXPIRED `ttlMs` from now on.
   * @throws ParbakeError ASSIGNMENT_NOT_FOUND; ILLEGAL_TRANSITION when it has ended or is being released
   */
  extend(named: Named, ttlMs: number, at: Moment): Promise<Assignment>;
  assignment(assignmentId: string): Promise<Assignment | undefined>;
  assignmentByRequest(owner: string, requestId: string): Promise<Assignment | undefined>;
  /** Newest first. */
  assignments(filter: AssignmentFilter): Promise<Assignment[]>;
  /** How long the steps of the newest assignments took. */
  recentTimes(limit: number): Promise<AssignmentTimes[]>;
}
