// Original file: proto/parbake/v1/preview.proto

import type { Preview as _parbake_v1_Preview, Preview__Output as _parbake_v1_Preview__Output } from '../../parbake/v1/Preview.ts';

/**
 * See PreviewService.GetPreview.
 */
export interface GetPreviewResponse {
  /**
   * The preview.
   */
  'preview'?: (_parbake_v1_Preview | null);
}

/**
 * See PreviewService.GetPreview.
 */
export interface GetPreviewResponse__Output {
  /**
   * The preview.
   */
  'preview': (_parbake_v1_Preview__Output | null);
}
