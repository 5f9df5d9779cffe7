// Original file: proto/parbake/v1/assignment.proto

import type { Assignment as _parbake_v1_Assignment, Assignment__Output as _parbake_v1_Assignment__Output } from '../../parbake/v1/Assignment.ts';

/**
 * One assignment.
 */
export interface GetAssignmentResponse {
  /**
   * The assignment.
   */
  'assignment'?: (_parbake_v1_Assignment | null);
}

/**
 * One assignment.
 */
export interface GetAssignmentResponse__Output {
  /**
   * The assignment.
   */
  'assignment': (_parbake_v1_Assignment__Output | null);
}
