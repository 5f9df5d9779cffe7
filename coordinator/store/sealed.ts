/** What of an assignment's row is secret, or made from what is. */
export interface SealedRow {
  assignmentId: string;
  /** The id of the key; empty in a row of a former version, which has plain text and plain hashes. */
  sealedBy: string;
  env: Record<string, string>;
  files: Record<string, string>;
  fingerprint: string;
  contentHash: string;
}

/** The store holds sealed values only, and never a key. */
export interface SealedUseCases {
  /** Assignments that have anything sealed with another key than this one, or not sealed. */
  sealedOtherwise(keyId: string, limit: number): Promise<SealedRow[]>;
  reseal(rows: readonly SealedRow[]): Promise<void>;
}
