// Original file: proto/parbake/v1/image.proto

import type { Image as _parbake_v1_Image, Image__Output as _parbake_v1_Image__Output } from '../../parbake/v1/Image.ts';

/**
 * See ImageService.ListImages.
 */
export interface ListImagesResponse {
  /**
   * The newest first.
   */
  'images'?: (_parbake_v1_Image)[];
}

/**
 * See ImageService.ListImages.
 */
export interface ListImagesResponse__Output {
  /**
   * The newest first.
   */
  'images': (_parbake_v1_Image__Output)[];
}
