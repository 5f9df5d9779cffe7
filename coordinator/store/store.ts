import type { InstanceEvent } from '../core/instance-state.ts';
import type { AssignmentEvent } from '../core/assignment-state.ts';
import type { Assignment, Endpoint, Facts, Instance, KnownRole, RoleOffer, Timings } from '../core/model.ts';

/** A new request for an instance. */
export interface NewAssignment {
  assignmentId: string;
  requestId: string;
  fingerprint: string;
  user: string;
  role: string;
  environment: string;
  env: Record<string, string>;
  now: number;
}

export interface InstanceFilter {
  role?: string;
  state?: Instance['state'];
  /** Ids after this one. */
  after?: string;
  limit: number;
}

/** What changes on an assignment beside its state. */
export interface AssignmentChange {
  endpoints?: Endpoint[];
  failureReason?: string;
  timings?: Timings;
  now: number;
}

/** One batch of an agent's report; its items are protobuf messages as JSON, kept as they came. */
export interface ReportBatch {
  instanceId: string;
  bootId: string;
  sequence: number;
  spans: { id: string; startNs: number; json: string }[];
  pulls: string[];
  starts: string[];
}

export interface Timeline {
  spans: string[];
  pulls: string[];
  starts: string[];
}

/**
 * What the coordinator must not forget. Every call is one transaction, durable when it returns. Times are
 * milliseconds since the epoch. Throws ParbakeError STORE_FAILED when the store itself fails, and
 * ILLEGAL_TRANSITION when an event does not fit the state.
 */
export interface Store {
  /** Makes the instance known, or brings its facts up to date. A new boot is the event `checked_in`. */
  checkIn(facts: Facts, roles: readonly RoleOffer[], now: number): Instance;
  instance(instanceId: string): Instance | undefined;
  /** By id. */
  instances(filter: InstanceFilter): Instance[];
  /** Instances whose identity counts: neither over nor set aside. */
  liveInstances(): Instance[];
  instanceEvent(instanceId: string, event: InstanceEvent, reason?: string): Instance;
  observed(instanceId: string, generation: number, roles: readonly RoleOffer[], now: number): void;

  /** Takes the request down. The same id with the same fingerprint gives what there is. @throws REQUEST_ID_MISMATCH */
  createAssignment(request: NewAssignment): { assignment: Assignment; replayed: boolean };
  /** Forgets a PENDING assignment that was never acknowledged. */
  forgetPending(assignmentId: string): void;
  /**
   * Takes the READY instance of the role that has waited longest, and raises its generation.
   * @param connected ids of instances whose agent can be reached
   * @returns undefined when there is none, or when the assignment is not PENDING any more
   */
  claim(assignmentId: string, connected: ReadonlySet<string>, now: number): Assignment | undefined;
  assignment(assignmentId: string): Assignment | undefined;
  /** The assignment that an instance is taken for, or was last released from and still has to stop. */
  assignmentOf(instanceId: string): Assignment | undefined;
  /** Newest first. */
  assignments(filter: { user?: string; liveOnly: boolean; offset: number; limit: number }): Assignment[];
  pending(): Assignment[];
  assignmentEvent(assignmentId: string, event: AssignmentEvent, change: AssignmentChange): Assignment;
  /** Steps that have a time already keep it. */
  recordTimings(assignmentId: string, timings: Timings): void;
  /** Release: the assignment and its instance together; a PENDING one is over at once. */
  release(assignmentId: string, now: number): Assignment;
  /** The agent has stopped everything: both are over. */
  stopped(assignmentId: string, now: number): Assignment;
  /** The instance did not serve: it is set aside, and the assignment waits for another or is over. */
  attemptFailed(assignmentId: string, reason: string, isLast: boolean, now: number): Assignment;

  applyRoles(roles: readonly { name: string; userEnv: string[] }[]): void;
  /** Applied or offered by an instance that is not over, by name. */
  roles(): KnownRole[];

  /** @returns the highest sequence of this boot that is durable */
  report(batch: ReportBatch): number;
  timeline(instanceId: string): Timeline;
  close(): void;
}
