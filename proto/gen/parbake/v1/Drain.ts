// Original file: proto/parbake/v1/agent.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * The coordinator is shutting down.
 */
export interface Drain {
  /**
   * The agent connects again at a moment of its own choice within this time, so that a
   * fleet does not come back all at once.
   */
  'reconnectAfter'?: (_google_protobuf_Duration | null);
}

/**
 * The coordinator is shutting down.
 */
export interface Drain__Output {
  /**
   * The agent connects again at a moment of its own choice within this time, so that a
   * fleet does not come back all at once.
   */
  'reconnectAfter': (_google_protobuf_Duration__Output | null);
}
