// Original file: proto/parbake/v1/image.proto

import type { Image as _parbake_v1_Image, Image__Output as _parbake_v1_Image__Output } from '../../parbake/v1/Image.ts';

/**
 * See ImageService.BuildImage.
 */
export interface BuildImageResponse {
  /**
   * The build.
   */
  'image'?: (_parbake_v1_Image | null);
}

/**
 * See ImageService.BuildImage.
 */
export interface BuildImageResponse__Output {
  /**
   * The build.
   */
  'image': (_parbake_v1_Image__Output | null);
}
