import { defined } from '../../proto/errors/defined.ts';
import type { PreviewServiceHandlers } from '../../proto/gen/parbake/v1/PreviewService.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { PreviewOperator } from '../previews/preview-operator.ts';
import { approvalFromProto, previewsFromProto } from './from-proto/previews.ts';
import { pageOf, required } from './from-proto/parts.ts';
import { unary } from './handlers.ts';
import { previewMessage } from './preview-message.ts';

export function previewService(operator: PreviewOperator, logger: Logger): PreviewServiceHandlers {
  const idOf = ({ previewId }: { previewId: string }): string => required('preview_id', previewId, 64);
  return {
    ListPreviews: unary(logger, 'ListPreviews', async (request) => {
      const { size, after, repository, includeEnded } = previewsFromProto(request);
      const found = await operator.list({
        includeEnded,
        limit: size + 1,
        ...defined({ after, repository }),
      });
      const { items, nextPageToken } = pageOf(found, size, ({ previewId }) => previewId);
      return { previews: items.map(previewMessage), nextPageToken };
    }),
    GetPreview: unary(logger, 'GetPreview', async (request) => ({
      preview: previewMessage(await operator.get(idOf(request))),
    })),
    ReleasePreview: unary(logger, 'ReleasePreview', async (request) => ({
      preview: previewMessage(await operator.release(idOf(request))),
    })),
    ApprovePreview: unary(logger, 'ApprovePreview', async (request) => {
      const { previewId, sha } = approvalFromProto(request);
      return { preview: previewMessage(await operator.approve(previewId, sha)) };
    }),
  };
}
