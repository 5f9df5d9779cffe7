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
   * Address on which it answers.
   */
  'host'?: (string);
  /**
   * TCP port.
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
   * Address on which it answers.
   */
  'host': (string);
  /**
   * TCP port.
   */
  'port': (number);
}
