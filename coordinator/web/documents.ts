import type { InstanceState } from '../core/instance-state.ts';
import type { AssignmentState } from '../core/assignment-state.ts';
import type { AttemptOutcome, AttemptTimings, Clock, Endpoint, RoleOffer, Timings } from '../core/model.ts';
import type { UsedFigures } from '../core/usage.ts';
import type { UsualWait, Wait } from '../insight/wait.ts';
import type { LayerTimes } from '../insight/layer-parts.ts';
import type { Sample } from '../core/sample.ts';
import type { StepDifference, TimelineSpan } from '../insight/timeline.ts';

/** The documents that the server makes and the page reads. Times are milliseconds since the epoch. */
export interface InstanceRow {
  instanceId: string;
  state: InstanceState;
  stateReason: string;
  connected: boolean;
  roles: RoleOffer[];
  user: string;
  imageId: string;
  instanceType: string;
  zone: string;
  checkInTime: number;
}

export interface InstancePage {
  instances: InstanceRow[];
  /** Names the next page. Empty on the last one. */
  next: string;
}

/** Milliseconds, and how many values they come from. */
export interface Percentiles {
  n: number;
  p50: number;
  p90: number;
  p99: number;
}

export interface RoleSummary {
  name: string;
  ready: number;
  preparing: number;
  assigned: number;
  failed: number;
  /** Not connected, in any of these states. */
  silent: number;
  lost: number;
  /** Requests that wait for an instance. */
  waiting: number;
  /** How long the last assignments took from Assign to each step. */
  steps: Partial<Record<keyof Timings, Percentiles>>;
}

export interface FleetDocument {
  at: number;
  states: Partial<Record<InstanceState, number>>;
  connected: number;
  roles: RoleSummary[];
}

type PageIo = Partial<
  Record<'diskReadBytes' | 'diskWriteBytes' | 'networkReceiveBytes' | 'networkTransmitBytes', number>
>;

export interface PageSpan extends TimelineSpan {
  assignmentId: string;
  /** What the whole host moved meanwhile. */
  io?: PageIo | null;
  /** What the span's container moved. Absent in what an earlier version stored. */
  containerIo?: PageIo | null;
}

export interface PagePull {
  ref: string;
  digest: string;
  sizeBytes: number;
  pullMs: number;
  atBake: boolean;
  layers: (LayerTimes & { digest: string; sizeBytes?: number; cached: boolean })[];
  /** Absent in what an earlier version stored. */
  retries?: { code: string; reason: string; waitMs: number }[];
}

export interface PageStart {
  name: string;
  image: string;
  prepared: string;
  error: string;
  createMs?: number;
  startMs?: number;
  execMs?: number;
  readyMs?: number;
}

/** One assignment in a list. */
export interface AssignmentRow {
  assignmentId: string;
  user: string;
  role: string;
  environment: string;
  state: AssignmentState;
  /** Empty while no instance is taken. */
  instanceId: string;
  attempts: number;
  /** Why it did not serve, or does no more. */
  reason: string;
  createTime: number;
  /** 0 until it is over. */
  releaseTime: number;
  /** Milliseconds that its caller waited; absent until it served. */
  waitMs?: number;
}

export interface AssignmentPage {
  assignments: AssignmentRow[];
  /** Names the next page. Empty on the last one. */
  next: string;
}

/** One assignment, and the answer to "why was it slow?". */
export interface ShownAssignment extends AssignmentRow {
  owner: string;
  /** 0 without a limit. */
  expireTime: number;
  timings: Timings;
  /** The answer in one sentence. */
  sentence: string;
  /** Absent while no instance was taken. */
  wait?: Wait;
  /** What is usual for its role; absent where too little is known. */
  usual?: UsualWait;
  tries: PageTry[];
  endpoints: Endpoint[];
}

/** An attempt on one instance. */
export interface PageTry {
  number: number;
  instanceId: string;
  startTime: number;
  /** 0 while it is the present one. */
  endTime: number;
  timings: AttemptTimings;
  outcome: AttemptOutcome;
  /** Whose fault it is that it failed; empty when it did not, or nobody's. */
  fault: string;
  reason: string;
}

export interface PageEvent {
  at: number;
  instanceId: string;
  assignmentId: string;
  event: string;
  state: string;
  reason: string;
}

export interface AssignmentDocument {
  assignment: ShownAssignment;
  events: PageEvent[];
}

export interface InstanceDocument {
  instance: InstanceRow & {
    facts: { name: string; value: string }[];
    lastSeenTime: number;
    generation: number;
    observedGeneration: number;
    /** Absent until it was measured. */
    clock?: Clock;
  };
  /** The one that the instance is taken for, or else the last one. */
  assignment: ShownAssignment | null;
  /** Spans and samples are on the coordinator's clock, as far as the instance's is known. */
  spans: PageSpan[];
  pulls: PagePull[];
  starts: PageStart[];
  samples: Sample[];
  events: PageEvent[];
}

/** What one user's assignments of the last days used. */
export interface UserRow extends UsedFigures {
  user: string;
  assignments: number;
  /** Milliseconds for which it had instances. */
  instanceMs: number;
}

export interface UserPage {
  days: number;
  users: UserRow[];
  /** Names the next page. Empty on the last one. */
  next: string;
}

export interface SlowRow extends AssignmentRow {
  waitMs: number;
  /** The median of the role. */
  usualMs?: number;
  /** The step in which it exceeds its own median most. */
  slowest?: { step: string; excessMs: number };
}

export interface SlowDocument {
  /** How many assignments were looked at. */
  n: number;
  /** The slowest first. */
  assignments: SlowRow[];
}

export interface EventsDocument {
  /** Newest first. */
  events: PageEvent[];
  /** Whether there are older ones. */
  hasMore: boolean;
}

export interface SearchDocument {
  instances: InstanceRow[];
  assignments: AssignmentRow[];
  /** Whether there is more than is listed. */
  hasMore: boolean;
}

export interface CompareDocument {
  a: string;
  b: string;
  steps: StepDifference[];
}
