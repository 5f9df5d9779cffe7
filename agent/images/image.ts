import { ParbakeError } from '../../proto/errors/errors.ts';
import { bakedLayers, knownLayers } from '../core/image/baked-layers.ts';
import {
  familiarName,
  fullName,
  impliedTag,
  localName,
  parseImageRef,
} from '../../proto/recipe/image-ref.ts';
import type { BakedImage } from '../core/manifest.ts';
import { fits, formatPlatform, parsePlatform, type Platform } from '../../proto/recipe/platform.ts';
import { sincePull, type LayerProgress } from '../core/image/pull-progress.ts';
import type { Login } from '../core/image/registry-logins.ts';
import type { ImageEngine, LocalImage } from '../docker/engine.ts';
import type { LayerRecord } from '../docker/disk/layer-records.ts';
import type { RegistryImage } from '../registry/image.ts';
import { pullWithRetries, type Retrying } from './pull-retries.ts';
import type { RecipeImage } from '../../proto/recipe/images.ts';

/** What baking one image needs. */
export interface ImageBaking {
  engine: ImageEngine;
  /** What images are for when the recipe does not say. */
  platform: Platform;
  login: Login | undefined;
  /** What the registry says about it. */
  details?: RegistryImage | undefined;
  /** What an earlier bake recorded about it. */
  earlier?: BakedImage | undefined;
  /** Called before anything is changed. */
  beforeChange?: () => Promise<void>;
  /** See PullReading. */
  silenceMs: number;
  clock: () => number;
  now: () => Date;
  signal: AbortSignal;
  recordsOf: (diffIds: readonly string[]) => Promise<Map<string, LayerRecord[]>>;
  othersGetOn?: () => boolean;
  /** Absent when failed pulls are not retried. */
  retrying?: Retrying;
  onProgress: (layers: LayerProgress[]) => void;
  /** Called once the Engine has something new, whatever the checks then say. */
  onPulled: () => void;
}

export interface BakeResult {
  image: BakedImage;
  /** Nothing was pulled. */
  cached: boolean;
}

/**
 * Brings one image to the Engine, under its tag, and makes sure that it is the one asked for. With a digest it is exactly
 * that one, whatever its tag stands for by now.
 * @throws ParbakeError IMAGE_* and DISK_FULL, or as the Engine's calls do
 */
export async function bakeImage(wanted: RecipeImage, baking: ImageBaking): Promise<BakeResult> {
  const target = wanted.digest;
  const present = target === undefined ? undefined : await findPresent(wanted, target, baking);
  const started = baking.clock();
  const pulledAt = baking.now();
  if (present === undefined) await baking.beforeChange?.();
  const pulled = present === undefined ? await pull(wanted, target, baking) : undefined;
  const cached = pulled?.outcome.upToDate ?? true;
  if (!cached) baking.onPulled();
  const pullMs = cached ? 0 : Math.round((baking.clock() - started) * 1000) / 1000;
  const found = await tagAndInspect(wanted, target, present, baking);
  checkPlatform(wanted, found, baking.platform);
  const tag = impliedTag(wanted.image) === undefined ? undefined : localName(wanted.image);
  const image = {
    ref: wanted.ref,
    registry: wanted.image.domain,
    tag,
    digest: digestOf(wanted, found, target ?? pulled?.outcome.digest),
    imageId: found.id,
    platform: formatPlatform(found),
    sizeBytes: found.sizeBytes,
    pulledAt: pulledAt.toISOString(),
    pullMs,
    ...(pulled === undefined || pulled.retries.length === 0 ? {} : { retries: pulled.retries }),
    ...(await contentOf(wanted, found, cached ? [] : sincePull(pulled?.layers ?? [], started), baking)),
  };
  return { image, cached };
}

/** What the image is made of: as its registry says, else as it did at an earlier bake, else as the Engine knows. */
async function contentOf(
  wanted: RecipeImage,
  found: LocalImage,
  pulled: readonly LayerProgress[],
  { details, earlier, recordsOf }: ImageBaking,
): Promise<Pick<BakedImage, 'layers'> & Partial<BakedImage>> {
  if (details !== undefined) {
    const { platformDigest, configDigest, created, sbom } = details;
    return {
      platformDigest,
      configDigest,
      created,
      compressedBytes: details.layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      layers: knownLayers(pulled, details.layers),
      ...(sbom.length === 0 ? {} : { sbom }),
    };
  }
  if (earlier?.imageId === found.id && earlier.configDigest !== undefined) {
    const { platformDigest, configDigest, created, compressedBytes, sbom, layers } = earlier;
    const known = layers.flatMap(({ digest, diffId, sizeBytes }) =>
      diffId === undefined ? [] : [{ digest, diffId, sizeBytes }],
    );
    return {
      platformDigest,
      configDigest,
      created,
      compressedBytes,
      layers: knownLayers(pulled, known),
      sbom,
    };
  }
  const records = await recordsOf(found.diffIds);
  return { layers: bakedLayers(pulled, found.diffIds, records, fullName(wanted.image)) };
}

/** The image if it is already here with that digest and platform, whatever its tag. */
async function findPresent(
  wanted: RecipeImage,
  target: string,
  baking: ImageBaking,
): Promise<LocalImage | undefined> {
  const found = await baking.engine.inspect(`${familiarName(wanted.image)}@${target}`, baking.signal);
  if (found === undefined || !fits(found, platformOf(wanted, baking.platform))) return undefined;
  return found;
}

async function pull(wanted: RecipeImage, target: string | undefined, baking: ImageBaking) {
  const { engine, login, silenceMs, clock, signal, othersGetOn, onProgress, now } = baking;
  const once = { retries: 0, random: () => 0, now, onRetry: () => {} };
  const request = {
    ref: wanted.ref,
    repository: familiarName(wanted.image),
    version: target ?? impliedTag(wanted.image) ?? 'latest',
    silenceMs,
    clock,
    signal,
    onProgress,
    platform: wanted.platform,
    login,
    othersGetOn,
  };
  return await pullWithRetries(engine, request, baking.retrying ?? once);
}

/** A pull by digest leaves no tag, and containers are created by tag. */
async function tagAndInspect(
  wanted: RecipeImage,
  target: string | undefined,
  present: LocalImage | undefined,
  { engine, signal, beforeChange }: ImageBaking,
): Promise<LocalImage> {
  const repository = familiarName(wanted.image);
  const tag = impliedTag(wanted.image);
  if (target !== undefined && tag !== undefined) {
    const tagged = present === undefined ? undefined : await engine.inspect(localName(wanted.image), signal);
    if (tagged === undefined || tagged.id !== present?.id) {
      await beforeChange?.();
      await engine.tag(`${repository}@${target}`, repository, tag, signal);
    }
  }
  const found = await engine.inspect(localName(wanted.image), signal);
  if (found === undefined)
    throw new ParbakeError('IMAGE_PULL_FAILED', `${wanted.ref} is not there after its pull`);
  return found;
}

function checkPlatform(wanted: RecipeImage, found: LocalImage, own: Platform): void {
  const platform = platformOf(wanted, own);
  if (fits(found, platform)) return;
  throw new ParbakeError(
    'IMAGE_PLATFORM_MISMATCH',
    `${wanted.ref} is for ${formatPlatform(found)}, not for ${formatPlatform(platform)}`,
  );
}

function platformOf(wanted: RecipeImage, own: Platform): Platform {
  return wanted.platform === undefined ? own : parsePlatform(wanted.platform);
}

/** The digest that the Engine recorded for this repository, which must be the expected one. */
function digestOf(wanted: RecipeImage, found: LocalImage, expected: string | undefined): string {
  const name = fullName(wanted.image);
  const digests = found.repoDigests.flatMap((text) => {
    const parsed = parseImageRef(text);
    return parsed.ok && fullName(parsed.ref) === name ? [parsed.ref.digest ?? ''] : [];
  });
  const digest = expected === undefined ? digests[0] : digests.find((candidate) => candidate === expected);
  if (digest !== undefined) return digest;
  throw new ParbakeError(
    'IMAGE_DIGEST_MISMATCH',
    `${wanted.ref} should be ${expected ?? 'known by a digest'}, but the Engine has ${digests.join(', ') || 'none'}`,
  );
}
