import type { Proven, Renewal, Trust, TrustDecision } from '../core/trust.ts';

/** A token that admits one instance, as the store has it: nobody can make the token out of this. */
export interface JoinToken {
  /** SHA-256 of the token, in hexadecimal. */
  hash: string;
  /** The only instance that it admits; empty for any. */
  instanceId: string;
  /** Milliseconds since the epoch. */
  expireTime: number;
}

/** Who an instance is, and how that is decided. Each decision is one transaction on the one row of the instance. */
export interface TrustUseCases {
  /**
   * Decides on verified evidence. A join token is used up in the same transaction, by one statement on its one row; an
   * instance whose key is known needs none.
   * @param tokenHash undefined when something else proves the instance
   */
  attest(proven: Proven, tokenHash: string | undefined, now: number): Promise<TrustDecision>;
  /** Decides on a renewal. */
  renew(instanceId: string, renewal: Renewal, now: number): Promise<TrustDecision>;
  /** A renewed certificate was used for the first time, and the former one is not valid any more. */
  activate(instanceId: string, serial: string): Promise<void>;
  /** @throws ParbakeError INSTANCE_NOT_FOUND when the instance never proved itself */
  lock(instanceId: string, reason: string, now: number): Promise<Trust>;
  /** The instance may show one other key. @throws ParbakeError INSTANCE_NOT_FOUND */
  readmit(instanceId: string, now: number): Promise<Trust>;
  trust(instanceId: string): Promise<Trust | undefined>;
  /** What is known of each instance, in the order of their ids. */
  trusts(): Promise<Trust[]>;
  createJoinToken(token: JoinToken, now: number): Promise<void>;
  /** Join tokens that expired, and what is known of instances that are forgotten. @returns how many rows */
  removeTrust(before: number, limit: number): Promise<number>;
}
