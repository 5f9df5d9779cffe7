// Original file: proto/parbake/v1/assignment.proto

import type { Assignment as _parbake_v1_Assignment, Assignment__Output as _parbake_v1_Assignment__Output } from '../../parbake/v1/Assignment.ts';

export interface GetAssignmentResponse {
  'assignment'?: (_parbake_v1_Assignment | null);
}

export interface GetAssignmentResponse__Output {
  'assignment': (_parbake_v1_Assignment__Output | null);
}
