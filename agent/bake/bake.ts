import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import { localName } from '../../proto/recipe/image-ref.ts';
import { defined } from '../../proto/errors/defined.ts';
import { formatLock } from '../core/image/lock.ts';
import { manifestPath, type BakedImage, type BootImage, type Manifest } from '../core/manifest.ts';
import { recordingsPath } from '../core/replay/recording.ts';
import type { Warning } from '../../proto/recipe/warning.ts';
import type { ContainerSpec } from '../../proto/recipe/role.ts';
import type { EngineFacts } from '../docker/engine.ts';
import type { Root } from '../host/root.ts';
import { bakeEach } from './bake-each.ts';
import { bootLoginWarnings } from './boot-logins.ts';
import { builderFacts } from './builder-facts.ts';
import { dataRootHere } from '../docker/disk/data-root.ts';
import { freeBytes, lookAtDisk } from './disk.ts';
import { earlierBake, saysTheSame } from './earlier.ts';
import type { BakeResult } from '../images/image.ts';
import { writeLock } from './lock-file.ts';
import { machineWarnings } from './machine-warnings.ts';
import { writeManifest } from '../manifest/write.ts';
import { addAllMisses } from './misses.ts';
import { recordStarts, type RecordedStarts } from './record-starts.ts';
import { checkSpace } from './space.ts';
import { formatBytes, formatMs } from './units.ts';
import { lockOf, resolveTargets, type Target } from './targets.ts';
import type { BakeRequest, Baked, Begun } from './request.ts';

/**
 * Pulls every image of a recipe, checks all of them, and writes the manifest last. An earlier manifest is
 * removed before the first pull, so a bake that fails leaves none.
 * @throws ParbakeError saying also what was pulled before; INTERRUPTED when the signal aborts
 */
export async function bake(request: BakeRequest): Promise<Baked> {
  const pulled: string[] = [];
  try {
    return await bakeAll(request, pulled);
  } catch (cause) {
    throw withPulled(cause, pulled);
  }
}

async function bakeAll(request: BakeRequest, pulled: string[]): Promise<Baked> {
  const { recipe, root, engine, lock, signal } = request;
  const startedAt = request.time.now().toISOString();
  const facts = await engine.facts(signal);
  const earlier = await earlierBake(root);
  const local = await machineWarnings(recipe, root, facts, request.isDataDiskImaged);
  const free = await freeBytes(root, facts);
  const { targets, warnings: unknown } = await resolveTargets({
    images: recipe.images,
    engine,
    facts,
    lock,
    logins: request.registries.logins,
    earlier: earlier.manifest?.images ?? [],
    registry: request.registries.questions(root, facts),
    signal,
  });
  const warnings = [
    ...recipe.warnings,
    ...unknown,
    ...local,
    ...(await checkSpace(targets, free, facts, engine, signal)),
  ];
  try {
    // Docker runs, so the seal is broken already.
    if (earlier.isSealed) await earlier.remove();
    const baked = await bakeTargets(request, targets, facts, { earlier, pulled, free, startedAt });
    if (earlier.isSealed)
      warnings.push({
        code: 'SEAL_BROKEN',
        message:
          'the earlier bake was sealed; its manifest was removed, so scrub again before this root is cloned',
      });
    for (const problem of request.registries.logins.problems().values())
      warnings.push({
        code: 'LOGIN_HELPER_FAILED',
        message: `${problem}; its images were pulled without a login`,
      });
    warnings.push(...(await bootLoginWarnings(recipe.images, root, request.registries.logins)));
    return { ...baked, warnings: [...warnings, ...baked.warnings] };
  } catch (cause) {
    await earlier.remove();
    throw cause;
  }
}

async function bakeTargets(
  request: BakeRequest,
  targets: readonly Target[],
  facts: EngineFacts,
  { earlier, pulled, free, startedAt }: Begun,
): Promise<Baked> {
  const { recipe, root, engine, lock, provenance, signal } = request;
  const atBoot = bootImages(targets);
  const baked = targets.filter(({ image }) => image.atBoot !== true);
  const results = await bakeEach(baked, facts, request, { earlier, pulled });
  const incomparable = await verifyAll(baked, results, facts, request);
  const isHere = ({ image }: ContainerSpec): boolean => atBoot.every(({ ref }) => ref !== image);
  const programs = recipe.roles.flatMap(({ containers }) => containers.filter(isHere));
  // Most containers run their image's own command, which is checked once for the image.
  const checks = new Map(
    programs.map(({ image, entrypoint, command, workingDir, env }) => {
      const program = { image, entrypoint, command, workingDir, env };
      return [JSON.stringify(program), program];
    }),
  );
  for (const program of checks.values()) await request.checks.checkProgram(program, signal);
  signal.throwIfAborted();
  const images = results.map((result) => result.image);
  const lockText = formatLock(lockOf(targets, lock.lock));
  const content = {
    apiVersion: 'parbake/v1' as const,
    ...provenance.agent,
    lockSha256: sha256(lockText),
    builder: await builderFacts(root, facts, request.isDataDiskImaged, await provenance.metadata, signal),
    ...(Object.keys(provenance.machineImage).length === 0 ? {} : { machineImage: provenance.machineImage }),
    hostSbom: provenance.hostSbom,
    images,
    ...(atBoot.length === 0 ? {} : { atBoot }),
    roles: recipe.roles,
  };
  const isLockWritten = lock.mode !== 'frozen' && (await writeLock(lock.path, lockText)) === 'written';
  const lockFile = lock.path;
  const { disk, warnings: leftovers } = await lookAtDisk(root, facts, engine, free, signal);
  const warnings = [...incomparable, ...leftovers];
  const { manifest: before } = earlier;
  if (
    before !== undefined &&
    !earlier.isRemoved &&
    !isRecordingDue(request, root) &&
    saysTheSame(before, content)
  ) {
    const manifestFile = root.path(manifestPath);
    return {
      manifest: before,
      manifestFile,
      lockFile,
      changed: isLockWritten,
      results,
      recordings: [],
      warnings,
    };
  }
  await earlier.remove();
  const recorded = await recordAll(request, images, dataRootHere(root, facts));
  const manifest: Manifest = {
    ...content,
    bakeId: provenance.bakeId,
    startedAt,
    createdAt: request.time.now().toISOString(),
    disk,
    seal: null,
  };
  const manifestFile = await writeManifest(root, manifest);
  const { starts: recordings } = recorded;
  warnings.push(...recorded.warnings);
  return { manifest, manifestFile, lockFile, changed: true, results, recordings, warnings };
}

/** A bake without changes keeps its recordings, unless the operator asks for new ones. */
function isRecordingDue({ recording }: BakeRequest, root: Root): boolean {
  if (recording === undefined) return false;
  return recording.isAskedFor || !existsSync(root.path(recordingsPath));
}

/** Records starts right before the manifest is written, when nothing moves blocks any more. */
async function recordAll(
  request: BakeRequest,
  images: readonly BakedImage[],
  dataRoot: string,
): Promise<RecordedStarts> {
  const { recording, root, provenance, recipe, signal, progress } = request;
  const { bakeId } = provenance;
  if (recording === undefined) return { starts: [], warnings: [] };
  const { containers, stopEngine, timeoutMs, misses } = recording;
  const away = new Set(recipe.images.filter(({ atBoot }) => atBoot === true).map(({ ref }) => ref));
  // An image that is not on the builder cannot be started here.
  const roles = recipe.roles.filter(({ containers }) => containers.every(({ image }) => !away.has(image)));
  const onStart = (what: string): void => progress.note(what);
  const common = { root, dataRoot, bakeId, images, roles, stopEngine, timeoutMs, signal, onStart };
  const recorded = await recordStarts({ ...common, engine: containers });
  return { ...recorded, starts: await addAllMisses(root, recorded.starts, misses) };
}

/**
 * Checks all images once they are there, since a later pull may have moved a tag, or an operator removed an image. Then
 * reads all bytes.
 */
async function verifyAll(
  targets: readonly Target[],
  results: readonly BakeResult[],
  facts: EngineFacts,
  { engine, signal, checks, root, progress }: BakeRequest,
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  const verifier = checks.bytesOf?.(dataRootHere(root, facts), facts);
  if (verifier !== undefined) progress.note('reading every byte of the images on the disk');
  for (const [index, { image }] of targets.entries()) {
    const { ref } = image;
    const found = await engine.inspect(localName(image.image), signal);
    if (found === undefined) throw new ParbakeError('IMAGE_PULL_FAILED', `${ref} was pulled, but is gone`);
    const known = results[index]?.image;
    if (found.id !== known?.imageId)
      throw new ParbakeError(
        'IMAGE_DIGEST_MISMATCH',
        `${ref} was ${known?.imageId ?? 'unknown'} after its pull and is ${found.id} now`,
      );
    if (verifier === undefined) continue;
    known.verification = await verifier.verify(known, localName(image.image), found);
    const { bytes, ms, reason } = known.verification;
    if (reason !== undefined) {
      const message = `the bytes of ${ref} cannot be compared with what was pulled, because ${reason}; nothing of it is known to be damaged`;
      warnings.push({ code: 'BYTES_INCOMPARABLE', message });
    }
    const verdict = reason === undefined ? 'verified' : 'they cannot be compared';
    progress.note(`${ref}: ${formatBytes(bytes)} read in ${formatMs(ms)}, ${verdict}`);
  }
  return warnings;
}

/** The images that the recipe leaves to the instances, with their digests: clones that boot weeks apart run the same. */
function bootImages(targets: readonly Target[]): BootImage[] {
  return targets.flatMap(({ image: { ref, platform, atBoot }, digest, signature }) => {
    if (atBoot !== true || digest === undefined) return [];
    return [{ ref, digest, platform, ...defined({ signature }) }];
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function withPulled(cause: unknown, pulled: readonly string[]): unknown {
  const note =
    pulled.length === 0
      ? 'nothing was pulled'
      : `pulled until then: ${pulled.join(', ')}; nothing of that is lost, the next bake goes on from there`;
  if (isAbort(cause)) return new ParbakeError('INTERRUPTED', `the bake was interrupted; ${note}`, { cause });
  // Saying that a damaged image is already there would mislead.
  if (!(cause instanceof ParbakeError) || cause.code === 'IMAGE_CORRUPT') return cause;
  return new ParbakeError(cause.code, `${cause.message}; ${note}`, { cause });
}
