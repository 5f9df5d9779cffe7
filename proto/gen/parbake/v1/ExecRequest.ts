// Original file: proto/parbake/v1/assignment.proto

import type { ExecStart as _parbake_v1_ExecStart, ExecStart__Output as _parbake_v1_ExecStart__Output } from '../../parbake/v1/ExecStart.ts';
import type { TerminalSize as _parbake_v1_TerminalSize, TerminalSize__Output as _parbake_v1_TerminalSize__Output } from '../../parbake/v1/TerminalSize.ts';

/**
 * See AssignmentService.Exec.
 */
export interface ExecRequest {
  /**
   * The first message.
   */
  'start'?: (_parbake_v1_ExecStart | null);
  /**
   * For the command's standard input, at most 64 KiB.
   */
  'stdin'?: (Buffer | Uint8Array | string);
  /**
   * The terminal has another size now.
   */
  'resize'?: (_parbake_v1_TerminalSize | null);
  /**
   * What it says.
   */
  'message'?: "start"|"stdin"|"resize";
}

/**
 * See AssignmentService.Exec.
 */
export interface ExecRequest__Output {
  /**
   * The first message.
   */
  'start'?: (_parbake_v1_ExecStart__Output | null);
  /**
   * For the command's standard input, at most 64 KiB.
   */
  'stdin'?: (Buffer);
  /**
   * The terminal has another size now.
   */
  'resize'?: (_parbake_v1_TerminalSize__Output | null);
  /**
   * What it says.
   */
  'message'?: "start"|"stdin"|"resize";
}
