// Original file: proto/parbake/v1/assignment.proto

import type { Assignment as _parbake_v1_Assignment, Assignment__Output as _parbake_v1_Assignment__Output } from '../../parbake/v1/Assignment.ts';

/**
 * The assignment as it stands when the wait is over.
 */
export interface AssignResponse {
  /**
   * The assignment.
   */
  'assignment'?: (_parbake_v1_Assignment | null);
  /**
   * True when this request_id had been used before.
   */
  'replayed'?: (boolean);
  /**
   * True when `if_exists` found a live assignment, which is returned.
   */
  'existing'?: (boolean);
}

/**
 * The assignment as it stands when the wait is over.
 */
export interface AssignResponse__Output {
  /**
   * The assignment.
   */
  'assignment': (_parbake_v1_Assignment__Output | null);
  /**
   * True when this request_id had been used before.
   */
  'replayed': (boolean);
  /**
   * True when `if_exists` found a live assignment, which is returned.
   */
  'existing': (boolean);
}
