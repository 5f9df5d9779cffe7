import type { ErrorCode } from '../../proto/errors/errors.ts';

/** How an instance can prove itself; see docs/identity.md. */
export const attestors = ['aws', 'join-token', 'none'] as const;
export type Attestor = (typeof attestors)[number];

/** What is known about the identity of one instance: the first key that it showed is the one that counts. */
export interface Trust {
  instanceId: string;
  attestor: Attestor;
  /** The AWS account; empty outside EC2. */
  accountId: string;
  /** SHA-256 of the public key of the active certificate. */
  keyHash: string;
  /** The one certificate that calls are accepted with; empty for none. */
  activeSerial: string;
  /** A renewed certificate that was not used yet, and its key; empty for none. Its first use makes it the active one. */
  nextSerial: string;
  nextKeyHash: string;
  /** Grows with every certificate. */
  generation: number;
  /** When EC2 started the instance last, in milliseconds since the epoch; 0 where nobody says. */
  pendingTime: number;
  state: 'ADMITTED' | 'LOCKED';
  /** Why it is locked. */
  reason: string;
  /** Whether an operator lets it show one other key. */
  isReadmitted: boolean;
  /** When it proved itself or renewed last, in milliseconds since the epoch. */
  attestTime: number;
}

/** Verified evidence, with the certificate that is about to be issued for it. */
export interface Proven {
  instanceId: string;
  attestor: Attestor;
  accountId: string;
  keyHash: string;
  serial: string;
  pendingTime: number;
  time: number;
}

export interface Renewal {
  /** The serial number of the certificate that the call was made with. */
  currentSerial: string;
  /** That the agent knows. */
  generation: number;
  keyHash: string;
  serial: string;
  time: number;
}

/** What comes of an attestation or a renewal. A refusal may change the row too. */
export type TrustDecision =
  | { kind: 'admitted'; trust: Trust }
  | { kind: 'refused'; code: ErrorCode; message: string; trust?: Trust; isConflict: boolean };

/**
 * The first key wins; the same key may always prove itself again.
 * @param known undefined at the first time. @param keyOwner the instance that has shown this key before
 */
export function decideAttestation(
  known: Trust | undefined,
  proven: Proven,
  keyOwner?: string,
): TrustDecision {
  const { instanceId, attestor, accountId, keyHash, serial, pendingTime, time } = proven;
  const fresh: Omit<Trust, 'generation'> = {
    instanceId,
    attestor,
    accountId,
    keyHash,
    // STS alone does not say when the instance was started.
    pendingTime: pendingTime === 0 ? (known?.pendingTime ?? 0) : pendingTime,
    activeSerial: serial,
    nextSerial: '',
    nextKeyHash: '',
    reason: '',
    isReadmitted: false,
    attestTime: time,
    state: 'ADMITTED',
  };
  if (keyOwner !== undefined && keyOwner !== instanceId)
    return {
      kind: 'refused',
      code: 'DUPLICATE_IDENTITY',
      message: `instances ${keyOwner} and ${instanceId} have one agent key; the image leaked it (scrub rule parbake-state)`,
      isConflict: true,
    };
  if (known === undefined) return { kind: 'admitted', trust: { ...fresh, generation: 1 } };
  if (known.state === 'LOCKED') return locked(known);
  if (fresh.pendingTime < known.pendingTime)
    return refused(
      'ATTESTATION_INVALID',
      `the identity document of ${instanceId} is older than the last one: it was replayed`,
    );
  if (!isKnownKey(known, keyHash) && !known.isReadmitted)
    return {
      kind: 'refused',
      code: 'IDENTITY_CONFLICT',
      message: `${instanceId} proved itself with key ${short(known.keyHash)} before, and now somebody shows key ${short(keyHash)}`,
      isConflict: true,
    };
  return { kind: 'admitted', trust: { ...fresh, generation: known.generation + 1 } };
}

/** Whether the instance showed this key before: the active one, or the one that it renews to. */
export function isKnownKey(known: Trust | undefined, keyHash: string): boolean {
  if (known === undefined) return false;
  return keyHash === known.keyHash || (keyHash === known.nextKeyHash && known.nextKeyHash !== '');
}

/**
 * One renewal at a time, by one holder of the key. The old certificate stays valid until the new one is used. A second
 * holder, who renews with the same certificate, locks the instance.
 */
export function decideRenewal(known: Trust | undefined, renewal: Renewal): TrustDecision {
  const { currentSerial, generation, keyHash, serial, time } = renewal;
  if (known === undefined) return refused('IDENTITY_CONFLICT', 'this instance never proved itself');
  if (known.state === 'LOCKED') return locked(known);
  const trust = activated(known, currentSerial) ?? known;
  if (currentSerial !== trust.activeSerial)
    return refused('IDENTITY_CONFLICT', `${trust.instanceId} has renewed this certificate before`);
  const isRepeated =
    trust.nextSerial !== '' && keyHash === trust.nextKeyHash && generation === trust.generation - 1;
  const isNext = trust.nextSerial === '' && generation === trust.generation;
  if (!isRepeated && !isNext) {
    const reason = `two holders of one key renewed its certificate: it was copied`;
    const message = `${trust.instanceId} is locked: ${reason}`;
    const closed = lockedBecause(trust, reason);
    return { kind: 'refused', code: 'INSTANCE_LOCKED', message, trust: closed, isConflict: true };
  }
  const next = { nextSerial: serial, nextKeyHash: keyHash, attestTime: time };
  return {
    kind: 'admitted',
    trust: { ...trust, ...next, generation: isNext ? generation + 1 : trust.generation },
  };
}

/** A renewed certificate was used for the first time. @returns undefined when this is not the one */
export function activated(trust: Trust, serial: string): Trust | undefined {
  if (serial === '' || trust.nextSerial !== serial) return undefined;
  return { ...trust, keyHash: trust.nextKeyHash, activeSerial: serial, nextSerial: '', nextKeyHash: '' };
}

/** No certificate of it is accepted any more. */
export function lockedBecause(trust: Trust, reason: string): Trust {
  return { ...trust, state: 'LOCKED', reason, activeSerial: '', nextSerial: '', nextKeyHash: '' };
}

/** It may prove itself again, once with another key. */
export function readmitted(trust: Trust): Trust {
  return { ...trust, state: 'ADMITTED', reason: '', isReadmitted: true };
}

function locked({ instanceId, reason }: Trust): TrustDecision {
  return refused('INSTANCE_LOCKED', `${instanceId} is locked: ${reason}`);
}

function refused(code: ErrorCode, message: string): TrustDecision {
  return { kind: 'refused', code, message, isConflict: false };
}

/** Enough of a fingerprint to compare by eye. */
function short(hash: string): string {
  return hash.slice(0, 16);
}
