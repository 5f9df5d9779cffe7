import { lstat } from 'node:fs/promises';
import { ParbakeError } from '../../proto/errors.ts';
import { manifestPath, type Manifest } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';
import { locate, type Places } from './locate.ts';
import { manifestFile, placesOf, readManifest } from './places.ts';
import { kindOf, resolveInRoot } from './resolve.ts';
import { scrubRules, type ScrubRule } from './rules.ts';
import { sealedMode } from './seal.ts';

export interface RuleResult {
  id: string;
  /** What the rule would remove is not there, or the rule was left out on request. */
  passed: boolean;
  kept: boolean;
  /** Below the root. */
  found: string[];
}

export interface Verification {
  sealed: boolean;
  rules: RuleResult[];
  /** Why it does not count as sealed although every rule may hold. */
  problem?: string;
}

/** Is this root sealed? Every rule is checked again; the manifest is not trusted. @throws SCRUB_FAILED */
export async function verify(root: Root): Promise<Verification> {
  const { manifest, problem } = await readSealed(root);
  const rules = await checkRules(scrubRules, placesOf(root, manifest), manifest?.seal?.kept ?? []);
  const sealed = problem === undefined && rules.every((rule) => rule.passed);
  return { sealed, rules, ...(problem === undefined ? {} : { problem }) };
}

export async function checkRules(
  rules: readonly ScrubRule[],
  places: Places,
  kept: readonly string[],
): Promise<RuleResult[]> {
  return await Promise.all(
    rules.map(async (rule) => {
      const found = (await locate(rule, places)).map(({ path }) => path);
      const isKept = kept.includes(rule.id);
      return { id: rule.id, passed: isKept || found.length === 0, kept: isKept, found };
    }),
  );
}

/** A broken manifest is a finding like others: the rules are told all the same. */
async function readSealed(root: Root): Promise<{ manifest?: Manifest; problem?: string }> {
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
  return { manifest, ...(problem === undefined ? {} : { problem }) };
}

async function sealProblem(root: Root, manifest: Manifest): Promise<string | undefined> {
  if (manifest.seal === null) return 'the manifest is not sealed: it was baked but not scrubbed';
  const { mode } = await lstat(await manifestFile(root));
  if ((mode & 0o777) !== sealedMode)
    return `the sealed manifest has mode ${(mode & 0o777).toString(8)} and not 444: it was changed after the seal`;
  const { dataRoot } = manifest.builder;
  const place = await resolveInRoot(root, dataRoot);
  // Rules about a data root that is not there hold for the wrong reason.
  const isThere = place !== undefined && (await kindOf(root, place)) === 'directory';
  if (isThere || manifest.images.length === 0) return undefined;
  return `the data root ${dataRoot} with the baked images is not there: is its file system mounted?`;
}

/** What leaked, by rule. */
export function notSealed(verification: Verification): ParbakeError {
  const leaks = verification.rules
    .filter((rule) => !rule.passed)
    .map((rule) => `${rule.id} (${rule.found.join(', ')})`);
  const parts = [verification.problem, leaks.length === 0 ? undefined : `found ${leaks.join('; ')}`];
  return new ParbakeError('NOT_SEALED', `not sealed: ${parts.filter(Boolean).join('; ')}`);
}
