// Original file: proto/parbake/v1/preview.proto

import type { Preview as _parbake_v1_Preview, Preview__Output as _parbake_v1_Preview__Output } from '../../parbake/v1/Preview.ts';

/**
 * See PreviewService.ReleasePreview.
 */
export interface ReleasePreviewResponse {
  /**
   * The preview, which ends a moment later.
   */
  'preview'?: (_parbake_v1_Preview | null);
}

/**
 * See PreviewService.ReleasePreview.
 */
export interface ReleasePreviewResponse__Output {
  /**
   * The preview, which ends a moment later.
   */
  'preview': (_parbake_v1_Preview__Output | null);
}
