// Original file: proto/parbake/v1/preview.proto

import type { Preview as _parbake_v1_Preview, Preview__Output as _parbake_v1_Preview__Output } from '../../parbake/v1/Preview.ts';

/**
 * See PreviewService.ApprovePreview.
 */
export interface ApprovePreviewResponse {
  /**
   * The preview, which starts a moment later.
   */
  'preview'?: (_parbake_v1_Preview | null);
}

/**
 * See PreviewService.ApprovePreview.
 */
export interface ApprovePreviewResponse__Output {
  /**
   * The preview, which starts a moment later.
   */
  'preview': (_parbake_v1_Preview__Output | null);
}
