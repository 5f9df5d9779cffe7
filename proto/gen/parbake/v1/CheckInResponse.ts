// Original file: proto/parbake/v1/agent.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * What the agent needs for its session.
 */
export interface CheckInResponse {
  /**
   * Names this session in every later message.
   */
  'sessionId'?: (string);
  /**
   * How often the agent sends a heartbeat.
   */
  'heartbeatInterval'?: (_google_protobuf_Duration | null);
  /**
   * When the request arrived, on the coordinator's clock. From this, answer_time and
   * its own times the agent knows how its clock differs.
   */
  'receiveTime'?: (_google_protobuf_Timestamp | null);
  /**
   * When the answer left, on the coordinator's clock.
   */
  'answerTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Why this instance is QUARANTINED: a stable code of docs/errors.md. Empty when it
   * is not. The agent shows it to whoever looks at the instance itself.
   */
  'quarantineReason'?: (string);
  /**
   * The same as a sentence, for people.
   */
  'quarantineMessage'?: (string);
  /**
   * How often the agent measures its instance and its containers while nothing happens
   * there. The coordinator sets it by the size of its fleet. Absent: every 15 seconds.
   */
  'sampleInterval'?: (_google_protobuf_Duration | null);
}

/**
 * What the agent needs for its session.
 */
export interface CheckInResponse__Output {
  /**
   * Names this session in every later message.
   */
  'sessionId': (string);
  /**
   * How often the agent sends a heartbeat.
   */
  'heartbeatInterval': (_google_protobuf_Duration__Output | null);
  /**
   * When the request arrived, on the coordinator's clock. From this, answer_time and
   * its own times the agent knows how its clock differs.
   */
  'receiveTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * When the answer left, on the coordinator's clock.
   */
  'answerTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Why this instance is QUARANTINED: a stable code of docs/errors.md. Empty when it
   * is not. The agent shows it to whoever looks at the instance itself.
   */
  'quarantineReason': (string);
  /**
   * The same as a sentence, for people.
   */
  'quarantineMessage': (string);
  /**
   * How often the agent measures its instance and its containers while nothing happens
   * there. The coordinator sets it by the size of its fleet. Absent: every 15 seconds.
   */
  'sampleInterval': (_google_protobuf_Duration__Output | null);
}
