// Original file: proto/parbake/v1/assignment.proto

import type { Assignment as _parbake_v1_Assignment, Assignment__Output as _parbake_v1_Assignment__Output } from '../../parbake/v1/Assignment.ts';

/**
 * The assignment with its new time.
 */
export interface ExtendAssignmentResponse {
  /**
   * The assignment.
   */
  'assignment'?: (_parbake_v1_Assignment | null);
}

/**
 * The assignment with its new time.
 */
export interface ExtendAssignmentResponse__Output {
  /**
   * The assignment.
   */
  'assignment': (_parbake_v1_Assignment__Output | null);
}
