import type { ApprovePreviewRequest__Output } from '../../../proto/gen/parbake/v1/ApprovePreviewRequest.ts';
import type { ListPreviewsRequest__Output } from '../../../proto/gen/parbake/v1/ListPreviewsRequest.ts';
import { pageSizeFromProto, type Page } from './lists.ts';
import { bounded, invalid, readAll, required } from './parts.ts';

export function previewsFromProto(
  request: ListPreviewsRequest__Output,
): Page & { after: string; repository: string; includeEnded: boolean } {
  return readAll({
    size: () => pageSizeFromProto(request.pageSize),
    after: () => bounded('page_token', request.pageToken, 64),
    repository: () => bounded('repository', request.repository, 140),
    includeEnded: () => request.includeEnded,
  });
}

export function approvalFromProto(request: ApprovePreviewRequest__Output): {
  previewId: string;
  sha: string;
} {
  return readAll({
    previewId: () => required('preview_id', request.previewId, 64),
    sha: () => {
      const sha = required('sha', request.sha, 64);
      if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) throw invalid('sha', 'is not a whole commit id');
      return sha;
    },
  });
}
