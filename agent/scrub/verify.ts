import { ParbakeError } from '../../proto/errors/errors.ts';
import { manifestPath, type Manifest } from '../core/manifest.ts';
import { lostImages } from '../docker/disk/baked-images.ts';
import { dataDisk } from '../docker/disk/data-disk.ts';
import { bootedAt } from '../host/kernel-facts.ts';
import type { Root } from '../host/root.ts';
import { initramfsFindings } from './initramfs.ts';
import { locate, writtenAt, type Places } from './locate.ts';
import { imagesCheck, initramfsCheck, secretsRule } from './rules/secret-exception.ts';
import { privateFileText, searchPrivate } from './secrets.ts';
import { placesOf } from './places.ts';
import type { ScrubRule } from './rules/rule.ts';
import { rulesOf } from './rules/own.ts';
import { sealProblem } from '../manifest/seal.ts';
import { readManifest } from '../manifest/read.ts';

export interface RuleResult {
  id: string;
  /** Whether nothing is left that the rule would remove, or the rule was skipped on request. */
  passed: boolean;
  kept: boolean;
  /** Paths below the root. */
  found: string[];
  /** Paths below the root that running services wrote after the scrub; they do not break the seal. */
  rewritten: string[];
}

export interface Verification {
  sealed: boolean;
  rules: RuleResult[];
  /** Why the root does not count as sealed, although every rule may pass. */
  problem?: string | undefined;
}

/** Maximum time from the first removal to the seal, in milliseconds. Anything older existed before the scrub. */
const longestScrub = 10 * 60_000;

/**
 * Checks whether a root is sealed. Every rule is checked again, since the manifest is not trusted.
 * @throws SCRUB_FAILED, SCRUB_RULES_INVALID; the signal's reason when it aborts
 */
export async function verify(root: Root, signal = new AbortController().signal): Promise<Verification> {
  const { manifest, problem } = await readSealed(root);
  const seal = manifest?.seal ?? undefined;
  const kept = seal?.kept ?? [];
  const since = seal === undefined ? undefined : Date.parse(seal.sealedAt) - longestScrub;
  const places = await placesOf(root, manifest, kept);
  const rules = await checkRules(await rulesOf(root), places, kept, since);
  rules.push(
    await checkSecrets(rules, places, kept, since, signal),
    await checkInitramfs(root, kept, signal),
    await checkImages(root, manifest, kept),
  );
  const sealed = problem === undefined && rules.every((rule) => rule.passed);
  return { sealed, rules, problem };
}

/** @param since when the scrub began, in milliseconds since 1970; undefined when there was none */
export async function checkRules(
  rules: readonly ScrubRule[],
  places: Places,
  kept: readonly string[],
  since: number | undefined,
): Promise<RuleResult[]> {
  return await Promise.all(
    rules.map(async (rule) => {
      const paths = (await locate(rule, places)).map(({ path }) => path);
      const own = rule.isMadeAtBoot === true ? bootAfter(places.root, since) : undefined;
      const rewritten = await newerThan(rule.isRewritten === true ? since : own, paths, places.root);
      const found = paths.filter((path) => !rewritten.includes(path));
      const isKept = kept.includes(rule.id);
      return { id: rule.id, passed: isKept || found.length === 0, kept: isKept, found, rewritten };
    }),
  );
}

/** Whether no initramfs has an identity of its own. @throws ParbakeError SCRUB_FAILED */
export async function checkInitramfs(
  root: Root,
  kept: readonly string[],
  signal: AbortSignal,
): Promise<RuleResult> {
  const isKept = kept.includes(initramfsCheck);
  const found = isKept ? [] : await initramfsFindings(root, signal);
  return { id: initramfsCheck, passed: isKept || found.length === 0, kept: isKept, found, rewritten: [] };
}

/** Whether the images of the bake are there, and will be on a copy of this disk. @throws ParbakeError SCRUB_FAILED */
export async function checkImages(
  root: Root,
  manifest: Manifest | undefined,
  kept: readonly string[],
): Promise<RuleResult> {
  const isKept = kept.includes(imagesCheck);
  const found = isKept || manifest === undefined ? [] : await imageFindings(root, manifest);
  return { id: imagesCheck, passed: isKept || found.length === 0, kept: isKept, found, rewritten: [] };
}

/** Says for each image, and for the disk that has them, why a clone would not have them. */
export async function imageFindings(root: Root, manifest: Manifest): Promise<string[]> {
  const { builder, images } = manifest;
  if (images.length === 0) return [];
  const lost = await lostImages(root, manifest);
  const disk = builder.dataDiskImaged === true ? undefined : await dataDisk(root, builder);
  if (disk?.kind !== 'other' || disk.disks === undefined) return lost;
  return [...lost, `${disk.place}, which is on another disk (${disk.disks.join(', ')})`];
}

/**
 * Whether no file of the image has a private key or a login. What a clone has made since its image was sealed is its own.
 * @param rules what the rules found, which is theirs to report
 * @param kept rules and files that were excepted
 */
export async function checkSecrets(
  rules: readonly RuleResult[],
  places: Places,
  kept: readonly string[],
  since: number | undefined,
  signal: AbortSignal,
): Promise<RuleResult> {
  const isKept = kept.includes(secretsRule);
  const covered = rules.flatMap(({ found, rewritten }) => [...found, ...rewritten]);
  const files = isKept ? [] : await searchPrivate(places, covered, kept, signal);
  const newer = await newerThan(
    since,
    files.map(({ path }) => path),
    places.root,
  );
  const found = files.filter(({ path }) => !newer.includes(path)).map(privateFileText);
  return { id: secretsRule, passed: isKept || found.length === 0, kept: isKept, found, rewritten: newer };
}

/** Milliseconds: a clock is set during the boot. */
const clockChange = 60_000;

/**
 * When this machine booted from an image that had been sealed, in milliseconds since 1970.
 * @returns undefined for the builder itself, and for a root that is not this machine's
 */
function bootAfter(root: Root, since: number | undefined): number | undefined {
  const boot = bootedAt() - clockChange;
  return root.dir === '/' && since !== undefined && boot > since ? boot : undefined;
}

async function newerThan(since: number | undefined, paths: readonly string[], root: Root): Promise<string[]> {
  if (since === undefined) return [];
  const times = await Promise.all(paths.map((path) => writtenAt(root, path)));
  // A file that has gone in the meantime is not a leak.
  return paths.filter((_, index) => (times[index] ?? Infinity) >= since);
}

/** A broken manifest is a finding like others, so the rules are reported too. */
async function readSealed(root: Root): Promise<{ manifest?: Manifest; problem?: string | undefined }> {
  let manifest: Manifest | undefined;
  try {
    manifest = await readManifest(root);
  } catch (cause) {
    if (cause instanceof ParbakeError && cause.code === 'MANIFEST_INVALID') return { problem: cause.message };
    throw cause;
  }
  if (manifest === undefined)
    return { problem: `there is no manifest at ${manifestPath}: nothing was baked` };
  const problem = await sealProblem(root, manifest);
  return { manifest, problem };
}

/** Describes what leaked, by rule. */
export function notSealed(verification: Verification): ParbakeError {
  const leaks = verification.rules
    .filter((rule) => !rule.passed)
    .map((rule) => `${rule.id} (${someOf(rule.found).join(', ')})`);
  const parts = [verification.problem, leaks.length === 0 ? undefined : `found ${leaks.join('; ')}`];
  return new ParbakeError('NOT_SEALED', `not sealed: ${parts.filter(Boolean).join('; ')}`);
}

/** Shortens a list for people; JSON has all of it. */
export function someOf(paths: readonly string[]): string[] {
  const shown = 5;
  return paths.length <= shown ? [...paths] : [...paths.slice(0, shown), `and ${paths.length - shown} more`];
}
