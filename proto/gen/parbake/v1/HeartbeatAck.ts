// Original file: proto/parbake/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

export interface HeartbeatAck {
  /**
   * The generation the instance should have.
   */
  'generation'?: (number | string | Long);
  /**
   * Of the heartbeat that this answers.
   */
  'heartbeatSentUnixNs'?: (number | string | Long);
  /**
   * The coordinator's clock, nanoseconds since the Unix epoch.
   */
  'answeredUnixNs'?: (number | string | Long);
}

export interface HeartbeatAck__Output {
  /**
   * The generation the instance should have.
   */
  'generation': (number);
  /**
   * Of the heartbeat that this answers.
   */
  'heartbeatSentUnixNs': (number);
  /**
   * The coordinator's clock, nanoseconds since the Unix epoch.
   */
  'answeredUnixNs': (number);
}
