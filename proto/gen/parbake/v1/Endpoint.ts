// Original file: proto/parbake/v1/assignment.proto


/**
 * A published port.
 */
export interface Endpoint {
  /**
   * The container's name in the role.
   */
  'container'?: (string);
  /**
   * The address on which it answers.
   */
  'host'?: (string);
  /**
   * The TCP port.
   */
  'port'?: (number);
}

/**
 * A published port.
 */
export interface Endpoint__Output {
  /**
   * The container's name in the role.
   */
  'container': (string);
  /**
   * The address on which it answers.
   */
  'host': (string);
  /**
   * The TCP port.
   */
  'port': (number);
}
