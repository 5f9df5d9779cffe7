import type { LayerPull } from '../../proto/gen/parbake/v1/LayerPull.ts';
import type { Pull } from '../../proto/gen/parbake/v1/Pull.ts';
import { defined } from '../../proto/errors/defined.ts';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import type { BakedImage, BakedLayer, Manifest } from '../core/manifest.ts';

/** What the bake did, so that an instance's timeline shows what it was spared. */
export function bakedPulls(manifest: Manifest | undefined): Pull[] {
  return (manifest?.images ?? []).map((image) => pullOf(image, true));
}

/** An image's pull, as it is reported. @param atBake whether the instance was spared it */
export function pullOf(image: BakedImage, atBake: boolean): Pull {
  const { ref, digest, sizeBytes, pulledAt, pullMs, layers, retries = [] } = image;
  return {
    ref,
    digest,
    sizeBytes,
    startTime: timeOf(Date.parse(pulledAt)),
    duration: durationOf(pullMs),
    layers: layers.map(layerOf),
    atBake,
    retries: retries.map(({ at, code, reason, waitMs }) => ({
      time: timeOf(Date.parse(at)),
      reason: code,
      message: reason,
      delay: durationOf(waitMs),
    })),
  };
}

function layerOf({ digest, sizeBytes, cached, ...times }: BakedLayer): LayerPull {
  return {
    digest,
    cached,
    ...defined({
      sizeBytes,
      downloadStartOffset: durationOf(times.downloadStartMs),
      downloadDuration: durationOf(times.downloadMs),
      extractStartOffset: durationOf(times.extractStartMs),
      extractDuration: durationOf(times.extractMs),
    }),
  };
}
