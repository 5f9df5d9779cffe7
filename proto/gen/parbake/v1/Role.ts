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
  /**
   * Instances that carry it, have checked in and are not READY yet. This and what
   * follows is set by the coordinator, and by ListRoles only.
   */
  'preparingInstances'?: (number);
  /**
   * Instances that carry it and belong to a user, whatever role that user asked for,
   * or are being released.
   */
  'assignedInstances'?: (number);
  /**
   * Instances that carry it and are FAILED or QUARANTINED.
   */
  'failedInstances'?: (number);
  /**
   * Requests for it that wait for an instance.
   */
  'waitingAssignments'?: (number);
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
  /**
   * Instances that carry it, have checked in and are not READY yet. This and what
   * follows is set by the coordinator, and by ListRoles only.
   */
  'preparingInstances': (number);
  /**
   * Instances that carry it and belong to a user, whatever role that user asked for,
   * or are being released.
   */
  'assignedInstances': (number);
  /**
   * Instances that carry it and are FAILED or QUARANTINED.
   */
  'failedInstances': (number);
  /**
   * Requests for it that wait for an instance.
   */
  'waitingAssignments': (number);
}
