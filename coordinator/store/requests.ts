import type { Assignment, Moment } from '../core/model.ts';
import type { Tenancy } from './agents.ts';

/** A new request for an instance. */
export interface NewRequest {
  assignmentId: string;
  requestId: string;
  /** Of everything that the caller asked for. */
  fingerprint: string;
  user: string;
  role: string;
  environment: string;
  env: Record<string, string>;
  /** In base64. */
  files: Record<string, string>;
  traceparent: string;
  tracestate: string;
  received: Moment;
}

export interface Requested {
  assignment: Assignment;
  /** The same request had been made before. */
  replayed: boolean;
  /** The instance that was taken by this call. */
  claimed?: Tenancy;
}

export interface Released {
  before: Assignment;
  assignment: Assignment;
  /** Its instance, which has to be told; absent when none was taken. */
  tenancy?: Tenancy;
}

export interface AssignmentFilter {
  user?: string;
  liveOnly: boolean;
  /** Only older than this one, in the list's order. */
  before?: { createTime: number; assignmentId: string };
  limit: number;
}

/** What callers bring about. */
export interface RequestUseCases {
  /**
   * Keeps the request and takes an instance for it, if there is one, in one transaction: the READY and connected instance
   * that takes the order's variables and files, a warm one first and then the one that has waited longest. The same id
   * with the same fingerprint gives what there is.
   * @throws ParbakeError REQUEST_ID_MISMATCH, ROLE_UNKNOWN, ENV_NOT_ALLOWED, FILES_NOT_ALLOWED; nothing is kept then
   */
  request(request: NewRequest): Promise<Requested>;
  /** Takes instances for requests that wait, oldest first. */
  claimWaiting(at: Moment): Promise<Tenancy[]>;
  /**
   * Forgets a request that nobody waits for and for which no instance was ever taken.
   * @returns the request, or undefined when it stays
   */
  forget(assignmentId: string): Promise<Assignment | undefined>;
  /**
   * A PENDING one is over at once; of any other the instance is told to stop. Repetitions change nothing.
   * @throws ParbakeError ASSIGNMENT_NOT_FOUND
   */
  release(assignmentId: string, now: number): Promise<Released>;
  assignment(assignmentId: string): Promise<Assignment | undefined>;
  /** Newest first. */
  assignments(filter: AssignmentFilter): Promise<Assignment[]>;
}
