import type { Image__Output } from '../../proto/gen/parbake/v1/Image.ts';
import { reasonText } from '../../proto/errors/reason.ts';
import { millisecondsOf, type ProtoTime } from '../../proto/wire/time.ts';
import { printable, table } from '../insight/format.ts';

/** `BUILDING`, `AVAILABLE`, … */
export function imageStateName({ state }: Pick<Image__Output, 'state'>): string {
  return state.replace('IMAGE_STATE_', '');
}

export const imageHeader = ['BUILD', 'CHANNEL', 'STATE', 'IMAGE', 'ASKED FOR', 'WHAT WAS SHOWN'];

export function imageCells(image: Image__Output): string[] {
  const { buildId, channel, imageId, isCurrent, reason, message, proof, createTime } = image;
  const said = reason === '' ? proof.join('; ') : reasonText({ reason, message });
  const state = `${imageStateName(image)}${isCurrent ? ' (current)' : ''}`;
  return [buildId, channel, state, imageId, timeText(createTime) ?? '', said].map(printable);
}

export function imageTable(images: readonly Image__Output[]): string {
  return table(imageHeader, images.map(imageCells));
}

export function imageDocument(image: Image__Output) {
  const { buildId, channel, imageId, isCurrent, reason, message, proof, snapshotIds, baseImageId } = image;
  return {
    build: buildId,
    channel,
    state: imageStateName(image),
    image: imageId,
    is_current: isCurrent,
    reason,
    message,
    proof,
    snapshots: snapshotIds,
    base_image: baseImageId,
    create_time: timeText(image.createTime) ?? null,
    state_time: timeText(image.stateTime) ?? null,
  };
}

function timeText(time: ProtoTime | null): string | undefined {
  return time === null ? undefined : new Date(millisecondsOf(time)).toISOString();
}
