// Original file: proto/parbake/v1/assignment.proto

import type { Assignment as _parbake_v1_Assignment, Assignment__Output as _parbake_v1_Assignment__Output } from '../../parbake/v1/Assignment.ts';

export interface ListAssignmentsResponse {
  'assignments'?: (_parbake_v1_Assignment)[];
  /**
   * Empty on the last page.
   */
  'nextPageToken'?: (string);
}

export interface ListAssignmentsResponse__Output {
  'assignments': (_parbake_v1_Assignment__Output)[];
  /**
   * Empty on the last page.
   */
  'nextPageToken': (string);
}
