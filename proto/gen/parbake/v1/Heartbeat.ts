// Original file: proto/parbake/v1/agent.proto

import type { Clock as _parbake_v1_Clock, Clock__Output as _parbake_v1_Clock__Output } from '../../parbake/v1/Clock.ts';
import type { Long } from '@grpc/proto-loader';

export interface Heartbeat {
  'observedGeneration'?: (number | string | Long);
  /**
   * The instance's wall clock, nanoseconds since the Unix epoch; comes back in the answer.
   */
  'sentUnixNs'?: (number | string | Long);
  /**
   * Absent when it is what the coordinator was told before, or not measured.
   */
  'clock'?: (_parbake_v1_Clock | null);
}

export interface Heartbeat__Output {
  'observedGeneration': (number);
  /**
   * The instance's wall clock, nanoseconds since the Unix epoch; comes back in the answer.
   */
  'sentUnixNs': (number);
  /**
   * Absent when it is what the coordinator was told before, or not measured.
   */
  'clock': (_parbake_v1_Clock__Output | null);
}
