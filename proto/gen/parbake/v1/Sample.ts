// Original file: proto/parbake/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { IoCounters as _parbake_v1_IoCounters, IoCounters__Output as _parbake_v1_IoCounters__Output } from '../../parbake/v1/IoCounters.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What one instance did during a stretch of time. A figure that could not be
 * read, or whose counter went backwards, is absent.
 */
export interface Sample {
  /**
   * ROLE/NAME of the container; empty for the whole host.
   */
  'container'?: (string);
  /**
   * Start on the instance's wall clock. The coordinator leaves out samples that are
   * more than a day ahead of its own clock.
   */
  'startTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Length, by the monotonic clock.
   */
  'duration'?: (_google_protobuf_Duration | null);
  /**
   * What was moved. A container's disk is what its control group was charged for; its
   * network is that of its own interfaces.
   */
  'io'?: (_parbake_v1_IoCounters | null);
  /**
   * Processor time of all cores.
   */
  'cpuDuration'?: (_google_protobuf_Duration | null);
  /**
   * Memory at the end: of the host, what is not available; of a container, what it is
   * charged for without what can be dropped.
   */
  'memoryBytes'?: (number | string | Long);
  /**
   * The page cache at the end.
   */
  'pageCacheBytes'?: (number | string | Long);
  /**
   * How long something waited for a disk (pressure stall, "some"). Host only.
   */
  'ioStallDuration'?: (_google_protobuf_Duration | null);
  '_memoryBytes'?: "memoryBytes";
  '_pageCacheBytes'?: "pageCacheBytes";
}

/**
 * What one instance did during a stretch of time. A figure that could not be
 * read, or whose counter went backwards, is absent.
 */
export interface Sample__Output {
  /**
   * ROLE/NAME of the container; empty for the whole host.
   */
  'container': (string);
  /**
   * Start on the instance's wall clock. The coordinator leaves out samples that are
   * more than a day ahead of its own clock.
   */
  'startTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Length, by the monotonic clock.
   */
  'duration': (_google_protobuf_Duration__Output | null);
  /**
   * What was moved. A container's disk is what its control group was charged for; its
   * network is that of its own interfaces.
   */
  'io': (_parbake_v1_IoCounters__Output | null);
  /**
   * Processor time of all cores.
   */
  'cpuDuration': (_google_protobuf_Duration__Output | null);
  /**
   * Memory at the end: of the host, what is not available; of a container, what it is
   * charged for without what can be dropped.
   */
  'memoryBytes'?: (number);
  /**
   * The page cache at the end.
   */
  'pageCacheBytes'?: (number);
  /**
   * How long something waited for a disk (pressure stall, "some"). Host only.
   */
  'ioStallDuration': (_google_protobuf_Duration__Output | null);
  '_memoryBytes'?: "memoryBytes";
  '_pageCacheBytes'?: "pageCacheBytes";
}
