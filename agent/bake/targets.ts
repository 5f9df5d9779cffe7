import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { eachBounded } from '../../proto/process/bounded.ts';
import { familiarName } from '../../proto/recipe/image-ref.ts';
import { lockedImage, lockDifferences, lockName, type Lock, type LockedImage } from '../core/image/lock.ts';
import type { BakedImage, SignatureCheck } from '../core/manifest.ts';
import { fits, formatPlatform, parsePlatform, type Platform } from '../../proto/recipe/platform.ts';
import type { SigningKey } from '../../proto/recipe/signing-key.ts';
import type { Warning } from '../../proto/recipe/warning.ts';
import type { EngineFacts, ImageEngine } from '../docker/engine.ts';
import type { RegistryImage } from '../registry/image.ts';
import type { LockFile } from './lock-file.ts';
import type { RegistryLogins } from '../images/logins.ts';
import { withLogin } from '../images/with-login.ts';
import type { RecipeImage } from '../../proto/recipe/images.ts';

/** Exactly which image a recipe's entry stands for in this bake. */
export interface Target {
  image: RecipeImage;
  /** Absent when neither lock nor registry tell; the pull then tells why. */
  digest?: string | undefined;
  /** `os/architecture[/variant]`. */
  platform: string;
  locked?: LockedImage | undefined;
  /** It is on the Engine, whatever its tag. */
  isPresent: boolean;
  /** Absent when the recipe names no key for it. */
  signature?: SignatureCheck | undefined;
  /** What its registry says of it; absent when that was not asked, or did not say. */
  details?: RegistryImage;
}

export interface TargetRequest {
  images: readonly RecipeImage[];
  engine: ImageEngine;
  facts: EngineFacts;
  lock: LockFile;
  logins: RegistryLogins;
  /** What an earlier bake of this root left. */
  earlier: readonly BakedImage[];
  registry: RegistryQuestions;
  signal: AbortSignal;
}

/** What a registry is asked for before anything is pulled. */
export interface RegistryQuestions {
  /** An image's documents. */
  describe: (
    image: RecipeImage,
    digest: string,
    platform: Platform,
    signal: AbortSignal,
  ) => Promise<RegistryImage>;
  /** A signature of a digest by a key. @throws ParbakeError IMAGE_SIGNATURE_* */
  checkSignature: (
    image: RecipeImage,
    digest: string,
    key: SigningKey,
    signal: AbortSignal,
  ) => Promise<SignatureCheck>;
}

/** Small requests, mostly waiting. */
const atATime = 8;

/**
 * Finds out what is to be baked, before anything is changed: by the lock, else by the registry.
 * @throws ParbakeError LOCK_OUTDATED, LOCK_MISMATCH, IMAGE_*; as the Engine says for an image that instances will pull
 */
export async function resolveTargets(
  request: TargetRequest,
): Promise<{ targets: Target[]; warnings: Warning[] }> {
  const { images, lock, facts, signal } = request;
  refuseOutdated(request);
  const warnings: Warning[] = [];
  const targets = await eachBounded(images, atATime, signal, async (image, each) => {
    const platform = platformOf(image, facts);
    const locked = lock.mode === 'update' ? undefined : lockedImage(lock.lock, image);
    const digest = locked?.digest ?? (await resolve(image, request, each));
    const signature = await checkSignature(image, digest, request, each);
    const isPresent = digest !== undefined && (await isHere(image, digest, platform, request, each));
    const target: Target = {
      image,
      platform,
      isPresent,
      digest,
      locked,
      signature,
    };
    if (image.atBoot === true || digest === undefined || isKnown(target, request.earlier)) return target;
    const details = await describe(target, digest, request, each, warnings);
    if (details === undefined) return target;
    refuseMismatch(target, details, lock);
    return { ...target, details };
  });
  return { targets, warnings };
}

/** What goes into the lock: what it had of this recipe, and what was found out. */
export function lockOf(targets: readonly Target[], before: Lock): Lock {
  const images = targets.flatMap(({ image, digest, platform, details }) => {
    if (digest === undefined) return [];
    const name = lockName(image);
    const known = before.images.get(name);
    // Other platforms, of bakes elsewhere, are of the same index as long as that is what the reference stands for.
    const platforms = new Map(known?.digest === digest ? known.platforms : []);
    if (details !== undefined)
      platforms.set(platform, { digest: details.platformDigest, config: details.configDigest });
    return [[name, { digest, platforms }] as const];
  });
  return { images: new Map(images) };
}

function refuseOutdated({ lock: { lock, mode, path }, images, facts }: TargetRequest): void {
  if (mode !== 'frozen') return;
  const platform = (image: RecipeImage): string | undefined =>
    image.atBoot === true ? undefined : platformOf(image, facts);
  const differences = lockDifferences(lock, images, platform);
  if (differences.length > 0)
    throw new ParbakeError('LOCK_OUTDATED', `${path} is not of this recipe: ${differences.join('; ')}`);
}

function platformOf({ platform }: RecipeImage, { os, architecture }: EngineFacts): string {
  return platform ?? formatPlatform({ os, architecture, variant: '' });
}

/** The digest that a tag stands for, looked up once: what is compared, pulled and recorded is one image. */
async function resolve(
  { image, ref, digest: pin, atBoot, signingKey }: RecipeImage,
  { engine, logins }: TargetRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  const tag = image.tag ?? (pin === undefined ? 'latest' : undefined);
  if (tag === undefined) return pin;
  const name = `${familiarName(image)}:${tag}`;
  const found = await withLogin(logins, image.domain, (login) => engine.resolve(name, login, signal)).catch(
    (cause: unknown) => {
      signal.throwIfAborted();
      if (pin === undefined && (atBoot === true || signingKey !== undefined)) throw cause;
      return undefined;
    },
  );
  if (pin !== undefined && found !== undefined && found !== pin)
    throw new ParbakeError(
      'IMAGE_DIGEST_MISMATCH',
      `${ref} is ${found} in its registry, but the recipe pins ${pin}`,
    );
  return pin ?? found;
}

/** Asked at every bake: what an earlier one found says nothing of a key that the recipe has now. */
async function checkSignature(
  image: RecipeImage,
  digest: string | undefined,
  { registry }: TargetRequest,
  signal: AbortSignal,
): Promise<SignatureCheck | undefined> {
  if (image.signingKey === undefined) return undefined;
  if (digest === undefined)
    throw new ParbakeError('IMAGE_SIGNATURE_UNKNOWN', `${image.ref} has no digest that could be signed`);
  return await registry.checkSignature(image, digest, image.signingKey, signal);
}

async function isHere(
  { image }: RecipeImage,
  digest: string,
  platform: string,
  { engine }: TargetRequest,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await engine.inspect(`${familiarName(image)}@${digest}`, signal);
  return found !== undefined && fits(found, parsePlatform(platform));
}

/** Whether an earlier bake of this root already asked the registry. */
function isKnown(
  { image, digest, platform, locked, isPresent }: Target,
  earlier: readonly BakedImage[],
): boolean {
  const isLocked = locked?.platforms.has(platform) === true;
  const before = earlier.find(({ ref }) => ref === image.ref);
  return isPresent && isLocked && before?.digest === digest && before?.configDigest !== undefined;
}

/**
 * Reads the image's documents from its registry. A failure is only a warning, since the Engine can pull without them. A
 * wrong platform is an error, unless the image is here already: the pull would be in vain.
 */
async function describe(
  { image, platform, isPresent }: Target,
  digest: string,
  { registry }: TargetRequest,
  signal: AbortSignal,
  warnings: Warning[],
): Promise<RegistryImage | undefined> {
  try {
    return await registry.describe(image, digest, parsePlatform(platform), signal);
  } catch (cause) {
    signal.throwIfAborted();
    const { code, message } = toParbakeError(cause);
    if (code === 'IMAGE_PLATFORM_MISMATCH' && !isPresent) throw cause;
    warnings.push({
      code: 'REGISTRY_DETAILS_MISSING',
      message: `sizes, layers and bills of material of ${image.ref} are not known from its registry: ${message}`,
    });
    return undefined;
  }
}

function refuseMismatch(
  { image, platform, locked }: Target,
  details: RegistryImage,
  { path }: LockFile,
): void {
  const wanted = parsePlatform(platform);
  if (!fits(details.platform, wanted))
    throw new ParbakeError(
      'IMAGE_PLATFORM_MISMATCH',
      `${image.ref} is for ${formatPlatform(details.platform)}, not for ${platform}`,
    );
  const known = locked?.platforms.get(platform);
  if (known === undefined) return;
  if (known.digest !== details.platformDigest || known.config !== details.configDigest)
    throw new ParbakeError(
      'LOCK_MISMATCH',
      `${image.ref} for ${platform} is ${details.platformDigest} with configuration ${details.configDigest}, but ${path} has ${known.digest} with ${known.config}`,
    );
}
