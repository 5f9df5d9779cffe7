// Original file: proto/parbake/v1/image.proto


/**
 * See ImageService.PromoteImage.
 */
export interface PromoteImageRequest {
  /**
   * The build that it came of.
   */
  'buildId'?: (string);
}

/**
 * See ImageService.PromoteImage.
 */
export interface PromoteImageRequest__Output {
  /**
   * The build that it came of.
   */
  'buildId': (string);
}
