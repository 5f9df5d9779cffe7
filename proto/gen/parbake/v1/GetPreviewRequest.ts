// Original file: proto/parbake/v1/preview.proto


/**
 * See PreviewService.GetPreview.
 */
export interface GetPreviewRequest {
  /**
   * The preview.
   */
  'previewId'?: (string);
}

/**
 * See PreviewService.GetPreview.
 */
export interface GetPreviewRequest__Output {
  /**
   * The preview.
   */
  'previewId': (string);
}
