import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { ParbakeError } from '../../proto/errors.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import { localName } from '../core/image-ref.ts';
import { eachBounded } from '../core/bounded.ts';
import type { BakedImage, Builder, Manifest } from '../core/manifest.ts';
import type { Recipe, RecipeImage } from '../core/recipe.ts';
import type { RegistryLogins } from '../core/registry-logins.ts';
import { isGated } from '../core/role.ts';
import type { Misses } from '../core/replay-misses.ts';
import type { ContainerSpec } from '../core/role.ts';
import type { Warning } from '../core/warning.ts';
import { gatePath } from '../gate/places.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import type { EngineFacts, ImageEngine } from '../docker/engine.ts';
import { layerRecords } from '../docker/layer-records.ts';
import type { Root } from '../host/root.ts';
import { resolveAtBoot } from './at-boot.ts';
import { bakeImage, type BakeResult } from './image.ts';
import { removeManifest, writeManifest } from './manifest-file.ts';
import { addAllMisses } from './misses.ts';
import type { BakeProgress } from './progress.ts';
import {
  recordStarts,
  removeRecordings,
  type RecordedStart,
  type RecordedStarts,
  type RecordStartsRequest,
} from './record-starts.ts';

export interface BakeRequest {
  bakeId: string;
  agentVersion: string;
  recipe: Recipe;
  root: Root;
  engine: ImageEngine;
  logins: RegistryLogins;
  /** Longest silence of a pull, milliseconds. */
  silenceMs: number;
  /** How many images are pulled at a time. */
  parallel: number;
  /** How often a pull that broke off or stalled is begun again. */
  retries: number;
  /** From 0 to 1. */
  random: () => number;
  /** Monotonic, milliseconds. */
  clock: () => number;
  now: () => Date;
  signal: AbortSignal;
  progress: BakeProgress;
  /** Looks whether an image's own command can be executed. @throws ParbakeError ENTRYPOINT_INVALID */
  checkProgram: (image: string, signal: AbortSignal) => Promise<void>;
  /** Records what starts read; absent when nothing shall be recorded. */
  recording?: {
    containers: ContainerEngine;
    stopEngine: RecordStartsRequest['stopEngine'];
    /** For each start, in milliseconds. */
    timeoutMs: number;
    /** What instances of earlier bakes read beyond their recordings. */
    misses: readonly Misses[];
  };
}

export interface Baked {
  manifest: Manifest;
  /** On this machine. */
  manifestFile: string;
  /** In the recipe's order. */
  results: BakeResult[];
  /** Starts that were recorded, the roles' first. */
  recordings: RecordedStart[];
  warnings: Warning[];
}

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
  const { recipe, root, engine, signal } = request;
  const facts = await engine.facts(signal);
  const warnings = [
    ...recipe.warnings,
    ...helperWarnings(request),
    ...dataRootWarnings(root, facts),
    ...gateWarnings(recipe, root),
  ];
  const earlier = await removeManifest(root);
  // They hold for the earlier bake's blocks and images.
  await removeRecordings(root);
  if (earlier === 'sealed')
    warnings.push({
      code: 'SEAL_BROKEN',
      message:
        'the earlier bake was sealed; its manifest was removed, so scrub again before this root is cloned',
    });
  const atBoot = await resolveAtBoot(recipe.images, request);
  const baked = recipe.images.filter((image) => image.atBoot !== true);
  const results = await bakeEach(baked, facts, request, pulled);
  await verifyAll(baked, results, engine, signal);
  const isHere = ({ image }: ContainerSpec): boolean => atBoot.every(({ ref }) => ref !== image);
  const programs = recipe.roles.flatMap(({ containers }) => containers.filter(isHere));
  for (const image of new Set(programs.map(({ image }) => image))) await request.checkProgram(image, signal);
  signal.throwIfAborted();
  const images = results.map((result) => result.image);
  const recorded = await recordAll(request, images, dataRootHere(root, facts));
  warnings.push(...recorded.warnings);
  const manifest: Manifest = {
    apiVersion: 'parbake/v1',
    bakeId: request.bakeId,
    createdAt: request.now().toISOString(),
    agentVersion: request.agentVersion,
    builder: builderOf(root, facts),
    images,
    ...(atBoot.length === 0 ? {} : { atBoot }),
    roles: recipe.roles,
    seal: null,
  };
  const manifestFile = await writeManifest(root, manifest);
  return { manifest, manifestFile, results, recordings: recorded.starts, warnings };
}

/** Last but for the manifest: whatever moves blocks has been done. */
async function recordAll(
  request: BakeRequest,
  images: readonly BakedImage[],
  dataRoot: string,
): Promise<RecordedStarts> {
  const { recording, root, bakeId, recipe, signal, progress } = request;
  if (recording === undefined) return { starts: [], warnings: [] };
  const { containers, stopEngine, timeoutMs, misses } = recording;
  const away = new Set(recipe.images.filter(({ atBoot }) => atBoot === true).map(({ ref }) => ref));
  // What is not here cannot be started here.
  const roles = recipe.roles.filter(({ containers }) => containers.every(({ image }) => !away.has(image)));
  const onStart = (what: string): void => progress.note(what);
  const common = { root, dataRoot, bakeId, images, roles, stopEngine, timeoutMs, signal, onStart };
  const recorded = await recordStarts({ ...common, engine: containers });
  return { ...recorded, starts: await addAllMisses(root, recorded.starts, misses) };
}

/** Several at a time. A failure ends the others too: the bake has failed, and they are kept as far as they are complete. */
async function bakeEach(
  images: readonly RecipeImage[],
  facts: EngineFacts,
  request: BakeRequest,
  pulled: string[],
): Promise<BakeResult[]> {
  const { parallel, silenceMs, clock } = request;
  const lastWord = new Map<string, number>();
  return await eachBounded(images, parallel, request.signal, (image, signal) => {
    const heard = (): void => void lastWord.set(image.ref, clock());
    const othersGetOn = (): boolean =>
      [...lastWord].some(([ref, at]) => ref !== image.ref && clock() - at < silenceMs);
    return bakeOne(image, facts, { ...request, signal }, { heard, othersGetOn, pulled });
  });
}

async function bakeOne(
  image: RecipeImage,
  facts: EngineFacts,
  request: BakeRequest,
  others: { heard: () => void; othersGetOn: () => boolean; pulled: string[] },
): Promise<BakeResult> {
  const { root, progress, retries, random, now } = request;
  const { ref } = image;
  progress.start(ref);
  const result = await bakeImage(image, {
    engine: request.engine,
    platform: { os: facts.os, architecture: facts.architecture, variant: '' },
    login: request.logins.find(image.image.domain),
    silenceMs: request.silenceMs,
    clock: request.clock,
    now,
    signal: request.signal,
    recordsOf: (diffIds) => layerRecords(dataRootHere(root, facts), facts.storageDriver, diffIds),
    othersGetOn: others.othersGetOn,
    retrying: { retries, random, now, onRetry: (retry) => progress.retry(ref, retry) },
    onProgress: (layers) => {
      others.heard();
      progress.update(ref, layers);
    },
    onPulled: () => void others.pulled.push(ref),
  });
  progress.done(result);
  return result;
}

/** Once all are there: a later pull may have moved a tag, or somebody removed an image. */
async function verifyAll(
  baked: readonly RecipeImage[],
  results: readonly BakeResult[],
  engine: ImageEngine,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, { ref, image }] of baked.entries()) {
    const found = await engine.inspect(localName(image), signal);
    if (found === undefined)
      throw new ParbakeError('IMAGE_PULL_FAILED', `${ref} was pulled, but is no longer there`);
    const known = results[index]?.image;
    if (found.id !== known?.imageId)
      throw new ParbakeError(
        'IMAGE_DIGEST_MISMATCH',
        `${ref} was ${known?.imageId ?? 'unknown'} after its pull and is ${found.id} now`,
      );
  }
}

function builderOf(root: Root, facts: EngineFacts): Builder {
  return {
    engineIdSha256: createHash('sha256').update(facts.engineId).digest('hex'),
    engineVersion: facts.version,
    apiVersion: facts.apiVersion,
    storageDriver: facts.storageDriver,
    dataRoot: belowRoot(root, facts.dataRoot) ?? facts.dataRoot,
    architecture: facts.architecture,
    kernel: facts.kernel,
  };
}

/** A path of this machine as one below the root; undefined when it is elsewhere. */
function belowRoot(root: Root, path: string): string | undefined {
  const inside = relative(root.dir, path);
  return inside === '' || inside.startsWith('..') ? undefined : `/${inside}`;
}

/** An Engine in the root's own mount namespace names its data root as the root sees it. */
function dataRootHere(root: Root, facts: EngineFacts): string {
  const isOutside = belowRoot(root, facts.dataRoot) === undefined;
  return isOutside ? root.path(facts.dataRoot) : facts.dataRoot;
}

function dataRootWarnings(root: Root, facts: EngineFacts): Warning[] {
  if (existsSync(dataRootHere(root, facts))) return [];
  return [
    {
      code: 'DATA_ROOT_OUTSIDE',
      message: `Docker keeps images in ${facts.dataRoot}, which is not below ${root.dir}: they will not be in its image`,
    },
  ];
}

function gateWarnings({ roles }: Recipe, root: Root): Warning[] {
  const gated = roles.filter(({ containers }) => containers.some(({ prepare }) => isGated(prepare)));
  if (gated.length === 0 || existsSync(root.path(gatePath))) return [];
  const names = gated.map(({ name }) => name).join(', ');
  return [
    {
      code: 'GATE_MISSING',
      message: `there is no gate at ${root.path(gatePath)}: containers of ${names} will start only at assignment`,
    },
  ];
}

function helperWarnings({ recipe, logins }: BakeRequest): Warning[] {
  const domains = new Set(recipe.images.map((image) => image.image.domain));
  return logins.helped
    .filter((domain) => domains.has(domain))
    .map((domain) => ({
      code: 'CREDENTIAL_HELPER_IGNORED',
      message: `the login for ${domain} is with a credential helper, which is not asked; use "docker login" without one`,
    }));
}

function withPulled(cause: unknown, pulled: readonly string[]): unknown {
  const note =
    pulled.length === 0
      ? 'nothing was pulled'
      : `pulled until then: ${pulled.join(', ')}; nothing of that is lost, the next bake goes on from there`;
  if (isAbort(cause)) return new ParbakeError('INTERRUPTED', `the bake was interrupted; ${note}`, { cause });
  if (!(cause instanceof ParbakeError)) return cause;
  return new ParbakeError(cause.code, `${cause.message}; ${note}`, { cause });
}
