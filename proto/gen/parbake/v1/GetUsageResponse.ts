// Original file: proto/parbake/v1/assignment.proto

import type { Usage as _parbake_v1_Usage, Usage__Output as _parbake_v1_Usage__Output } from '../../parbake/v1/Usage.ts';

/**
 * One page.
 */
export interface GetUsageResponse {
  /**
   * By key.
   */
  'usage'?: (_parbake_v1_Usage)[];
  /**
   * For the next page. Empty on the last page.
   */
  'nextPageToken'?: (string);
}

/**
 * One page.
 */
export interface GetUsageResponse__Output {
  /**
   * By key.
   */
  'usage': (_parbake_v1_Usage__Output)[];
  /**
   * For the next page. Empty on the last page.
   */
  'nextPageToken': (string);
}
