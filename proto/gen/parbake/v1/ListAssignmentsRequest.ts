// Original file: proto/parbake/v1/assignment.proto

import type { AssignmentState as _parbake_v1_AssignmentState, AssignmentState__Output as _parbake_v1_AssignmentState__Output } from '../../parbake/v1/AssignmentState.ts';

/**
 * Filters are combined: an assignment has to match them all.
 */
export interface ListAssignmentsRequest {
  /**
   * Only of this user. Empty: of any.
   */
  'user'?: (string);
  /**
   * Only live ones: not RELEASED, COMPLETED, FAILED or EXPIRED.
   */
  'liveOnly'?: (boolean);
  /**
   * The page's size. Default 100; a size above 1000 means 1000.
   */
  'pageSize'?: (number);
  /**
   * next_page_token of the page before.
   */
  'pageToken'?: (string);
  /**
   * Only of this environment. Empty: of any.
   */
  'environment'?: (string);
  /**
   * Only of this role. Empty: of any.
   */
  'role'?: (string);
  /**
   * Only on this instance. Empty: on any.
   */
  'instanceId'?: (string);
  /**
   * Only in this state. UNSPECIFIED: in any.
   */
  'state'?: (_parbake_v1_AssignmentState);
}

/**
 * Filters are combined: an assignment has to match them all.
 */
export interface ListAssignmentsRequest__Output {
  /**
   * Only of this user. Empty: of any.
   */
  'user': (string);
  /**
   * Only live ones: not RELEASED, COMPLETED, FAILED or EXPIRED.
   */
  'liveOnly': (boolean);
  /**
   * The page's size. Default 100; a size above 1000 means 1000.
   */
  'pageSize': (number);
  /**
   * next_page_token of the page before.
   */
  'pageToken': (string);
  /**
   * Only of this environment. Empty: of any.
   */
  'environment': (string);
  /**
   * Only of this role. Empty: of any.
   */
  'role': (string);
  /**
   * Only on this instance. Empty: on any.
   */
  'instanceId': (string);
  /**
   * Only in this state. UNSPECIFIED: in any.
   */
  'state': (_parbake_v1_AssignmentState__Output);
}
