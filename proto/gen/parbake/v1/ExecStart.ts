// Original file: proto/parbake/v1/assignment.proto

import type { TerminalSize as _parbake_v1_TerminalSize, TerminalSize__Output as _parbake_v1_TerminalSize__Output } from '../../parbake/v1/TerminalSize.ts';

/**
 * The command to run. Its standard input ends when the caller ends its side of the
 * stream.
 */
export interface ExecStart {
  /**
   * The assignment's id.
   */
  'assignmentId'?: (string);
  /**
   * The container's name in the role. Empty: the only one; with several it is refused.
   */
  'container'?: (string);
  /**
   * The command and its arguments: at most 256, 64 KiB in all. No shell is involved.
   */
  'command'?: (string)[];
  /**
   * Whether the command gets a standard input.
   */
  'stdin'?: (boolean);
  /**
   * Whether it gets a terminal, which makes one stream of its output and its errors.
   */
  'tty'?: (boolean);
  /**
   * The terminal's size. Absent: what Docker takes.
   */
  'size'?: (_parbake_v1_TerminalSize | null);
}

/**
 * The command to run. Its standard input ends when the caller ends its side of the
 * stream.
 */
export interface ExecStart__Output {
  /**
   * The assignment's id.
   */
  'assignmentId': (string);
  /**
   * The container's name in the role. Empty: the only one; with several it is refused.
   */
  'container': (string);
  /**
   * The command and its arguments: at most 256, 64 KiB in all. No shell is involved.
   */
  'command': (string)[];
  /**
   * Whether the command gets a standard input.
   */
  'stdin': (boolean);
  /**
   * Whether it gets a terminal, which makes one stream of its output and its errors.
   */
  'tty': (boolean);
  /**
   * The terminal's size. Absent: what Docker takes.
   */
  'size': (_parbake_v1_TerminalSize__Output | null);
}
