// Original file: proto/parbake/v1/preview.proto


/**
 * See PreviewService.ListPreviews.
 */
export interface ListPreviewsRequest {
  /**
   * Only previews of this repository, `owner/name`. Empty: all.
   */
  'repository'?: (string);
  /**
   * Also previews that have ended or are not wanted. They are kept for seven days.
   */
  'includeEnded'?: (boolean);
  /**
   * At most so many; 100 when 0, 1000 at most.
   */
  'pageSize'?: (number);
  /**
   * From the answer before, with the other fields unchanged; empty for the first page.
   */
  'pageToken'?: (string);
}

/**
 * See PreviewService.ListPreviews.
 */
export interface ListPreviewsRequest__Output {
  /**
   * Only previews of this repository, `owner/name`. Empty: all.
   */
  'repository': (string);
  /**
   * Also previews that have ended or are not wanted. They are kept for seven days.
   */
  'includeEnded': (boolean);
  /**
   * At most so many; 100 when 0, 1000 at most.
   */
  'pageSize': (number);
  /**
   * From the answer before, with the other fields unchanged; empty for the first page.
   */
  'pageToken': (string);
}
