// Original file: proto/parbake/v1/preview.proto


/**
 * See PreviewService.ApprovePreview.
 */
export interface ApprovePreviewRequest {
  /**
   * The preview.
   */
  'previewId'?: (string);
  /**
   * The commit that was looked at, in full. It must be the newest one.
   */
  'sha'?: (string);
}

/**
 * See PreviewService.ApprovePreview.
 */
export interface ApprovePreviewRequest__Output {
  /**
   * The preview.
   */
  'previewId': (string);
  /**
   * The commit that was looked at, in full. It must be the newest one.
   */
  'sha': (string);
}
