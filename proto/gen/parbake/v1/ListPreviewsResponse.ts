// Original file: proto/parbake/v1/preview.proto

import type { Preview as _parbake_v1_Preview, Preview__Output as _parbake_v1_Preview__Output } from '../../parbake/v1/Preview.ts';

/**
 * See PreviewService.ListPreviews.
 */
export interface ListPreviewsResponse {
  /**
   * By id.
   */
  'previews'?: (_parbake_v1_Preview)[];
  /**
   * Asks for the next page; empty on the last one.
   */
  'nextPageToken'?: (string);
}

/**
 * See PreviewService.ListPreviews.
 */
export interface ListPreviewsResponse__Output {
  /**
   * By id.
   */
  'previews': (_parbake_v1_Preview__Output)[];
  /**
   * Asks for the next page; empty on the last one.
   */
  'nextPageToken': (string);
}
