import { ParbakeError } from '../../proto/errors/errors.ts';
import { manifestPath, type Manifest, type Removal } from '../core/manifest.ts';
import type { EngineContents, UpkeepEngine } from '../docker/upkeep.ts';
import type { Root } from '../host/root.ts';
import { assignmentRefusals } from './assignment.ts';
import { initramfsFindings } from './initramfs.ts';
import { locate, type Found, type Places } from './locate.ts';
import { mountsInside } from '../host/mounts.ts';
import { placesOf } from './places.ts';
import { removalOf } from './removal.ts';
import { kindOf, resolveInRoot } from '../host/resolve.ts';
import { imagesCheck, initramfsCheck, secretException, secretsRule } from './rules/secret-exception.ts';
import { swapRefusals } from './rules/swap.ts';
import { imageFindings } from './verify.ts';
import { privateFileText, searchPrivate } from './secrets.ts';
import type { Consent, ScrubRule } from './rules/rule.ts';
import { dataRootBelow } from '../docker/disk/data-root.ts';
import { readManifest } from '../manifest/read.ts';

export interface PlanRequest {
  root: Root;
  /** Ids of rules to skip. */
  keep: readonly string[];
  /** What a person agreed to lose. */
  consents: readonly Consent['option'][];
  /** The Engine, when it runs. */
  engine: Pick<UpkeepEngine, 'contents'> | undefined;
  signal: AbortSignal;
  /** Every rule of the image, see rulesOf. */
  allRules: readonly ScrubRule[];
}

export interface ScrubPlan {
  manifest: Manifest;
  places: Places;
  /** Rules that apply, without the skipped ones. */
  rules: ScrubRule[];
  /** What the Engine holds; undefined when it does not run. */
  contents: EngineContents | undefined;
  /** What is removed, in order, including what Docker itself removes when it stops. */
  removals: Removal[];
  /** Warnings that do not stop the scrub. */
  warnings: string[];
}

/**
 * Plans a scrub without touching anything.
 * @throws ParbakeError SCRUB_REFUSED with every reason at once; MANIFEST_INVALID, DOCKER_UNAVAILABLE
 */
export async function planScrub(request: PlanRequest): Promise<ScrubPlan> {
  const { root, keep, engine, signal } = request;
  const manifest = await readManifest(root);
  if (manifest === undefined)
    throw new ParbakeError(
      'SCRUB_REFUSED',
      `there is no ${manifestPath}${root.dir === '/' ? '' : ` below ${root.dir}`}: bake first, then scrub`,
    );
  const places = await placesOf(root, manifest, keep);
  const rules = request.allRules.filter((rule) => !keep.includes(rule.id));
  const contents = await engine?.contents(signal);
  const refusals = [
    ...(await assignmentRefusals(root)),
    ...(await dataRootRefusals(places, manifest, contents)),
  ];
  if (contents !== undefined) refusals.push(...engineRefusals(contents, rules, request.consents));
  const removals = contents === undefined ? [] : engineRemovals(contents, rules);
  const mounts = await mountsInside(root);
  refusals.push(...(await secretRefusals(request, places)));
  if (!keep.includes(initramfsCheck))
    refusals.push(
      ...(await initramfsFindings(root, signal)).map((text) => `${text}, or give --keep ${initramfsCheck}`),
    );
  if (!keep.includes(imagesCheck)) refusals.push(...(await imageRefusals(root, manifest)));
  if (rules.some(({ id }) => id === 'swap-files')) refusals.push(...(await swapRefusals(root)));
  for (const rule of rules) {
    const found = await locate(rule, places);
    refusals.push(...mountRefusals(rule, found, mounts, places.dataRoot));
    refusals.push(...fileRefusals(rule, found, request, contents && places.dataRoot));
    const removed = found.filter(({ refuse }) => refuse === undefined);
    removals.push(...(await Promise.all(removed.map((one) => removalOf(root, rule.id, one)))));
  }
  if (refusals.length > 0)
    throw new ParbakeError('SCRUB_REFUSED', `nothing was removed: ${refusals.join('; ')}`);
  const warnings = contents === undefined ? [] : engineWarnings(contents, rules, manifest);
  return { manifest, places, rules, contents, removals, warnings };
}

async function imageRefusals(root: Root, manifest: Manifest): Promise<string[]> {
  const found = await imageFindings(root, manifest);
  if (found.length === 0) return [];
  return [
    `clones would not have what was baked: ${found.join(', ')}: bake again, with --data-disk-imaged if the machine image has Docker's disk too, or give --keep ${imagesCheck}`,
  ];
}

/** Found before anything is removed: only a person knows whether a file is a secret, and where else it is kept. */
async function secretRefusals({ keep, allRules, signal }: PlanRequest, places: Places): Promise<string[]> {
  if (keep.includes(secretsRule)) return [];
  const covered = await Promise.all(allRules.map((rule) => locate(rule, places)));
  const paths = covered.flat().map(({ path }) => path);
  return (await searchPrivate(places, paths, keep, signal)).map(
    (file) =>
      `${privateFileText(file)} must not be on every clone: remove it, or give --keep ${secretException}${file.path}`,
  );
}

async function dataRootRefusals(
  { root, dataRoot }: Places,
  manifest: Manifest,
  contents: EngineContents | undefined,
): Promise<string[]> {
  const now = contents === undefined ? dataRoot : dataRootBelow(root, contents.dataRoot);
  if (now !== dataRoot)
    return [`the images were baked in ${dataRoot}, but Docker keeps its data in ${now} now: bake again`];
  const place = await resolveInRoot(root, dataRoot);
  const isThere = place !== undefined && (await kindOf(root, place)) === 'directory';
  if (isThere || manifest.images.length === 0) return [];
  return [`the data root ${dataRoot} is not below ${root.dir}: its images would not be on the machine image`];
}

/**
 * Removing a directory would remove what another file system holds that is mounted in it. What Docker mounts is gone once
 * it has stopped, and the scrub waits for that.
 */
function mountRefusals(
  rule: ScrubRule,
  found: readonly Found[],
  mounts: readonly string[],
  dataRoot: string,
): string[] {
  return found
    .filter(({ path }) => !path.startsWith(`${dataRoot}/`))
    .flatMap(({ path }) => mounts.filter((point) => point === path || point.startsWith(`${path}/`)))
    .map((point) => `a file system is mounted at ${point}: unmount it, or give --keep ${rule.id}`);
}

/** A running Engine is asked for these kinds; files tell about the others. */
const toldByEngine = new Set(['docker-containers', 'docker-volumes', 'docker-build-cache', 'docker-swarm']);

/** @param engineDataRoot where a running Engine is the one that knows; its files follow once it has stopped */
function fileRefusals(
  rule: ScrubRule,
  found: readonly Found[],
  { consents }: PlanRequest,
  engineDataRoot: string | undefined,
): string[] {
  const refusals = found
    .filter(({ leads }) => leads !== undefined)
    .map(
      ({ path, leads }) =>
        `${path} is a symbolic link to ${leads ?? ''}, which would stay: remove both, or give --keep ${rule.id}`,
    );
  const isEngines = ({ path }: Found): boolean =>
    toldByEngine.has(rule.id) && engineDataRoot !== undefined && path.startsWith(`${engineDataRoot}/`);
  for (const { path, refuse } of found)
    if (refuse !== undefined)
      refusals.push(`${path} (${rule.what}) is there: ${refuse}, or give --keep ${rule.id}`);
  const lost = found.filter((one) => one.isPrecious && !isEngines(one));
  if (lost.length > 0 && isUnagreed(rule, consents))
    refusals.push(
      `${rule.what} are there (${lost.map(({ path }) => path).join(', ')}): give ${rule.consent?.option ?? ''} or --keep ${rule.id}`,
    );
  return refusals;
}

function engineRefusals(
  contents: EngineContents,
  rules: readonly ScrubRule[],
  consents: readonly Consent['option'][],
): string[] {
  const unagreed = new Set(rules.filter((rule) => isUnagreed(rule, consents)).map((rule) => rule.id));
  const refusals: string[] = [];
  const { containers, volumes } = contents;
  if (contents.swarm !== 'inactive' && unagreed.has('docker-swarm'))
    refusals.push(
      `this Engine is a swarm node (${contents.swarm}): give --remove-swarm or --keep docker-swarm`,
    );
  const running = containers.filter((container) => container.running);
  if (running.length > 0)
    refusals.push(`containers run (${list(running)}): stop them, then give --remove-containers`);
  if (containers.length > 0 && unagreed.has('docker-containers'))
    refusals.push(
      `containers are there (${list(containers)}): give --remove-containers or --keep docker-containers`,
    );
  if (volumes.length > 0 && unagreed.has('docker-volumes'))
    refusals.push(
      `volumes are there (${volumes.map(({ name }) => name).join(', ')}): give --remove-volumes or --keep docker-volumes`,
    );
  if (contents.buildCacheBytes > 0 && unagreed.has('docker-build-cache'))
    refusals.push(
      `the build cache holds ${contents.buildCacheBytes} bytes: give --remove-build-cache or --keep docker-build-cache`,
    );
  return refusals;
}

function list(containers: EngineContents['containers']): string {
  return containers.map(({ id, name }) => `${name}, id ${id.slice(0, 12)}`).join('; ');
}

function isUnagreed(rule: ScrubRule, consents: readonly Consent['option'][]): boolean {
  return rule.consent !== undefined && !consents.includes(rule.consent.option);
}

function engineRemovals(contents: EngineContents, rules: readonly ScrubRule[]): Removal[] {
  const has = (id: string): boolean => rules.some((rule) => rule.id === id);
  const { containers, volumes, buildCacheBytes } = contents;
  return [
    ...(has('docker-containers') ? containers : []).map(({ id, name }) => ({
      rule: 'docker-containers',
      path: `docker:container/${id.slice(0, 12)} (${name})`,
    })),
    ...(has('docker-volumes') ? volumes : []).map(({ name }) => ({
      rule: 'docker-volumes',
      path: `docker:volume/${name}`,
    })),
    ...(has('docker-build-cache') && buildCacheBytes > 0
      ? [{ rule: 'docker-build-cache', path: 'docker:build-cache' }]
      : []),
  ];
}

function engineWarnings(contents: EngineContents, rules: readonly ScrubRule[], manifest: Manifest): string[] {
  const baked = new Set(manifest.images.map((image) => image.imageId));
  const networks = rules.some((rule) => rule.id === 'docker-network-db') ? contents.networks : [];
  return [
    ...contents.images
      .filter((image) => !baked.has(image.id))
      .map((image) => `image ${image.name} is not in the manifest and stays on the machine image`),
    ...networks.map((name) => `network ${name} is lost with the network database`),
  ];
}
