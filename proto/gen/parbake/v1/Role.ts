// Original file: proto/parbake/v1/fleet.proto

import type { OnLoss as _parbake_v1_OnLoss, OnLoss__Output as _parbake_v1_OnLoss__Output } from '../../parbake/v1/OnLoss.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * A role as the coordinator knows it. An instance counts for every role that it
 * carries.
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
   * Instances that are READY and connected.
   */
  'readyInstances'?: (number);
  /**
   * True when an operator applied it.
   */
  'applied'?: (boolean);
  /**
   * Whether an assignment may bring files.
   */
  'takesFiles'?: (boolean);
  /**
   * Instances that have checked in and are not READY yet. ListRoles sets this and what
   * follows.
   */
  'preparingInstances'?: (number);
  /**
   * Instances that belong to a user, of whatever role, or that are RELEASING.
   */
  'assignedInstances'?: (number);
  /**
   * Instances that are FAILED or QUARANTINED.
   */
  'failedInstances'?: (number);
  /**
   * Assignments of it that are PENDING.
   */
  'waitingAssignments'?: (number);
  /**
   * What happens to a serving assignment when its instance fails. Default: FAIL.
   */
  'onLoss'?: (_parbake_v1_OnLoss);
  /**
   * With REPLACE: how long an agent may be silent before its assignment moves, 60 s to
   * 24 h. Absent: silence alone never moves it.
   */
  'silentAfter'?: (_google_protobuf_Duration | null);
  /**
   * Instances whose agent is not connected, in any of these states.
   */
  'silentInstances'?: (number);
  /**
   * Instances that are LOST.
   */
  'lostInstances'?: (number);
}

/**
 * A role as the coordinator knows it. An instance counts for every role that it
 * carries.
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
   * Instances that are READY and connected.
   */
  'readyInstances': (number);
  /**
   * True when an operator applied it.
   */
  'applied': (boolean);
  /**
   * Whether an assignment may bring files.
   */
  'takesFiles': (boolean);
  /**
   * Instances that have checked in and are not READY yet. ListRoles sets this and what
   * follows.
   */
  'preparingInstances': (number);
  /**
   * Instances that belong to a user, of whatever role, or that are RELEASING.
   */
  'assignedInstances': (number);
  /**
   * Instances that are FAILED or QUARANTINED.
   */
  'failedInstances': (number);
  /**
   * Assignments of it that are PENDING.
   */
  'waitingAssignments': (number);
  /**
   * What happens to a serving assignment when its instance fails. Default: FAIL.
   */
  'onLoss': (_parbake_v1_OnLoss__Output);
  /**
   * With REPLACE: how long an agent may be silent before its assignment moves, 60 s to
   * 24 h. Absent: silence alone never moves it.
   */
  'silentAfter': (_google_protobuf_Duration__Output | null);
  /**
   * Instances whose agent is not connected, in any of these states.
   */
  'silentInstances': (number);
  /**
   * Instances that are LOST.
   */
  'lostInstances': (number);
}
