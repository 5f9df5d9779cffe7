import type { ImageServiceHandlers } from '../../proto/gen/parbake/v1/ImageService.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { ImageOperator } from '../pools/image-operator.ts';
import { buildFromProto, buildIdFromProto } from './from-proto/images.ts';
import { unary } from './handlers.ts';
import { imageMessage } from './image-message.ts';

export function imageService(operator: ImageOperator, logger: Logger): ImageServiceHandlers {
  return {
    BuildImage: unary(logger, 'BuildImage', async (request) => ({
      image: imageMessage(await operator.build(buildFromProto(request))),
    })),
    ListImages: unary(logger, 'ListImages', async () => ({
      images: (await operator.list()).map(imageMessage),
    })),
    PromoteImage: unary(logger, 'PromoteImage', async ({ buildId }) => ({
      image: imageMessage(await operator.promote(buildIdFromProto(buildId))),
    })),
    DeprecateImage: unary(logger, 'DeprecateImage', async ({ buildId }) => ({
      image: imageMessage(await operator.deprecate(buildIdFromProto(buildId))),
    })),
  };
}
