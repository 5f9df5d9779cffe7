// Original file: proto/parbake/v1/fleet.proto


/**
 * A role as the coordinator knows it.
 */
export interface Role {
  /**
   * 1 to 63 characters: lower-case letters, digits and hyphens.
   */
  'name'?: (string);
  /**
   * Environment variables that an assignment may set.
   */
  'userEnv'?: (string)[];
  /**
   * READY instances that carry it. Set by the coordinator.
   */
  'readyInstances'?: (number);
  /**
   * True when it was applied by an operator. Set by the coordinator.
   */
  'applied'?: (boolean);
  /**
   * Whether an assignment may bring files.
   */
  'takesFiles'?: (boolean);
}

/**
 * A role as the coordinator knows it.
 */
export interface Role__Output {
  /**
   * 1 to 63 characters: lower-case letters, digits and hyphens.
   */
  'name': (string);
  /**
   * Environment variables that an assignment may set.
   */
  'userEnv': (string)[];
  /**
   * READY instances that carry it. Set by the coordinator.
   */
  'readyInstances': (number);
  /**
   * True when it was applied by an operator. Set by the coordinator.
   */
  'applied': (boolean);
  /**
   * Whether an assignment may bring files.
   */
  'takesFiles': (boolean);
}
