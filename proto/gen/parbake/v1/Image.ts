// Original file: proto/parbake/v1/image.proto

import type { ImageState as _parbake_v1_ImageState, ImageState__Output as _parbake_v1_ImageState__Output } from '../../parbake/v1/ImageState.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * A machine image, or the build that should become one.
 */
export interface Image {
  /**
   * Names the build.
   */
  'buildId'?: (string);
  /**
   * The name that pools follow.
   */
  'channel'?: (string);
  /**
   * How far it is.
   */
  'state'?: (_parbake_v1_ImageState);
  /**
   * Such as an AMI's id. Empty until the provider gave it one.
   */
  'imageId'?: (string);
  /**
   * Pools that follow the channel launch from it.
   */
  'isCurrent'?: (boolean);
  /**
   * Why it failed: a code, such as BAKE_FAILED. Empty when it did not.
   */
  'reason'?: (string);
  /**
   * The same as a sentence.
   */
  'message'?: (string);
  /**
   * What its two clones showed, one line each. Empty before.
   */
  'proof'?: (string)[];
  /**
   * Its snapshots, as far as the provider named them.
   */
  'snapshotIds'?: (string)[];
  /**
   * The machine image that the builder was launched from.
   */
  'baseImageId'?: (string);
  /**
   * When it was asked for.
   */
  'createTime'?: (_google_protobuf_Timestamp | null);
  /**
   * When it came to be in its state.
   */
  'stateTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * A machine image, or the build that should become one.
 */
export interface Image__Output {
  /**
   * Names the build.
   */
  'buildId': (string);
  /**
   * The name that pools follow.
   */
  'channel': (string);
  /**
   * How far it is.
   */
  'state': (_parbake_v1_ImageState__Output);
  /**
   * Such as an AMI's id. Empty until the provider gave it one.
   */
  'imageId': (string);
  /**
   * Pools that follow the channel launch from it.
   */
  'isCurrent': (boolean);
  /**
   * Why it failed: a code, such as BAKE_FAILED. Empty when it did not.
   */
  'reason': (string);
  /**
   * The same as a sentence.
   */
  'message': (string);
  /**
   * What its two clones showed, one line each. Empty before.
   */
  'proof': (string)[];
  /**
   * Its snapshots, as far as the provider named them.
   */
  'snapshotIds': (string)[];
  /**
   * The machine image that the builder was launched from.
   */
  'baseImageId': (string);
  /**
   * When it was asked for.
   */
  'createTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * When it came to be in its state.
   */
  'stateTime': (_google_protobuf_Timestamp__Output | null);
}
