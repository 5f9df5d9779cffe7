// Original file: proto/parbake/v1/assignment.proto

import type { Output as _parbake_v1_Output, Output__Output as _parbake_v1_Output__Output } from '../../parbake/v1/Output.ts';
import type { ExecExit as _parbake_v1_ExecExit, ExecExit__Output as _parbake_v1_ExecExit__Output } from '../../parbake/v1/ExecExit.ts';

/**
 * From the command.
 */
export interface ExecResponse {
  /**
   * What the command wrote.
   */
  'output'?: (_parbake_v1_Output | null);
  /**
   * The last message.
   */
  'exit'?: (_parbake_v1_ExecExit | null);
  /**
   * What it says.
   */
  'message'?: "output"|"exit";
}

/**
 * From the command.
 */
export interface ExecResponse__Output {
  /**
   * What the command wrote.
   */
  'output'?: (_parbake_v1_Output__Output | null);
  /**
   * The last message.
   */
  'exit'?: (_parbake_v1_ExecExit__Output | null);
  /**
   * What it says.
   */
  'message'?: "output"|"exit";
}
