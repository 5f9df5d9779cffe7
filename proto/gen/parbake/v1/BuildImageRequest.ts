// Original file: proto/parbake/v1/image.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * See ImageService.BuildImage.
 */
export interface BuildImageRequest {
  /**
   * Names the build: 1 to 40 lower-case letters, digits and hyphens. The same id
   * again returns the build that there is.
   */
  'buildId'?: (string);
  /**
   * The pool whose launch settings the builder and the clones get.
   */
  'pool'?: (string);
  /**
   * The name that pools follow: 1 to 63 lower-case letters, digits and hyphens.
   * Default: the channel that the pool follows.
   */
  'channel'?: (string);
  /**
   * The machine image that the builder is launched from. Docker and the agent's
   * package are on it.
   */
  'baseImageId'?: (string);
  /**
   * The text of the recipe. With the lock and the variables it has to fit into 16 KiB
   * once it is compressed.
   */
  'recipe'?: (string);
  /**
   * The text of its lock file. Empty: references are resolved anew.
   */
  'lock'?: (string);
  /**
   * Values of the recipe's variables. They are in the builder's user data, so none may
   * be secret.
   */
  'variables'?: ({[key: string]: string});
  /**
   * From the launch of the builder to its power-off: 5 min to 12 h. Default 1 h.
   */
  'bakeTimeout'?: (_google_protobuf_Duration | null);
  /**
   * Promote the image as soon as it is AVAILABLE.
   */
  'promote'?: (boolean);
}

/**
 * See ImageService.BuildImage.
 */
export interface BuildImageRequest__Output {
  /**
   * Names the build: 1 to 40 lower-case letters, digits and hyphens. The same id
   * again returns the build that there is.
   */
  'buildId': (string);
  /**
   * The pool whose launch settings the builder and the clones get.
   */
  'pool': (string);
  /**
   * The name that pools follow: 1 to 63 lower-case letters, digits and hyphens.
   * Default: the channel that the pool follows.
   */
  'channel': (string);
  /**
   * The machine image that the builder is launched from. Docker and the agent's
   * package are on it.
   */
  'baseImageId': (string);
  /**
   * The text of the recipe. With the lock and the variables it has to fit into 16 KiB
   * once it is compressed.
   */
  'recipe': (string);
  /**
   * The text of its lock file. Empty: references are resolved anew.
   */
  'lock': (string);
  /**
   * Values of the recipe's variables. They are in the builder's user data, so none may
   * be secret.
   */
  'variables': ({[key: string]: string});
  /**
   * From the launch of the builder to its power-off: 5 min to 12 h. Default 1 h.
   */
  'bakeTimeout': (_google_protobuf_Duration__Output | null);
  /**
   * Promote the image as soon as it is AVAILABLE.
   */
  'promote': (boolean);
}
