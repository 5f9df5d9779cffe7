import type { BuildImageRequest__Output } from '../../../proto/gen/parbake/v1/BuildImageRequest.ts';
import type { WantedImage } from '../../core/image/wanted-image.ts';
import { bounded, durationFromProto, invalid, readAll, refused, required } from './parts.ts';

const minute = 60_000;
/** Bytes of a recipe or a lock before they are compressed. */
const maxText = 256 * 1024;

/** @throws ParbakeError REQUEST_INVALID */
export function buildFromProto(request: BuildImageRequest__Output): WantedImage {
  return readAll({
    buildId: () => buildIdFromProto(request.buildId),
    pool: () => required('pool', request.pool, 63),
    channel: () => formed('channel', request.channel, /^(?!ami-)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$/),
    baseImageId: () => formed('base_image_id', request.baseImageId, /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/),
    recipe: () => required('recipe', request.recipe, maxText),
    lock: () => bounded('lock', request.lock, maxText),
    variables: () => {
      for (const [name, value] of Object.entries(request.variables)) {
        formed('variables key', name, /^[A-Za-z_]\w{0,127}$/);
        // A line of its own could end the script that it stands in.
        formed(`variables["${name}"]`, value, /^\P{Cc}{0,1024}$/u);
      }
      return { ...request.variables };
    },
    bakeTimeout: () => {
      const timeout = durationFromProto('bake_timeout', request.bakeTimeout) ?? 60 * minute;
      if (timeout < 5 * minute || timeout > 720 * minute)
        throw invalid('bake_timeout', `is ${timeout} ms, not from 5 min to 12 h`);
      return timeout;
    },
    isPromoted: () => request.promote,
  });
}

/** @throws ParbakeError REQUEST_INVALID */
export function buildIdFromProto(buildId: string): string {
  return formed('build_id', buildId, /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/);
}

function formed(field: string, value: string, pattern: RegExp): string {
  if (pattern.test(value)) return value;
  throw refused([{ field, description: `"${value.slice(0, 128)}" is invalid` }]);
}
