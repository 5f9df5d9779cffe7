// Original file: proto/parbake/v1/image.proto


/**
 * See ImageService.ListImages.
 */
export interface ListImagesRequest {
}

/**
 * See ImageService.ListImages.
 */
export interface ListImagesRequest__Output {
}
