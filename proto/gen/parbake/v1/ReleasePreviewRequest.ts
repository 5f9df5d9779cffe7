// Original file: proto/parbake/v1/preview.proto


/**
 * See PreviewService.ReleasePreview.
 */
export interface ReleasePreviewRequest {
  /**
   * The preview.
   */
  'previewId'?: (string);
}

/**
 * See PreviewService.ReleasePreview.
 */
export interface ReleasePreviewRequest__Output {
  /**
   * The preview.
   */
  'previewId': (string);
}
