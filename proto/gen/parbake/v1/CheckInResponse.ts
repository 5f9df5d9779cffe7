// Original file: proto/parbake/v1/agent.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { DesiredState as _parbake_v1_DesiredState, DesiredState__Output as _parbake_v1_DesiredState__Output } from '../../parbake/v1/DesiredState.ts';
import type { Long } from '@grpc/proto-loader';

export interface CheckInResponse {
  /**
   * Names this session in every later message. Set by the coordinator.
   */
  'sessionId'?: (string);
  /**
   * How often the agent sends a heartbeat.
   */
  'heartbeatInterval'?: (_google_protobuf_Duration | null);
  /**
   * What the instance should do now.
   */
  'desired'?: (_parbake_v1_DesiredState | null);
  /**
   * When the request was there and when the answer went, on the coordinator's clock,
   * nanoseconds since the Unix epoch: with its own times the agent knows its offset.
   */
  'receivedUnixNs'?: (number | string | Long);
  'answeredUnixNs'?: (number | string | Long);
  /**
   * Why this instance is QUARANTINED, a stable code and a sentence; empty when it
   * is not. For whoever looks at the instance itself.
   */
  'setAside'?: (string);
}

export interface CheckInResponse__Output {
  /**
   * Names this session in every later message. Set by the coordinator.
   */
  'sessionId': (string);
  /**
   * How often the agent sends a heartbeat.
   */
  'heartbeatInterval': (_google_protobuf_Duration__Output | null);
  /**
   * What the instance should do now.
   */
  'desired': (_parbake_v1_DesiredState__Output | null);
  /**
   * When the request was there and when the answer went, on the coordinator's clock,
   * nanoseconds since the Unix epoch: with its own times the agent knows its offset.
   */
  'receivedUnixNs': (number);
  'answeredUnixNs': (number);
  /**
   * Why this instance is QUARANTINED, a stable code and a sentence; empty when it
   * is not. For whoever looks at the instance itself.
   */
  'setAside': (string);
}
