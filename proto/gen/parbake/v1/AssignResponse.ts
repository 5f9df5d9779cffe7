// Original file: proto/parbake/v1/assignment.proto

import type { Assignment as _parbake_v1_Assignment, Assignment__Output as _parbake_v1_Assignment__Output } from '../../parbake/v1/Assignment.ts';

export interface AssignResponse {
  'assignment'?: (_parbake_v1_Assignment | null);
  /**
   * True when this request_id had been used before.
   */
  'replayed'?: (boolean);
}

export interface AssignResponse__Output {
  'assignment': (_parbake_v1_Assignment__Output | null);
  /**
   * True when this request_id had been used before.
   */
  'replayed': (boolean);
}
