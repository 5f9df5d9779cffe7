import { defined } from '../../proto/errors/defined.ts';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { bakeImage, type BakeResult, type ImageBaking } from '../images/image.ts';
import { readLogins } from '../images/logins.ts';
import type { Retrying } from '../images/pull-retries.ts';
import { withLogin } from '../images/with-login.ts';
import { parseImageRef } from '../../proto/recipe/image-ref.ts';
import type { BootImage, Manifest } from '../core/manifest.ts';
import type { DockerClient } from '../docker/client.ts';
import { dockerDeadlines } from '../docker/deadlines.ts';
import { imageEngine } from '../docker/engine.ts';
import { layerRecords } from '../docker/disk/layer-records.ts';
import type { Root } from '../host/root.ts';
import { pullOf } from '../report/pulls.ts';
import type { OpenSpan, Recorder } from '../report/recorder.ts';

export interface PullAtBoot {
  docker: DockerClient;
  manifest: Manifest | undefined;
  root: Root;
  recorder: Recorder;
  logger: Logger;
  /** The span that this is part of. */
  parent: string;
}

/** A registry that is unreachable for a moment must not cost an instance. */
const retries = 2;

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
  const attributes = { image: ref, 'image.digest': wanted.digest };
  let span: OpenSpan | undefined = recorder.begin('image.pull', { parent, attributes });
  const retrying: Retrying = {
    retries,
    random: Math.random,
    now: () => new Date(),
    onTry: () => void (span ??= recorder.begin('image.pull', { parent, attributes })),
    onRetry: ({ code, reason }) => {
      void span?.end({ 'error.type': code });
      span = undefined;
      logger.warn({ code, reason }, 'pull failed, retrying');
    },
  };
  try {
    const { image } = await pull(wanted, manifest, retrying, options, signal);
    await span?.end({ 'image.bytes': String(image.sizeBytes) });
    recorder.pull(pullOf(image, false));
  } catch (cause) {
    // A pull that is given up, since the agent was told something new, did not fail.
    await span?.end({ 'error.type': signal.aborted ? 'INTERRUPTED' : toParbakeError(cause).code });
    throw cause;
  }
}

async function pull(
  { ref, digest, platform }: BootImage,
  { builder }: Manifest,
  retrying: Retrying,
  { docker, root }: PullAtBoot,
  signal: AbortSignal,
): Promise<BakeResult> {
  const parsed = parseImageRef(ref);
  if (!parsed.ok)
    throw new ParbakeError('MANIFEST_INVALID', `"${ref}" is not a valid image reference: ${parsed.reason}`);
  const engine = imageEngine(docker);
  const { os, architecture, storageDriver } = await engine.facts(signal);
  const wanted = { ref, image: parsed.ref, digest, ...defined({ platform }) };
  const options: Omit<ImageBaking, 'login'> = {
    engine,
    platform: { os, architecture, variant: '' },
    silenceMs: dockerDeadlines.pullSilence,
    clock: () => performance.now(),
    now: retrying.now,
    signal,
    retrying,
    recordsOf: (diffIds) => layerRecords(root.path(builder.dataRoot), storageDriver, diffIds),
    onProgress: () => {},
    onPulled: () => {},
  };
  return await withLogin(await readLogins(root, { signal }), parsed.ref.domain, (login) =>
    bakeImage(wanted, { ...options, login }),
  );
}
