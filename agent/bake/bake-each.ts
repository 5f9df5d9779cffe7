import { ParbakeError } from '../../proto/errors/errors.ts';
import { eachBounded } from '../../proto/process/bounded.ts';
import { defined } from '../../proto/errors/defined.ts';
import type { EngineFacts } from '../docker/engine.ts';
import { layerRecords } from '../docker/disk/layer-records.ts';
import { dataRootHere } from '../docker/disk/data-root.ts';
import type { EarlierBake } from './earlier.ts';
import { bakeImage, type BakeResult, type ImageBaking } from '../images/image.ts';
import { withLogin } from '../images/with-login.ts';
import type { Target } from './targets.ts';
import type { BakeRequest } from './request.ts';

/** The part of a bake's request that each image needs. */
type BakeEachRequest = Pick<
  BakeRequest,
  'root' | 'engine' | 'lock' | 'registries' | 'pulls' | 'time' | 'signal' | 'progress'
>;

/** Pulls several images at a time. One failure ends the others, since the bake has failed. Complete layers are kept. */
export async function bakeEach(
  targets: readonly Target[],
  facts: EngineFacts,
  request: BakeEachRequest,
  known: { earlier: EarlierBake; pulled: string[] },
): Promise<BakeResult[]> {
  const { parallel, silenceMs } = request.pulls;
  const { clock } = request.time;
  const lastWord = new Map<string, number>();
  return await eachBounded(targets, parallel, request.signal, (target, signal) => {
    const { ref } = target.image;
    const heard = (): void => void lastWord.set(ref, clock());
    const othersGetOn = (): boolean =>
      [...lastWord].some(([other, at]) => other !== ref && clock() - at < silenceMs);
    return bakeOne(target, facts, { ...request, signal }, { ...known, heard, othersGetOn });
  });
}

async function bakeOne(
  { image: wanted, digest, signature, details, platform, locked }: Target,
  facts: EngineFacts,
  request: BakeEachRequest,
  {
    earlier,
    pulled,
    heard,
    othersGetOn,
  }: { earlier: EarlierBake; pulled: string[]; heard: () => void; othersGetOn: () => boolean },
): Promise<BakeResult> {
  const { root, progress, pulls, time } = request;
  const { silenceMs, retries, random } = pulls;
  const { ref } = wanted;
  progress.start(ref);
  const before = earlier.manifest?.images.find((image) => image.ref === ref);
  const image = { ...wanted, ...defined({ digest }) };
  const options: Omit<ImageBaking, 'login'> = {
    engine: request.engine,
    platform: { os: facts.os, architecture: facts.architecture, variant: '' },
    silenceMs,
    ...time,
    signal: request.signal,
    details,
    earlier: before,
    beforeChange: () => earlier.remove(),
    recordsOf: (diffIds) => layerRecords(dataRootHere(root, facts), facts.storageDriver, diffIds),
    othersGetOn,
    retrying: { retries, random, now: time.now, onRetry: (retry) => progress.retry(ref, retry) },
    onProgress: (layers) => {
      heard();
      progress.update(ref, layers);
    },
    onPulled: () => void pulled.push(ref),
  };
  const result = await withLogin(request.registries.logins, wanted.image.domain, (login) =>
    bakeImage(image, { ...options, login }),
  );
  // With images in containerd the id is another digest; their content has been checked by its own digests.
  const config = facts.imageStore === 'containerd' ? undefined : locked?.platforms.get(platform)?.config;
  if (config !== undefined && config !== result.image.imageId)
    throw new ParbakeError(
      'LOCK_MISMATCH',
      `${ref} for ${platform} has configuration ${result.image.imageId}, but ${request.lock.path} has ${config}`,
    );
  if (signature !== undefined) result.image.signature = signature;
  progress.done(result);
  return result;
}
