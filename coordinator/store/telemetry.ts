import type { Sample } from '../core/sample.ts';

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
  /** How many spans at most. */
  limit?: number;
  after?: SpanPosition;
}

export interface SampleFilter {
  instanceId: string;
  /** Milliseconds since the epoch; samples that overlap it. */
  from?: number;
  to?: number;
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

export interface EventPage {
  /** Oldest first. */
  events: StateEvent[];
  /** The highest sequence that was ever given, when the events were read; 0 before the first event. */
  newest: number;
  /** The highest sequence that was removed; lower ones may still be there. */
  removedUpTo: number;
}

/** What instances reported, and what happened to them. */
export interface TelemetryUseCases {
  /**
   * Keeps the newest pulls, starts and reads of an instance, up to a limit for each kind.
   * @returns the highest sequence of this boot that is durable, and whether this batch was new
   * @throws ParbakeError INSTANCE_NOT_FOUND for an instance that never checked in, or was removed
   */
  report(batch: ReportBatch, now: number): Promise<{ acknowledged: number; isNew: boolean }>;
  /** Sorted by start. Items besides spans come without `after` only. */
  timeline(instanceId: string, filter?: TimelineFilter): Promise<Timeline>;
  /** Sorted by container, the host first, and by time. */
  samples(filter: SampleFilter): Promise<Sample[]>;
  /** The events after a sequence that match. */
  events(after: number, limit: number, filter?: EventFilter): Promise<EventPage>;
  /** @returns the sequence after which come the newest `count` that match; the newest one when none does */
  beforeLastEvents(filter: EventFilter, count: number): Promise<number>;
}
