// Original file: proto/parbake/v1/agent.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Clock as _parbake_v1_Clock, Clock__Output as _parbake_v1_Clock__Output } from '../../parbake/v1/Clock.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Says that the agent lives, and how far it is.
 */
export interface Heartbeat {
  /**
   * The last generation that this agent applied.
   */
  'observedGeneration'?: (number | string | Long);
  /**
   * The instance's wall clock. It comes back in the answer.
   */
  'sendTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Absent when the coordinator knows it already, or it was not measured.
   */
  'clock'?: (_parbake_v1_Clock | null);
}

/**
 * Says that the agent lives, and how far it is.
 */
export interface Heartbeat__Output {
  /**
   * The last generation that this agent applied.
   */
  'observedGeneration': (number);
  /**
   * The instance's wall clock. It comes back in the answer.
   */
  'sendTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Absent when the coordinator knows it already, or it was not measured.
   */
  'clock': (_parbake_v1_Clock__Output | null);
}
