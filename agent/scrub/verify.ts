import { stat } from 'node:fs/promises';
import { ParbakeError } from '../../proto/errors.ts';
import { manifestPath, type Manifest } from '../core/manifest.ts';
import type { Root } from '../host/root.ts';
import { locate, type Places } from './locate.ts';
import { placesOf, readManifest } from './places.ts';
import { scrubRules, type ScrubRule } from './rules.ts';

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

/** Is this root sealed? Every rule is checked again; the manifest is not trusted. */
export async function verify(root: Root): Promise<Verification> {
  const manifest = await readManifest(root);
  const rules = await checkRules(scrubRules, placesOf(root, manifest), manifest?.seal?.kept ?? []);
  const problem = await sealProblem(root, manifest);
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
      const found = await locate(rule, places);
      const isKept = kept.includes(rule.id);
      return { id: rule.id, passed: isKept || found.length === 0, kept: isKept, found };
    }),
  );
}

async function sealProblem(root: Root, manifest: Manifest | undefined): Promise<string | undefined> {
  if (manifest === undefined) return `there is no manifest at ${manifestPath}: nothing was baked`;
  if (manifest.seal === null) return 'the manifest is not sealed: it was baked but not scrubbed';
  const { mode } = await stat(root.path(manifestPath));
  return (mode & 0o222) === 0 ? undefined : 'the sealed manifest is writable: it was replaced after the seal';
}

/** What leaked, by rule. */
export function notSealed(verification: Verification): ParbakeError {
  const leaks = verification.rules
    .filter((rule) => !rule.passed)
    .map((rule) => `${rule.id} (${rule.found.join(', ')})`);
  const parts = [verification.problem, leaks.length === 0 ? undefined : `found ${leaks.join('; ')}`];
  return new ParbakeError('NOT_SEALED', `not sealed: ${parts.filter(Boolean).join('; ')}`);
}
