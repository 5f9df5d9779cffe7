// Original file: proto/parbake/v1/image.proto

import type { Image as _parbake_v1_Image, Image__Output as _parbake_v1_Image__Output } from '../../parbake/v1/Image.ts';

/**
 * See ImageService.DeprecateImage.
 */
export interface DeprecateImageResponse {
  /**
   * The image.
   */
  'image'?: (_parbake_v1_Image | null);
}

/**
 * See ImageService.DeprecateImage.
 */
export interface DeprecateImageResponse__Output {
  /**
   * The image.
   */
  'image': (_parbake_v1_Image__Output | null);
}
