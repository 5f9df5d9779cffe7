// Original file: proto/parbake/v1/agent.proto

import type { Long } from '@grpc/proto-loader';

export interface HeartbeatAck {
  /**
   * The generation the instance should have.
   */
  'generation'?: (number | string | Long);
}

export interface HeartbeatAck__Output {
  /**
   * The generation the instance should have.
   */
  'generation': (number);
}
