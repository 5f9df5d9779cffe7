// Original file: proto/parbake/v1/assignment.proto

import type { UsageBy as _parbake_v1_UsageBy, UsageBy__Output as _parbake_v1_UsageBy__Output } from '../../parbake/v1/UsageBy.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * Filters are combined: an assignment has to match them all.
 */
export interface GetUsageRequest {
  /**
   * What to add up by.
   */
  'by'?: (_parbake_v1_UsageBy);
  /**
   * Only attempts that ended after this, or have not ended. Absent: all that are kept.
   */
  'startTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Only attempts that ended at this time or before. Absent: also those that have not
   * ended, as far as they have come.
   */
  'endTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Only of this user. Empty: of any.
   */
  'user'?: (string);
  /**
   * Only of this environment. Empty: of any.
   */
  'environment'?: (string);
  /**
   * Only of this role. Empty: of any.
   */
  'role'?: (string);
  /**
   * The page's size. Default 100; a size above 1000 means 1000.
   */
  'pageSize'?: (number);
  /**
   * next_page_token of the page before.
   */
  'pageToken'?: (string);
}

/**
 * Filters are combined: an assignment has to match them all.
 */
export interface GetUsageRequest__Output {
  /**
   * What to add up by.
   */
  'by': (_parbake_v1_UsageBy__Output);
  /**
   * Only attempts that ended after this, or have not ended. Absent: all that are kept.
   */
  'startTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Only attempts that ended at this time or before. Absent: also those that have not
   * ended, as far as they have come.
   */
  'endTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Only of this user. Empty: of any.
   */
  'user': (string);
  /**
   * Only of this environment. Empty: of any.
   */
  'environment': (string);
  /**
   * Only of this role. Empty: of any.
   */
  'role': (string);
  /**
   * The page's size. Default 100; a size above 1000 means 1000.
   */
  'pageSize': (number);
  /**
   * next_page_token of the page before.
   */
  'pageToken': (string);
}
