// Original file: proto/parbake/v1/telemetry.proto

import type { Span as _parbake_v1_Span, Span__Output as _parbake_v1_Span__Output } from '../../parbake/v1/Span.ts';
import type { Pull as _parbake_v1_Pull, Pull__Output as _parbake_v1_Pull__Output } from '../../parbake/v1/Pull.ts';
import type { ContainerStart as _parbake_v1_ContainerStart, ContainerStart__Output as _parbake_v1_ContainerStart__Output } from '../../parbake/v1/ContainerStart.ts';
import type { Clock as _parbake_v1_Clock, Clock__Output as _parbake_v1_Clock__Output } from '../../parbake/v1/Clock.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { StartReads as _parbake_v1_StartReads, StartReads__Output as _parbake_v1_StartReads__Output } from '../../parbake/v1/StartReads.ts';

/**
 * One page of a timeline.
 */
export interface GetTimelineResponse {
  /**
   * The instance asked for.
   */
  'instanceId'?: (string);
  /**
   * Spans, by start time.
   */
  'spans'?: (_parbake_v1_Span)[];
  /**
   * Image pulls, by start time: those of the bake first (see Pull.at_bake).
   */
  'pulls'?: (_parbake_v1_Pull)[];
  /**
   * Container starts, by start time.
   */
  'starts'?: (_parbake_v1_ContainerStart)[];
  /**
   * Absent until it was measured. Times of spans are the instance's, as they came.
   */
  'clock'?: (_parbake_v1_Clock | null);
  /**
   * When the coordinator heard of the clock, on its own; absent with it.
   */
  'clockTime'?: (_google_protobuf_Timestamp | null);
  /**
   * What starts read, by start time: one for each order that was served.
   */
  'reads'?: (_parbake_v1_StartReads)[];
  /**
   * Empty on the last page.
   */
  'nextPageToken'?: (string);
}

/**
 * One page of a timeline.
 */
export interface GetTimelineResponse__Output {
  /**
   * The instance asked for.
   */
  'instanceId': (string);
  /**
   * Spans, by start time.
   */
  'spans': (_parbake_v1_Span__Output)[];
  /**
   * Image pulls, by start time: those of the bake first (see Pull.at_bake).
   */
  'pulls': (_parbake_v1_Pull__Output)[];
  /**
   * Container starts, by start time.
   */
  'starts': (_parbake_v1_ContainerStart__Output)[];
  /**
   * Absent until it was measured. Times of spans are the instance's, as they came.
   */
  'clock': (_parbake_v1_Clock__Output | null);
  /**
   * When the coordinator heard of the clock, on its own; absent with it.
   */
  'clockTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * What starts read, by start time: one for each order that was served.
   */
  'reads': (_parbake_v1_StartReads__Output)[];
  /**
   * Empty on the last page.
   */
  'nextPageToken': (string);
}
