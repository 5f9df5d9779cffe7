import { ParbakeError } from '../../proto/errors.ts';
import { manifestPath, type Manifest, type Removal } from '../core/manifest.ts';
import type { EngineContents, UpkeepEngine } from '../docker/upkeep.ts';
import type { Root } from '../host/root.ts';
import { locate, type Places } from './locate.ts';
import { placesOf, readManifest } from './places.ts';
import type { Remove } from './remove.ts';
import { scrubRules, type Consent, type ScrubRule } from './rules.ts';
import { writeSeal } from './seal.ts';
import { checkRules, notSealed, verify } from './verify.ts';

export interface ScrubRequest {
  root: Root;
  /** Ids of rules to leave out. */
  keep: readonly string[];
  /** What a person agreed to lose. */
  consents: readonly Consent['option'][];
  /** The Engine, when it runs. */
  engine: UpkeepEngine | undefined;
  stopDocker: () => Promise<void>;
  remove: Remove;
  now: () => Date;
  signal: AbortSignal;
}

export interface ScrubPlan {
  manifest: Manifest;
  places: Places;
  rules: ScrubRule[];
  /** What would be removed, in order. Stopping Docker may leave less of it. */
  removals: Removal[];
}

export interface Scrubbed {
  dataRoot: string;
  removed: Removal[];
  kept: string[];
  /** True when the root was sealed before and nothing had to be done. */
  unchanged: boolean;
}

/**
 * What a scrub would do; touches nothing.
 * @throws ParbakeError SCRUB_REFUSED with every reason at once
 */
export async function planScrub(request: ScrubRequest): Promise<ScrubPlan> {
  const { root, keep, consents, engine, signal } = request;
  const manifest = await readManifest(root);
  if (manifest === undefined)
    throw new ParbakeError('SCRUB_REFUSED', `there is no ${manifestPath}: bake first, then scrub`);
  const places = placesOf(root, manifest);
  const rules = scrubRules.filter((rule) => !keep.includes(rule.id));
  const contents = await engine?.contents(signal);
  const refusals: string[] = contents === undefined ? [] : engineRefusals(contents, rules, consents);
  const removals = contents === undefined ? [] : engineRemovals(contents, rules);
  for (const rule of rules) {
    const found = await locate(rule, places);
    // While the Engine runs it is the one that knows; its files follow once it has stopped.
    const isLoss = contents === undefined && rule.consent?.shownBy === 'files' && found.length > 0;
    if (isLoss && isUnagreed(rule, consents))
      refusals.push(
        `${rule.what} are there (${found.join(', ')}): give ${rule.consent?.option ?? ''} or --keep ${rule.id}`,
      );
    removals.push(...found.map((path) => ({ rule: rule.id, path })));
  }
  if (refusals.length > 0)
    throw new ParbakeError('SCRUB_REFUSED', `nothing was removed: ${refusals.join('; ')}`);
  return { manifest, places, rules, removals };
}

/**
 * Stops Docker, removes what the rules say, checks every rule and seals. Killed at any point and run again it
 * comes to the same end; on a sealed root it changes nothing.
 * @throws ParbakeError SCRUB_REFUSED before anything was removed; SCRUB_FAILED, NOT_SEALED, INTERRUPTED
 */
export async function scrub(request: ScrubRequest, plan: ScrubPlan): Promise<Scrubbed> {
  const { root, keep } = request;
  const { dataRoot } = plan.places;
  if (request.engine === undefined && (await verify(root)).sealed)
    return { dataRoot, removed: plan.manifest.seal?.removed ?? [], kept: [...keep], unchanged: true };
  const removed = await removeThroughEngine(request, plan.rules);
  await request.stopDocker();
  for (const rule of plan.rules) {
    for (const path of await locate(rule, plan.places)) {
      if (request.signal.aborted)
        throw new ParbakeError('INTERRUPTED', `the scrub was interrupted before ${path}`);
      await request.remove(root, path);
      removed.push({ rule: rule.id, path });
    }
  }
  const left = (await checkRules(plan.rules, plan.places, [])).filter((rule) => !rule.passed);
  if (left.length > 0) throw notSealed({ sealed: false, rules: left });
  const before = plan.manifest.seal === null ? [] : plan.manifest.seal.removed;
  await writeSeal(root, plan.manifest, [...before, ...removed], keep, request.now());
  return { dataRoot, removed, kept: [...keep], unchanged: false };
}

function engineRefusals(
  contents: EngineContents,
  rules: readonly ScrubRule[],
  consents: readonly Consent['option'][],
): string[] {
  const unagreed = new Set(rules.filter((rule) => isUnagreed(rule, consents)).map((rule) => rule.id));
  const refusals: string[] = [];
  const { containers, volumes } = contents;
  if (contents.swarm !== 'inactive' && rules.some((rule) => rule.id === 'docker-swarm'))
    refusals.push(`this Engine is a swarm node (${contents.swarm}): run "docker swarm leave --force" first`);
  if (containers.length > 0 && unagreed.has('docker-containers')) {
    const list = containers.map(({ name, running }) => `${name}${running ? ' (running)' : ''}`).join(', ');
    refusals.push(`containers are there (${list}): give --remove-containers`);
  }
  if (volumes.length > 0 && unagreed.has('docker-volumes'))
    refusals.push(`volumes are there (${volumes.map(({ name }) => name).join(', ')}): give --remove-volumes`);
  if (contents.buildCacheBytes > 0 && unagreed.has('docker-build-cache'))
    refusals.push(`the build cache holds ${contents.buildCacheBytes} bytes: give --remove-build-cache`);
  return refusals;
}

/** An empty store of the Engine's own is no loss; consent is for what the Engine lists. */
function isUnagreed(rule: ScrubRule, consents: readonly Consent['option'][]): boolean {
  return rule.consent !== undefined && !consents.includes(rule.consent.option);
}

function engineRemovals(contents: EngineContents, rules: readonly ScrubRule[]): Removal[] {
  const has = (id: string): boolean => rules.some((rule) => rule.id === id);
  return [
    ...(has('docker-containers') ? contents.containers : []).map(({ name }) => ({
      rule: 'docker-containers',
      path: `docker:container/${name}`,
    })),
    ...(has('docker-volumes') ? contents.volumes : []).map(({ name }) => ({
      rule: 'docker-volumes',
      path: `docker:volume/${name}`,
    })),
  ];
}

async function removeThroughEngine(request: ScrubRequest, rules: readonly ScrubRule[]): Promise<Removal[]> {
  const { engine, signal } = request;
  if (engine === undefined) return [];
  const contents = await engine.contents(signal);
  const removals = engineRemovals(contents, rules);
  const isRemoved = (id: string): boolean => removals.some((removal) => removal.rule === id);
  if (isRemoved('docker-containers'))
    for (const { id } of contents.containers) await engine.removeContainer(id, signal);
  if (isRemoved('docker-volumes'))
    for (const { id } of contents.volumes) await engine.removeVolume(id, signal);
  if (contents.buildCacheBytes > 0 && rules.some((rule) => rule.id === 'docker-build-cache'))
    await engine.pruneBuildCache(signal);
  return removals;
}
