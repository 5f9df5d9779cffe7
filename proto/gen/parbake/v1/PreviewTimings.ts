// Original file: proto/parbake/v1/preview.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * How long each step took, from the receipt of the commit's news.
 */
export interface PreviewTimings {
  /**
   * Until an instance was taken.
   */
  'claimed'?: (_google_protobuf_Duration | null);
  /**
   * Until it served.
   */
  'serving'?: (_google_protobuf_Duration | null);
  /**
   * Until its names led to it everywhere; absent without names.
   */
  'routed'?: (_google_protobuf_Duration | null);
}

/**
 * How long each step took, from the receipt of the commit's news.
 */
export interface PreviewTimings__Output {
  /**
   * Until an instance was taken.
   */
  'claimed': (_google_protobuf_Duration__Output | null);
  /**
   * Until it served.
   */
  'serving': (_google_protobuf_Duration__Output | null);
  /**
   * Until its names led to it everywhere; absent without names.
   */
  'routed': (_google_protobuf_Duration__Output | null);
}
