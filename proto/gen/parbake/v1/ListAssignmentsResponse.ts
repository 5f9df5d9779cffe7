// Original file: proto/parbake/v1/assignment.proto

import type { Assignment as _parbake_v1_Assignment, Assignment__Output as _parbake_v1_Assignment__Output } from '../../parbake/v1/Assignment.ts';

/**
 * One page.
 */
export interface ListAssignmentsResponse {
  /**
   * Newest first.
   */
  'assignments'?: (_parbake_v1_Assignment)[];
  /**
   * For the next page. Empty on the last page.
   */
  'nextPageToken'?: (string);
}

/**
 * One page.
 */
export interface ListAssignmentsResponse__Output {
  /**
   * Newest first.
   */
  'assignments': (_parbake_v1_Assignment__Output)[];
  /**
   * For the next page. Empty on the last page.
   */
  'nextPageToken': (string);
}
