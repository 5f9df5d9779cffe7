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
