import type { Pull } from '../../proto/gen/parbake/v1/Pull.ts';
import { timeOf } from '../../proto/wire/time.ts';
import type { BakedImage, Manifest } from '../core/manifest.ts';

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
    pullMs,
    layers,
    atBake,
    retries: retries.map(({ at, ...retry }) => ({ time: timeOf(Date.parse(at)), ...retry })),
  };
}
