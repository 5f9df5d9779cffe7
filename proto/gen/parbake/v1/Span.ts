// Original file: proto/parbake/v1/telemetry.proto

import type { IoCounters as _parbake_v1_IoCounters, IoCounters__Output as _parbake_v1_IoCounters__Output } from '../../parbake/v1/IoCounters.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One named stretch of time on one instance, such as `docker.create`.
 */
export interface Span {
  /**
   * Unique within the instance's boot. Set by the agent.
   */
  'spanId'?: (string);
  /**
   * The enclosing span; empty for a root.
   */
  'parentId'?: (string);
  /**
   * What happened, in dotted lower case: `boot.kernel`, `assignment.start`.
   */
  'name'?: (string);
  /**
   * Start on the instance's wall clock, nanoseconds since the Unix epoch. The
   * coordinator leaves out spans before 1970 and after 2099.
   */
  'startUnixNs'?: (number | string | Long);
  /**
   * End, measured as start plus a monotonic duration; 0 while it is running.
   */
  'endUnixNs'?: (number | string | Long);
  /**
   * What else is known: image, container, assignment. Values are plain text.
   */
  'attributes'?: ({[key: string]: string});
  /**
   * Bytes moved by the whole host during the span; absent when not sampled.
   */
  'io'?: (_parbake_v1_IoCounters | null);
  /**
   * The assignment this span served; empty when none did.
   */
  'assignmentId'?: (string);
  /**
   * What the container that the span is about moved itself meanwhile: what its control
   * group counts on all disks, and all interfaces of its network namespace but the
   * loopback. One that started during the span is counted from its beginning. What is
   * written is counted when it reaches a disk. Absent when the span is about no
   * container, or its process was not known or gone. Control groups of version 1 count
   * a disk since Linux 6.10 only while something throttles it: those counters are absent.
   */
  'containerIo'?: (_parbake_v1_IoCounters | null);
}

/**
 * One named stretch of time on one instance, such as `docker.create`.
 */
export interface Span__Output {
  /**
   * Unique within the instance's boot. Set by the agent.
   */
  'spanId': (string);
  /**
   * The enclosing span; empty for a root.
   */
  'parentId': (string);
  /**
   * What happened, in dotted lower case: `boot.kernel`, `assignment.start`.
   */
  'name': (string);
  /**
   * Start on the instance's wall clock, nanoseconds since the Unix epoch. The
   * coordinator leaves out spans before 1970 and after 2099.
   */
  'startUnixNs': (number);
  /**
   * End, measured as start plus a monotonic duration; 0 while it is running.
   */
  'endUnixNs': (number);
  /**
   * What else is known: image, container, assignment. Values are plain text.
   */
  'attributes': ({[key: string]: string});
  /**
   * Bytes moved by the whole host during the span; absent when not sampled.
   */
  'io': (_parbake_v1_IoCounters__Output | null);
  /**
   * The assignment this span served; empty when none did.
   */
  'assignmentId': (string);
  /**
   * What the container that the span is about moved itself meanwhile: what its control
   * group counts on all disks, and all interfaces of its network namespace but the
   * loopback. One that started during the span is counted from its beginning. What is
   * written is counted when it reaches a disk. Absent when the span is about no
   * container, or its process was not known or gone. Control groups of version 1 count
   * a disk since Linux 6.10 only while something throttles it: those counters are absent.
   */
  'containerIo': (_parbake_v1_IoCounters__Output | null);
}
