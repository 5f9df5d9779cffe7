import type { Image } from '../../proto/gen/parbake/v1/Image.ts';
import { reasonFrom } from '../../proto/errors/reason.ts';
import { timeOf } from '../../proto/wire/time.ts';
import type { ImageBuild } from '../core/image/image-build.ts';

export function imageMessage(build: ImageBuild): Image {
  const { buildId, channel, state, imageId, isCurrent, facts, request, createTime, stateTime } = build;
  return {
    ...{ buildId, channel, imageId, isCurrent },
    state: `IMAGE_STATE_${state}`,
    ...reasonFrom(facts.reason),
    proof: [...facts.proof],
    snapshotIds: [...facts.snapshotIds],
    baseImageId: request.baseImageId,
    createTime: timeOf(createTime),
    stateTime: timeOf(stateTime),
  };
}
