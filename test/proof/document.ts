import type { Manifest } from '../../agent/core/manifest.ts';
import { namedRules, type FactSheet, type Finding } from './compare.ts';

/** What `npm run proof -- --json` prints. */
export interface ProofDocument {
  targets: TargetProof[];
  controls: Control[];
}

/** A builder that was dirtied, baked, scrubbed and cloned, with its clones booted. */
export interface TargetProof {
  target: string;
  clones: number;
  /** Values that were compared with each other and with the builder's. */
  identities_compared: number;
  /** Identities that two clones share. */
  duplicates: string[];
  /** Identities that a clone shares with the builder. */
  parent_matches: string[];
  canaries_planted: number;
  canaries_found: number;
  images_match_manifest: boolean;
  /** Everything that is wrong, for people; empty when the proof holds. */
  problems: string[];
}

/** The same with one rule left out: the proof has to fail, and to name that rule and no other. */
export interface Control {
  rule: string;
  target: string;
  caught: boolean;
  named: boolean;
  /** The rules that were named. */
  named_rules: string[];
}

export function isProven({ targets, controls }: ProofDocument): boolean {
  return (
    targets.every(({ problems }) => problems.length === 0) &&
    controls.every(({ caught, named }) => caught && named)
  );
}

export interface Observed {
  manifest: Pick<Manifest, 'images'>;
  /** Keyed by rule. */
  canaries: ReadonlyMap<string, string>;
  /** Identities of the clones. */
  sheets: readonly FactSheet[];
  findings: readonly Finding[];
}

export function proofOf(target: string, { manifest, canaries, sheets, findings }: Observed): TargetProof {
  const textsOf = (kind: Finding['kind']): string[] =>
    findings.filter((finding) => finding.kind === kind).map(({ text }) => text);
  const identities = sheets.flatMap((sheet) => sheet.identities);
  return {
    target,
    clones: sheets.length,
    identities_compared: identities.filter(({ value }) => value !== '').length,
    duplicates: textsOf('duplicate'),
    parent_matches: textsOf('parent'),
    canaries_planted: canaries.size,
    canaries_found: textsOf('canary').length,
    images_match_manifest:
      manifest.images.length > 0 && textsOf('images').length === 0 && textsOf('boot').length === 0,
    problems: findings.map(({ kind, text }) => `${kind}: ${text}`),
  };
}

/** @param findings with `rule` left out. @param say for people: what they came to */
export function controlOf(
  target: string,
  rule: string,
  findings: readonly Finding[],
  say: (line: string) => void,
): Control {
  const named = namedRules(findings);
  const isCaught = named.length > 0;
  const isNamed = named.length === 1 && named[0] === rule;
  const verdict = isNamed ? 'caught by name' : isCaught ? `named ${named.join(', ')}` : 'NOT CAUGHT';
  say(`${target}: without ${rule}: ${verdict}`);
  if (!isNamed) for (const { kind, text } of findings) say(`  ${kind}: ${text}`);
  return { rule, target, caught: isCaught, named: isNamed, named_rules: named };
}
