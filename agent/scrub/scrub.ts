import { ParbakeError } from '../../proto/errors/errors.ts';
import type { KeptRule, Removal } from '../core/manifest.ts';
import type { UpkeepEngine } from '../docker/upkeep.ts';
import { openJournal } from './journal.ts';
import { locate, type Found } from './locate.ts';
import { withoutMachineId } from './machine-id.ts';
import type { PlanRequest, ScrubPlan } from './plan.ts';
import { removalOf } from './removal.ts';
import type { Remove } from './remove.ts';
import { writeSeal } from '../manifest/seal.ts';
import {
  checkImages,
  checkInitramfs,
  checkRules,
  checkSecrets,
  notSealed,
  verify,
  type RuleResult,
} from './verify.ts';
import { manifestFile } from '../manifest/read.ts';

export interface ScrubRequest extends PlanRequest {
  engine: UpkeepEngine | undefined;
  stopDocker: () => Promise<void>;
  /** Keeps what cannot be stopped from writing to the image until the power is off. */
  beforeSeal?: () => Promise<void>;
  /** Reasons that were given for skipped rules. */
  keptBecause?: readonly KeptRule[];
  remove: Remove;
  now: () => Date;
}

export interface Scrubbed {
  dataRoot: string;
  removed: Removal[];
  kept: string[];
  /** True when the root was sealed before and nothing had to be done. */
  unchanged: boolean;
}

/**
 * Stops Docker, removes what the rules say, checks every rule and seals. When it is killed at any point and run again, the result is
 * the same, manifest included. On a sealed root it changes nothing.
 * @throws ParbakeError SCRUB_FAILED, NOT_SEALED, INTERRUPTED; what Docker refuses
 */
export async function scrub(request: ScrubRequest, plan: ScrubPlan): Promise<Scrubbed> {
  const { root, keep, signal } = request;
  const { manifest, places, rules } = plan;
  const { dataRoot } = places;
  const file = await manifestFile(root);
  const journal = await openJournal(file, manifest.bakeId);
  if (manifest.seal !== null && (await isDone(request, plan))) {
    await journal.close();
    const { removed, kept } = manifest.seal;
    return { dataRoot, removed, kept, unchanged: true };
  }
  // The kernel's clock for files lags a little.
  const since = request.now().getTime() - 1000;
  const told = await withoutMachineId(root);
  await journal.add([...(manifest.seal?.removed ?? []), ...told(plan.removals)]);
  await removeThroughEngine(request, plan);
  await request.stopDocker();
  const found: Found[] = [];
  const removals: Removal[] = [];
  for (const rule of rules)
    for (const one of await locate(rule, places)) {
      // It came after the plan; the check at the end names it.
      if (one.refuse !== undefined) continue;
      found.push(one);
      removals.push(await removalOf(root, rule.id, one));
    }
  await journal.add(told(removals));
  for (const one of found) {
    if (signal.aborted) throw new ParbakeError('INTERRUPTED', `the scrub was interrupted before ${one.path}`);
    await request.remove(root, one);
  }
  const checked = await checkRules(rules, places, [], since);
  const others = [
    await searchAgain(request, plan),
    await checkInitramfs(root, keep, signal),
    await checkImages(root, manifest, keep),
  ];
  const left = [...checked, ...others].filter((rule) => !rule.passed);
  if (left.length > 0) throw notSealed({ sealed: false, rules: left });
  await request.beforeSeal?.();
  const removed = journal.removals().filter(({ rule }) => !keep.includes(rule));
  const { keptBecause = [] } = request;
  await writeSeal(file, manifest, {
    sealedAt: request.now().toISOString(),
    removed,
    kept: [...keep],
    ...(keptBecause.length === 0 ? {} : { keptBecause: [...keptBecause] }),
  });
  await journal.close();
  return { dataRoot, removed, kept: [...keep], unchanged: false };
}

/** What rules that were left out would have found is excepted with them. */
async function searchAgain(
  { keep, allRules, signal }: ScrubRequest,
  { places, rules }: ScrubPlan,
): Promise<RuleResult> {
  const leftOut = allRules.filter((rule) => !rules.includes(rule));
  const found = await checkRules(leftOut, places, keep, undefined);
  return await checkSecrets(found, places, keep, undefined, signal);
}

/** Whether the root is sealed and has nothing left to remove. */
async function isDone({ root, keep, engine, signal }: ScrubRequest, plan: ScrubPlan): Promise<boolean> {
  const isRewritten = new Set(plan.rules.filter((rule) => rule.isRewritten).map(({ id }) => id));
  if (engine !== undefined || plan.removals.some(({ rule }) => !isRewritten.has(rule))) return false;
  const isAsStrict = plan.manifest.seal?.kept.every((rule) => keep.includes(rule)) ?? false;
  return isAsStrict && (await verify(root, signal)).sealed;
}

/** Removes containers first, because they use volumes. */
async function removeThroughEngine({ engine, signal }: ScrubRequest, plan: ScrubPlan): Promise<void> {
  const { contents } = plan;
  if (engine === undefined || contents === undefined) return;
  const has = (id: string): boolean => plan.rules.some((rule) => rule.id === id);
  if (has('docker-containers'))
    for (const { id } of contents.containers) await engine.removeContainer(id, signal);
  if (has('docker-volumes')) for (const { id } of contents.volumes) await engine.removeVolume(id, signal);
  if (has('docker-build-cache') && contents.buildCacheBytes > 0) await engine.pruneBuildCache(signal);
  const left = await engine.contents(signal);
  const carried = [
    ...(has('docker-containers') ? left.containers.map(({ name }) => `container ${name}`) : []),
    ...(has('docker-volumes') ? left.volumes.map(({ name }) => `volume ${name}`) : []),
    ...(has('docker-build-cache') && left.buildCacheBytes > 0 ? ['build cache'] : []),
  ];
  // Somebody is using Docker meanwhile, and nobody agreed to lose what they made.
  if (carried.length > 0)
    throw new ParbakeError('SCRUB_FAILED', `Docker still has ${carried.join(', ')} after their removal`);
}
