// Original file: proto/parbake/v1/assignment.proto


/**
 * In characters, each from 1 to 10000.
 */
export interface TerminalSize {
  /**
   * Lines.
   */
  'rows'?: (number);
  /**
   * Characters in a line.
   */
  'columns'?: (number);
}

/**
 * In characters, each from 1 to 10000.
 */
export interface TerminalSize__Output {
  /**
   * Lines.
   */
  'rows': (number);
  /**
   * Characters in a line.
   */
  'columns': (number);
}
