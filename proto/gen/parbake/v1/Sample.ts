// Original file: proto/parbake/v1/telemetry.proto

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
   * Start on the instance's wall clock, milliseconds since the Unix epoch. The
   * coordinator leaves out samples that are more than a day ahead of its own clock.
   */
  'startUnixMs'?: (number | string | Long);
  /**
   * Length, by the monotonic clock.
   */
  'intervalMs'?: (number | string);
  /**
   * What was moved. A container's disk is what its control group was charged for; its
   * network is that of its own interfaces.
   */
  'io'?: (_parbake_v1_IoCounters | null);
  /**
   * Processor time of all cores.
   */
  'cpuMs'?: (number | string);
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
  'ioStallMs'?: (number | string);
  '_cpuMs'?: "cpuMs";
  '_memoryBytes'?: "memoryBytes";
  '_pageCacheBytes'?: "pageCacheBytes";
  '_ioStallMs'?: "ioStallMs";
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
   * Start on the instance's wall clock, milliseconds since the Unix epoch. The
   * coordinator leaves out samples that are more than a day ahead of its own clock.
   */
  'startUnixMs': (number);
  /**
   * Length, by the monotonic clock.
   */
  'intervalMs': (number);
  /**
   * What was moved. A container's disk is what its control group was charged for; its
   * network is that of its own interfaces.
   */
  'io': (_parbake_v1_IoCounters__Output | null);
  /**
   * Processor time of all cores.
   */
  'cpuMs'?: (number);
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
  'ioStallMs'?: (number);
  '_cpuMs'?: "cpuMs";
  '_memoryBytes'?: "memoryBytes";
  '_pageCacheBytes'?: "pageCacheBytes";
  '_ioStallMs'?: "ioStallMs";
}
