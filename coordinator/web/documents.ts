import type { InstanceState } from '../core/instance-state.ts';
import type { Assignment, Endpoint, RoleOffer, Timings } from '../core/model.ts';
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

export interface InstanceDocument {
  instance: InstanceRow & {
    facts: { name: string; value: string }[];
    lastSeenTime: number;
    generation: number;
    observedGeneration: number;
  };
  assignment: Pick<Assignment, 'assignmentId' | 'user' | 'role' | 'environment' | 'state' | 'timings'> | null;
  endpoints: Endpoint[];
  /** Spans and samples are on the coordinator's clock, as far as the instance's is known. */
  spans: PageSpan[];
  pulls: PagePull[];
  starts: PageStart[];
  samples: Sample[];
  events: { at: number; event: string; state: string; reason: string; assignmentId: string }[];
}

export interface CompareDocument {
  a: string;
  b: string;
  steps: StepDifference[];
}
