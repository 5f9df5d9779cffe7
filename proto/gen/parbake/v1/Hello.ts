// Original file: proto/parbake/v1/agent.proto

import type { Clock as _parbake_v1_Clock, Clock__Output as _parbake_v1_Clock__Output } from '../../parbake/v1/Clock.ts';

export interface Hello {
  'instanceId'?: (string);
  /**
   * From CheckInResponse.
   */
  'sessionId'?: (string);
  /**
   * As in Heartbeat.
   */
  'clock'?: (_parbake_v1_Clock | null);
}

export interface Hello__Output {
  'instanceId': (string);
  /**
   * From CheckInResponse.
   */
  'sessionId': (string);
  /**
   * As in Heartbeat.
   */
  'clock': (_parbake_v1_Clock__Output | null);
}
