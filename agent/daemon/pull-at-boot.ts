import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { PullRetry } from '../../proto/gen/parbake/v1/PullRetry.ts';
import type { Logger } from '../../proto/process/log.ts';
import { pause } from '../../proto/process/tasks.ts';
import { timeOf } from '../../proto/wire/time.ts';
import { bakeImage, type BakeResult, type ImageBaking } from '../images/image.ts';
import { readLogins } from '../images/logins.ts';
import { withLogin } from '../images/with-login.ts';
import { backoff } from '../../proto/process/backoff.ts';
import { parseImageRef } from '../../proto/recipe/image-ref.ts';
import type { BootImage, Manifest } from '../core/manifest.ts';
import type { DockerClient } from '../docker/client.ts';
import { dockerDeadlines } from '../docker/deadlines.ts';
import { imageEngine } from '../docker/engine.ts';
import { layerRecords } from '../docker/disk/layer-records.ts';
import type { Root } from '../host/root.ts';
import type { Recorder } from '../report/recorder.ts';

export interface PullAtBoot {
  docker: DockerClient;
  manifest: Manifest | undefined;
  root: Root;
  recorder: Recorder;
  logger: Logger;
  /** The span that this is part of. */
  parent: string;
}

/** A registry that is away for a moment must not cost an instance. */
const attempts = 3;

/**
 * Pulls an image that the bake left to its instances, exactly the one that was resolved then, checks it as a bake does,
 * and reports what each layer took.
 * @throws ParbakeError IMAGE_NOT_FOUND for an image that the manifest does not leave to them; else as `bakeImage` does
 */
export async function pullAtBoot(ref: string, options: PullAtBoot, signal: AbortSignal): Promise<void> {
  const { manifest, recorder, logger, parent } = options;
  const wanted = manifest?.atBoot?.find((image) => image.ref === ref);
  if (manifest === undefined || wanted === undefined)
    throw new ParbakeError('IMAGE_NOT_FOUND', `image ${ref} of the manifest is not on this instance`);
  const retries: PullRetry[] = [];
  for (;;) {
    const attributes = { image: ref, 'image.digest': wanted.digest };
    const span = recorder.begin('image.pull', { parent, attributes });
    try {
      const { image } = await pullOnce(wanted, manifest, options, signal);
      await span.end({ 'image.bytes': String(image.sizeBytes) });
      recorder.pull({
        ref,
        digest: image.digest,
        sizeBytes: image.sizeBytes,
        startTime: timeOf(Date.parse(image.pulledAt)),
        pullMs: image.pullMs,
        layers: image.layers,
        atBake: false,
        retries,
      });
      return;
    } catch (cause) {
      signal.throwIfAborted();
      const { code, message: reason } = toParbakeError(cause);
      await span.end({ 'error.type': code });
      if (retries.length + 1 >= attempts || !['IMAGE_PULL_FAILED', 'IMAGE_PULL_STALLED'].includes(code))
        throw cause;
      logger.warn({ code, reason }, 'pull failed, trying again');
      const waitMs = backoff(retries.length, Math.random());
      retries.push({ time: timeOf(Date.now()), code, reason, waitMs });
      await pause(waitMs, signal);
      signal.throwIfAborted();
    }
  }
}

async function pullOnce(
  { ref, digest, platform }: BootImage,
  { builder }: Manifest,
  { docker, root }: PullAtBoot,
  signal: AbortSignal,
): Promise<BakeResult> {
  const parsed = parseImageRef(ref);
  if (!parsed.ok)
    throw new ParbakeError('MANIFEST_INVALID', `"${ref}" is no image reference: ${parsed.reason}`);
  const engine = imageEngine(docker);
  const { os, architecture, storageDriver } = await engine.facts(signal);
  const wanted = { ref, image: parsed.ref, digest, ...(platform === undefined ? {} : { platform }) };
  const options: Omit<ImageBaking, 'login'> = {
    engine,
    platform: { os, architecture, variant: '' },
    silenceMs: dockerDeadlines.pullSilence,
    clock: () => performance.now(),
    now: () => new Date(),
    signal,
    recordsOf: (diffIds) => layerRecords(root.path(builder.dataRoot), storageDriver, diffIds),
    onProgress: () => {},
    onPulled: () => {},
  };
  return await withLogin(await readLogins(root), parsed.ref.domain, (login) =>
    bakeImage(wanted, { ...options, login }),
  );
}
