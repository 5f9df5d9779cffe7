// Original file: proto/parbake/v1/agent.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * The coordinator is shutting down.
 */
export interface Drain {
  /**
   * When the agent should connect again.
   */
  'reconnectAfter'?: (_google_protobuf_Duration | null);
}

/**
 * The coordinator is shutting down.
 */
export interface Drain__Output {
  /**
   * When the agent should connect again.
   */
  'reconnectAfter': (_google_protobuf_Duration__Output | null);
}
