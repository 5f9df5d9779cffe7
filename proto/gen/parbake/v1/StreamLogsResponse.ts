// Original file: proto/parbake/v1/assignment.proto

import type { Output as _parbake_v1_Output, Output__Output as _parbake_v1_Output__Output } from '../../parbake/v1/Output.ts';

/**
 * A part of the log.
 */
export interface StreamLogsResponse {
  /**
   * What was printed.
   */
  'output'?: (_parbake_v1_Output | null);
}

/**
 * A part of the log.
 */
export interface StreamLogsResponse__Output {
  /**
   * What was printed.
   */
  'output': (_parbake_v1_Output__Output | null);
}
