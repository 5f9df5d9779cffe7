// Original file: proto/parbake/v1/agent.proto

import type { AttachLogs as _parbake_v1_AttachLogs, AttachLogs__Output as _parbake_v1_AttachLogs__Output } from '../../parbake/v1/AttachLogs.ts';
import type { ExecStart as _parbake_v1_ExecStart, ExecStart__Output as _parbake_v1_ExecStart__Output } from '../../parbake/v1/ExecStart.ts';
import type { TerminalSize as _parbake_v1_TerminalSize, TerminalSize__Output as _parbake_v1_TerminalSize__Output } from '../../parbake/v1/TerminalSize.ts';

/**
 * From the coordinator to the agent.
 */
export interface AttachResponse {
  /**
   * The log of a container.
   */
  'logs'?: (_parbake_v1_AttachLogs | null);
  /**
   * A command to run in a container.
   */
  'exec'?: (_parbake_v1_ExecStart | null);
  /**
   * For the command's standard input.
   */
  'stdin'?: (Buffer | Uint8Array | string);
  /**
   * The command's standard input ends. Always true.
   */
  'stdinEnd'?: (boolean);
  /**
   * The command's terminal has another size now.
   */
  'resize'?: (_parbake_v1_TerminalSize | null);
  /**
   * What it wants.
   */
  'message'?: "logs"|"exec"|"stdin"|"stdinEnd"|"resize";
}

/**
 * From the coordinator to the agent.
 */
export interface AttachResponse__Output {
  /**
   * The log of a container.
   */
  'logs'?: (_parbake_v1_AttachLogs__Output | null);
  /**
   * A command to run in a container.
   */
  'exec'?: (_parbake_v1_ExecStart__Output | null);
  /**
   * For the command's standard input.
   */
  'stdin'?: (Buffer);
  /**
   * The command's standard input ends. Always true.
   */
  'stdinEnd'?: (boolean);
  /**
   * The command's terminal has another size now.
   */
  'resize'?: (_parbake_v1_TerminalSize__Output | null);
  /**
   * What it wants.
   */
  'message'?: "logs"|"exec"|"stdin"|"stdinEnd"|"resize";
}
