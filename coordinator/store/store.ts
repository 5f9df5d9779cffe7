import type { Demand } from '../core/placement.ts';
import type { Sample } from '../core/sample.ts';
import type { InstanceEvent } from '../core/instance-state.ts';
import type { AssignmentEvent } from '../core/assignment-state.ts';
import type {
  Assignment,
  Clock,
  Ec2Facts,
  Endpoint,
  Facts,
  Instance,
  KnownRole,
  RoleOffer,
  Timings,
} from '../core/model.ts';

/**
 * What the coordinator must not forget. Every call is one transaction, durable when it returns. Times are
 * milliseconds since the epoch. Throws ParbakeError STORE_FAILED when the store itself fails, and
 * ILLEGAL_TRANSITION when an event does not fit the state.
 */
export interface Store {
  readonly instances: InstanceStore;
  readonly assignments: AssignmentStore;
  readonly roles: RoleStore;
  readonly reports: ReportStore;
  readonly samples: SampleStore;
  readonly events: EventStore;
  /** Several calls as one: all of them or none. */
  transaction<T>(work: () => T): T;
  /** Bytes that hold something: a file does not shrink, but its free pages are used again. */
  size(): number;
  close(): void;
}

/** What an agent says about its instance when it checks in. */
export interface CheckIn {
  facts: Facts;
  roles: RoleOffer[];
  /** The last generation that the agent applied; 0 when it never did. */
  observedGeneration: number;
  /** The assignment that it carries; empty when none. */
  assignmentId: string;
}

export interface InstanceFilter {
  role?: string;
  state?: Instance['state'];
  /** Ids after this one. */
  after?: string;
  /** Part of an id. */
  find?: string;
  limit: number;
}

/** How many instances there are; those of a role are those that offer it and are not over. */
export interface InstanceCounts {
  states: Partial<Record<Instance['state'], number>>;
  roles: ReadonlyMap<string, Partial<Record<Instance['state'], number>>>;
}

/** An instance about which EC2 has to be asked or told something. */
export interface Ec2Work {
  instanceId: string;
  /** Say this to `ec2Done`: what changed meanwhile is not lost. */
  revision: number;
}

export interface InstanceStore {
  /** Makes the instance known, or brings its facts up to date. A new boot is the event `checked_in`. */
  checkIn(checkIn: Omit<CheckIn, 'assignmentId'>, now: number): Instance;
  get(instanceId: string): Instance | undefined;
  /** By id. */
  list(filter: InstanceFilter): Instance[];
  /** Others whose identity counts (neither over nor quarantined), with this engine id or machine id. */
  twins(facts: Facts): Instance[];
  event(instanceId: string, event: InstanceEvent, now: number, reason?: string): Instance;
  /** Takes down what an agent sees of its instance; writes only what is new. */
  observed(instanceId: string, generation: number, roles: readonly RoleOffer[], now: number): void;
  /** Goes on from a generation that the agent has applied, when the store knows only lower ones. */
  adoptGeneration(instanceId: string, generation: number): void;
  counts(): InstanceCounts;
  /** The agent was heard of. */
  seen(instanceId: string, now: number): void;
  /** Its agent measured how its clock stands to ours. */
  clock(instanceId: string, clock: Clock, now: number): void;
  /** Instances that checked in or whose user changed since `ec2Done`. */
  ec2Work(): Ec2Work[];
  /** @param facts absent when EC2 does not know the instance */
  ec2Done(work: Ec2Work, facts: Ec2Facts | undefined): void;
  /**
   * Removes instances that are over, or silent without anybody's assignment, and were last seen before, with what they
   * reported and their assignments.
   * @param isConnected whether its agent can be reached: one that is need not have been written down as seen
   * @returns how many, at most `limit`
   */
  removeOver(lastSeenBefore: number, limit: number, isConnected: (instanceId: string) => boolean): number;
}

/** A new request for an instance. */
export interface NewAssignment {
  assignmentId: string;
  requestId: string;
  fingerprint: string;
  user: string;
  role: string;
  environment: string;
  env: Record<string, string>;
  /** In base64. */
  files: Record<string, string>;
  traceparent: string;
  tracestate: string;
  now: number;
}

/** What changes on an assignment beside its state. */
export interface AssignmentChange {
  endpoints?: Endpoint[];
  failureReason?: string;
  timings?: Timings;
  now: number;
}

export interface AssignmentFilter {
  user?: string;
  liveOnly: boolean;
  /** Only older than this one, in the list's order. */
  before?: { createTime: number; assignmentId: string };
  limit: number;
}

export interface AssignmentStore {
  /**
   * Takes the request down. The same id with the same fingerprint gives what there is.
   * @throws ParbakeError REQUEST_ID_MISMATCH
   */
  create(request: NewAssignment): { assignment: Assignment; replayed: boolean };
  /** Forgets a request that nobody was told anything about: PENDING, and no instance was ever taken for it. */
  forget(assignmentId: string): void;
  /** Forgets all such requests; for the start, when their callers are gone. */
  forgetAll(): void;
  /**
   * Takes the READY instance that offers the role and its variables and has waited longest, and raises its generation.
   * @param isConnected whether an instance's agent can be reached
   * @returns undefined when there is none, or when the assignment is not PENDING any more
   */
  claim(
    assignmentId: string,
    isConnected: (instanceId: string) => boolean,
    now: number,
  ): Assignment | undefined;
  get(assignmentId: string): Assignment | undefined;
  /** The assignment that an instance is taken for; at most one. */
  of(instanceId: string): Assignment | undefined;
  /** Newest first. */
  list(filter: AssignmentFilter): Assignment[];
  /** Ids of those that wait for an instance, oldest first. */
  pending(): string[];
  event(assignmentId: string, event: AssignmentEvent, change: AssignmentChange): Assignment;
  /** Steps that have a time already keep it. */
  recordTimings(assignmentId: string, timings: Timings): void;
  /** Release: the assignment and its instance together; a PENDING one is over at once. */
  release(assignmentId: string, now: number): Assignment;
  /** The agent has stopped everything: both are over. */
  stopped(assignmentId: string, now: number): Assignment;
  /** The instance did not serve: it is set aside, and the assignment waits for another or is over. */
  attemptFailed(assignmentId: string, reason: string, isLast: boolean, now: number): Assignment;
  /** Removes those that ended without an instance. @returns how many, at most `limit` */
  removeOver(endedBefore: number, limit: number): number;
}

export interface RoleStore {
  apply(roles: readonly Pick<KnownRole, 'name' | 'userEnv' | 'takesFiles'>[]): void;
  /** Applied or offered by an instance that is not over, by name. */
  list(): KnownRole[];
  /**
   * Whether a role is known, and what of an order it does not take. An applied role says so itself; for another, one
   * instance that takes everything is enough.
   * @returns undefined when the role is unknown
   */
  refuses(role: string, demand: Demand): { variables: string[]; files: boolean } | undefined;
}

/** One batch of an agent's report; its items are protobuf messages as JSON, kept as they came. */
export interface ReportBatch {
  instanceId: string;
  bootId: string;
  sequence: number;
  spans: { id: string; startNs: number; json: string }[];
  pulls: string[];
  starts: string[];
  reads: string[];
  samples: Sample[];
}

export interface Timeline {
  spans: string[];
  pulls: string[];
  starts: string[];
  reads: string[];
}

/** A span's place among those of its instance. */
export interface SpanPosition {
  startNs: bigint;
  spanId: string;
}

export interface TimelineFilter {
  /** Milliseconds since the epoch, on the instance's clock; what overlaps it. */
  from?: number;
  to?: number;
  /** At most so many spans. */
  limit?: number;
  after?: SpanPosition;
}

export interface ReportStore {
  /** Keeps the newest pulls, starts and reads of an instance, so many of each. @returns the highest sequence of this boot that is durable, and whether this batch was new */
  add(batch: ReportBatch, now: number): { acknowledged: number; isNew: boolean };
  /** By start. Items besides spans come without `after` only. */
  timeline(instanceId: string, filter?: TimelineFilter): Timeline;
  /** Removes spans that were received before, whenever their instance says that they began. @returns how many, at most `limit` */
  removeBefore(at: number, limit: number): number;
  /** Forgets how far former boots of instances had reported, when they last did before. @returns how many */
  removeBoots(lastBefore: number, limit: number): number;
}

export interface SampleFilter {
  instanceId: string;
  /** Milliseconds since the epoch; samples that overlap it. */
  from?: number;
  to?: number;
}

export interface SampleStore {
  add(instanceId: string, samples: readonly Sample[]): void;
  /** By container, the host first, and by time. */
  query(filter: SampleFilter): Sample[];
  /**
   * Joins samples that started before `before` into stretches of `stretchMs`, for at most `limit` instances.
   * @param from the stretches of the samples to join, 0 for those that came from instances
   * @returns for how many instances something was done
   */
  join(before: number, stretchMs: number, from: number, limit: number): number;
  /**
   * Removes blocks of samples whose last one ended before: a block of joined samples is up to a day.
   * @returns how many blocks, at most `limit`
   */
  removeBefore(at: number, limit: number): number;
}

/** One change of state. */
export interface StateEvent {
  /** Rises with every event of the store. */
  sequence: number;
  /** Milliseconds since the epoch. */
  at: number;
  instanceId: string;
  assignmentId: string;
  event: string;
  state: string;
  reason: string;
}

/** Both, where both are named. */
export interface EventFilter {
  instanceId?: string;
  assignmentId?: string;
}

export interface EventStore {
  /** Oldest first. @param after a sequence */
  list(instanceId: string, after: number, limit: number): StateEvent[];
  /** Of the whole fleet or of what is named, oldest first. */
  after(sequence: number, limit: number, filter?: EventFilter): StateEvent[];
  /** @returns the sequence after which come the newest `count` that match; the newest one when none does */
  beforeLast(filter: EventFilter, count: number): number;
  /** The highest sequence that was ever given; 0 before the first event. */
  newest(): number;
  /** The highest sequence that was removed; lower ones may still be there. */
  removedUpTo(): number;
  /** @returns how many were removed, at most `limit` */
  removeBefore(at: number, limit: number): number;
}
