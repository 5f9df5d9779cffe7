// Original file: proto/parbake/v1/agent.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Answers a heartbeat.
 */
export interface HeartbeatAck {
  /**
   * The generation that the instance should have.
   */
  'generation'?: (number | string | Long);
  /**
   * Heartbeat.send_time of the heartbeat that this answers.
   */
  'heartbeatSendTime'?: (_google_protobuf_Timestamp | null);
  /**
   * When the answer left, on the coordinator's clock.
   */
  'answerTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * Answers a heartbeat.
 */
export interface HeartbeatAck__Output {
  /**
   * The generation that the instance should have.
   */
  'generation': (number);
  /**
   * Heartbeat.send_time of the heartbeat that this answers.
   */
  'heartbeatSendTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * When the answer left, on the coordinator's clock.
   */
  'answerTime': (_google_protobuf_Timestamp__Output | null);
}
