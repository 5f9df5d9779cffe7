import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import {
  activated,
  decideAttestation,
  decideRenewal,
  lockedBecause,
  readmitted,
  type Proven,
  type Renewal,
  type Trust,
  type TrustDecision,
} from '../../coordinator/core/trust.ts';
import { joinTokenHash, newJoinToken } from '../../coordinator/trust/join-token.ts';

const proven = (more: Partial<Proven> = {}): Proven => ({
  instanceId: 'i-1',
  attestor: 'aws',
  accountId: '123456789012',
  keyHash: 'key-1',
  serial: 'S1',
  pendingTime: 1_000,
  time: 5_000,
  ...more,
});
const renewal = (more: Partial<Renewal> = {}): Renewal => ({
  currentSerial: 'S1',
  generation: 1,
  keyHash: 'key-2',
  serial: 'S2',
  time: 6_000,
  ...more,
});
const admitted = (decision: TrustDecision): Trust => {
  if (decision.kind === 'refused') throw new Error(decision.message);
  return decision.trust;
};
const first = admitted(decideAttestation(undefined, proven()));

describe('an attestation', () => {
  test('for the first time admits the key', () => {
    expect(first).toMatchObject({ keyHash: 'key-1', activeSerial: 'S1', generation: 1, state: 'ADMITTED' });
  });

  test('with the same key replaces the certificate', () => {
    const again = admitted(decideAttestation(first, proven({ serial: 'S9' })));
    expect(again).toMatchObject({ activeSerial: 'S9', nextSerial: '', generation: 2 });
  });

  test('with another key is a conflict, which names both keys and changes nothing', () => {
    const decision = decideAttestation(first, proven({ keyHash: 'key-9' }));
    expect(decision).toMatchObject({ kind: 'refused', code: 'IDENTITY_CONFLICT', isConflict: true });
    expect(decision).not.toHaveProperty('trust');
    expect(decision).toMatchObject({ message: expect.stringMatching(/key-1.*key-9/) });
  });

  test('with another key is admitted once after an operator readmitted the instance', () => {
    const other = proven({ keyHash: 'key-9', serial: 'S9' });
    const second = admitted(decideAttestation(readmitted(first), other));
    expect(second).toMatchObject({ keyHash: 'key-9', activeSerial: 'S9', isReadmitted: false });
    expect(decideAttestation(second, proven({ keyHash: 'key-10' })).kind).toBe('refused');
    expect(decideAttestation(second, proven()).kind).toBe('refused');
  });

  test('with a key that was renewed to and not used yet is admitted', () => {
    const renewed = admitted(decideRenewal(first, renewal()));
    const again = admitted(decideAttestation(renewed, proven({ keyHash: 'key-2', serial: 'S3' })));
    expect(again).toMatchObject({ keyHash: 'key-2', activeSerial: 'S3', nextSerial: '', generation: 3 });
  });

  test('with an older document than the last one is refused as a replay', () => {
    expect(decideAttestation(first, proven({ pendingTime: 999 }))).toMatchObject({
      kind: 'refused',
      code: 'ATTESTATION_INVALID',
    });
  });

  test('without a document keeps the time of the last one', () => {
    expect(admitted(decideAttestation(first, proven({ pendingTime: 0 }))).pendingTime).toBe(1_000);
  });

  test('of a locked instance is refused, whatever its key', () => {
    const locked = lockedBecause(first, 'stolen');
    for (const keyHash of ['key-1', 'key-9'])
      expect(decideAttestation(locked, proven({ keyHash }))).toMatchObject({ code: 'INSTANCE_LOCKED' });
  });
});

describe('a renewal', () => {
  const renewed = admitted(decideRenewal(first, renewal()));

  test('leaves the old certificate valid until the new one is used', () => {
    expect(renewed).toMatchObject({ activeSerial: 'S1', nextSerial: 'S2', generation: 2, keyHash: 'key-1' });
    expect(activated(renewed, 'S2')).toMatchObject({ activeSerial: 'S2', nextSerial: '', keyHash: 'key-2' });
    expect(activated(renewed, 'S1')).toBeUndefined();
    expect(activated(first, '')).toBeUndefined();
  });

  test('whose answer was lost is repeated with the same key', () => {
    const again = admitted(decideRenewal(renewed, renewal({ serial: 'S3' })));
    expect(again).toMatchObject({ activeSerial: 'S1', nextSerial: 'S3', generation: 2 });
  });

  test('by a second holder of the certificate locks the instance', () => {
    const decision = decideRenewal(renewed, renewal({ keyHash: 'key-thief', serial: 'S3' }));
    expect(decision).toMatchObject({ code: 'INSTANCE_LOCKED', isConflict: true });
    expect(decision).toMatchObject({ trust: { state: 'LOCKED', activeSerial: '', nextSerial: '' } });
  });

  test('with another generation than the last one locks the instance', () => {
    for (const generation of [0, 2, 3])
      expect(decideRenewal(first, renewal({ generation }))).toMatchObject({ trust: { state: 'LOCKED' } });
  });

  test('with a certificate that was replaced is refused', () => {
    const used = activated(renewed, 'S2');
    expect(decideRenewal(used, renewal())).toMatchObject({ kind: 'refused', code: 'IDENTITY_CONFLICT' });
  });

  test('with the renewed certificate makes it the active one first', () => {
    const next = renewal({ currentSerial: 'S2', generation: 2, keyHash: 'key-3', serial: 'S3' });
    expect(admitted(decideRenewal(renewed, next))).toMatchObject({ activeSerial: 'S2', nextSerial: 'S3' });
  });

  test('of an unknown or locked instance is refused', () => {
    expect(decideRenewal(undefined, renewal())).toMatchObject({ kind: 'refused' });
    expect(decideRenewal(lockedBecause(first, 'x'), renewal())).toMatchObject({ code: 'INSTANCE_LOCKED' });
  });
});

test('whatever happens, at most two certificates are valid, and none of a locked instance', () => {
  const step = fc.record({
    kind: fc.constantFrom('attest', 'renew', 'use', 'lock', 'readmit'),
    key: fc.integer({ min: 0, max: 3 }),
    serial: fc.integer({ min: 0, max: 9 }),
    generation: fc.integer({ min: 0, max: 6 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let trust: Trust | undefined;
      steps.forEach(({ kind, key, serial, generation }, at) => {
        const before = trust;
        const fresh = { keyHash: `key-${key}`, serial: `N${at}` };
        const decision =
          kind === 'attest'
            ? decideAttestation(trust, proven(fresh))
            : kind === 'renew'
              ? decideRenewal(trust, renewal({ ...fresh, currentSerial: `N${serial}`, generation }))
              : undefined;
        if (decision !== undefined) trust = decision.trust ?? trust;
        else if (trust === undefined) return;
        else if (kind === 'use') trust = activated(trust, `N${serial}`) ?? trust;
        else trust = kind === 'lock' ? lockedBecause(trust, 'x') : readmitted(trust);
        if (trust === undefined) return;
        const { state, activeSerial, nextSerial, keyHash } = trust;
        const isClosed = state !== 'LOCKED' || (activeSerial === '' && nextSerial === '');
        const isDistinct = nextSerial === '' || nextSerial !== activeSerial;
        // Another key comes in by an operator's word, or by a renewal that was used.
        const isRightful =
          before === undefined ||
          keyHash === before.keyHash ||
          before.isReadmitted ||
          keyHash === before.nextKeyHash;
        expect({ isClosed, isDistinct, isRightful }).toEqual({
          isClosed: true,
          isDistinct: true,
          isRightful: true,
        });
        expect(trust.generation).toBeGreaterThanOrEqual(before?.generation ?? 1);
      });
    }),
  );
});

test('a join token has 256 random bits and is known by its hash', () => {
  const token = newJoinToken();
  expect(Buffer.from(token.replace('pbjoin_', ''), 'base64url').length).toBe(32);
  expect(joinTokenHash(token)).toMatch(/^[0-9a-f]{64}$/);
  expect(joinTokenHash(newJoinToken())).not.toBe(joinTokenHash(token));
  for (const wrong of ['', 'pbjoin_', token.slice(0, -1), `${token}x`, ` ${token}`, `${token}\n`])
    expect(joinTokenHash(wrong)).toBeUndefined();
});
