// Original file: proto/parbake/v1/pool.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * See PoolService.ExpectDemand.
 */
export interface ExpectDemandRequest {
  /**
   * Tells a retry from another announcement; the same id with other values corrects
   * the former. 1 to 64 letters, digits, hyphens and underscores.
   */
  'requestId'?: (string);
  /**
   * The pool's name.
   */
  'pool'?: (string);
  /**
   * Requests that will come: 0 to 100000. 0 takes an announcement back.
   */
  'count'?: (number);
  /**
   * When they come, at most 31 days from now. Absent: now.
   */
  'time'?: (_google_protobuf_Timestamp | null);
  /**
   * How long after that they are waited for: 1 min to 24 h. Default 15 min.
   */
  'ttl'?: (_google_protobuf_Duration | null);
}

/**
 * See PoolService.ExpectDemand.
 */
export interface ExpectDemandRequest__Output {
  /**
   * Tells a retry from another announcement; the same id with other values corrects
   * the former. 1 to 64 letters, digits, hyphens and underscores.
   */
  'requestId': (string);
  /**
   * The pool's name.
   */
  'pool': (string);
  /**
   * Requests that will come: 0 to 100000. 0 takes an announcement back.
   */
  'count': (number);
  /**
   * When they come, at most 31 days from now. Absent: now.
   */
  'time': (_google_protobuf_Timestamp__Output | null);
  /**
   * How long after that they are waited for: 1 min to 24 h. Default 15 min.
   */
  'ttl': (_google_protobuf_Duration__Output | null);
}
