// Original file: proto/parbake/v1/image.proto


/**
 * See ImageService.DeprecateImage.
 */
export interface DeprecateImageRequest {
  /**
   * The build that it came of.
   */
  'buildId'?: (string);
}

/**
 * See ImageService.DeprecateImage.
 */
export interface DeprecateImageRequest__Output {
  /**
   * The build that it came of.
   */
  'buildId': (string);
}
