import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { certificateRequest, publicKeyInfo } from '../../agent/session/certificate-request.ts';
import { newPrivateKey } from '../../agent/host/private-key.ts';
import type { Ec2Facts } from '../../coordinator/core/model.ts';
import { openSqliteStore } from '../../coordinator/store/threads/open.ts';
import type { Store } from '../../coordinator/store/store.ts';
import { KnownSerials } from '../../coordinator/trust/active-serials.ts';
import { readIssuer, type Issuer } from '../../coordinator/trust/issuer.ts';
import { Attestation, type Answer, type Evidence } from '../../coordinator/trust/attestation.ts';
import { makeAuthority } from '../../coordinator/trust/certificates.ts';
import { Ec2Lookup } from '../../coordinator/trust/ec2-lookup.ts';
import { TrustOperator } from '../../coordinator/trust/trust-operator.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { createLogger } from '../../proto/process/log.ts';
import { attestationChallenge, signCallerIdentity } from '../../proto/wire/caller-identity.ts';
import { startSts, type Sts } from '../fakes/sts.ts';
import { identityDocument, makeRegionSigner, signDocument } from '../support/openssl.ts';

const logger = createLogger('test', 'silent');
const [akid, secret] = ['ASIAQQQQQQQQQQQQQQQQ', 'the secret access key'];
const instanceId = 'i-0123456789abcdef0';
const accountId = '123456789012';
const directory = mkdtempSync(join(tmpdir(), 'parbake-attestation-'));
const refused = (code: string, problem = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(problem) });

let issuer: Issuer;
let sts: Sts;
let region: X509Certificate;
beforeAll(async () => {
  await makeAuthority(directory, []);
  const file = (name: string): Buffer => readFileSync(join(directory, name));
  issuer = readIssuer(file('ca.pem'), file('ca.key'));
  region = new X509Certificate(await makeRegionSigner(directory, 'region'));
  sts = await startSts({ credentials: new Map([[akid, secret]]) });
});
afterAll(async () => {
  await sts.close();
  rmSync(directory, { recursive: true });
});

let store: Store;
let serials: KnownSerials;
let operator: TrustOperator;
let facts: Map<string, Ec2Facts>;
let told: string[];
const now = Date.parse('2026-11-30T10:05:00Z');
beforeEach(async () => {
  store = await openSqliteStore(':memory:');
  serials = await KnownSerials.load(store, logger);
  operator = new TrustOperator(store, serials, logger);
  facts = new Map([[instanceId, runningInstance()]]);
  told = [];
  sts.answers({ accountId, role: 'aws:ec2-instance', session: instanceId });
});
afterEach(() => store.close());

function runningInstance(more: Partial<Ec2Facts> = {}): Ec2Facts {
  return {
    state: 'running',
    instanceType: 'm7i.large',
    imageId: 'ami-0123456789abcdef0',
    availabilityZone: 'eu-central-1a',
    privateIpv4: '10.0.0.7',
    publicIpv4: '',
    launchTime: now,
    tags: {},
    lookupTime: now,
    ...more,
  };
}

function attestation(describeInstances = (ids: readonly string[]) => knownOf(ids)): Attestation {
  const lookup = new Ec2Lookup('eu-central-1', (ids) => Promise.resolve().then(() => describeInstances(ids)));
  return new Attestation({
    store,
    serials,
    issuer,
    logger,
    isNoneAllowed: true,
    trustDomain: 'parbake',
    lifetime: 86_400_000,
    aws: {
      policy: {
        rules: [{ accounts: [accountId], maxPendingAge: 900_000, require: ['aws-iid', 'aws-sts'] }],
        certificateFiles: new Map(),
      },
      certificates: new Map([['eu-central-1', region]]),
      sts: sts.url,
      lookUp: (id, where) => lookup.lookUp(id, where),
    },
    observer: {
      attested: (attestor, outcome) => void told.push(`${attestor} ${outcome}`),
      identityConflict: () => void told.push('conflict'),
    },
    now: () => now,
  });
}

function knownOf(ids: readonly string[]): Map<string, Ec2Facts> {
  return new Map([...facts].filter(([id]) => ids.includes(id)));
}

/** What an honest instance answers. */
async function answerOf(
  nonce: Buffer,
  key = newPrivateKey(),
  document = identityDocument(),
): Promise<Answer> {
  const evidence: Evidence = {
    kind: 'aws',
    identityDocument: (await signDocument(directory, 'region', document)).toString('base64'),
    callerIdentity: callerIdentity(nonce, key),
  };
  return { certificateRequest: request(nonce, key), instanceId, evidence };
}

function request(nonce: Buffer, key: string): Buffer {
  return certificateRequest(createPrivateKey(key), nonce.toString('base64url'));
}

function callerIdentity(nonce: Buffer, key: string) {
  const fields = { region: 'eu-central-1', date: '20261130T100500Z', sessionToken: 'a-token-of-some-length' };
  const challenge = attestationChallenge(nonce, publicKeyInfo(createPrivateKey(key)));
  return { ...fields, accessKeyId: akid, signature: signCallerIdentity({ ...fields, challenge }, secret) };
}

describe('an instance of EC2', () => {
  test('gets a certificate for the identity that EC2 proved, and may use it', async () => {
    const trust = attestation();
    const nonce = trust.challenge();
    const issued = await trust.admit(nonce, await answerOf(nonce), false);
    const certificate = new X509Certificate(issued.chain[0] ?? Buffer.alloc(0));
    expect(certificate.subjectAltName).toBe(`URI:spiffe://parbake/agent/${instanceId}`);
    expect(serials.isActive(instanceId, certificate.serialNumber)).toBe(true);
    expect(serials.isActive('i-0000000000000000', certificate.serialNumber)).toBe(false);
    expect(issued).toMatchObject({ generation: 1, issueTime: now });
    expect(told).toEqual(['aws admitted']);
  });

  test('cannot be played by somebody who recorded its whole exchange', async () => {
    const trust = attestation();
    const nonce = trust.challenge();
    const recorded = await answerOf(nonce);
    await trust.admit(nonce, recorded, false);
    const other = trust.challenge();
    await expect(trust.admit(other, recorded, false)).rejects.toThrow(
      refused('ATTESTATION_INVALID', 'challenge'),
    );
    // With a request of the thief's own, the recorded call of STS is for another nonce and another key.
    const mine = { ...recorded, certificateRequest: request(other, newPrivateKey()) };
    await expect(trust.admit(other, mine, false)).rejects.toThrow(refused('ATTESTATION_INVALID', 'STS'));
  });

  test('cannot be played with its document alone', async () => {
    const trust = attestation();
    const nonce = trust.challenge();
    const answer = await answerOf(nonce);
    const evidence = { ...answer.evidence, callerIdentity: undefined } as Evidence;
    await expect(trust.admit(nonce, { ...answer, evidence }, false)).rejects.toThrow(
      refused('ATTESTATION_REFUSED', 'no aws-sts'),
    );
    const nothing: Evidence = { kind: 'aws', identityDocument: '', callerIdentity: undefined };
    await expect(trust.admit(nonce, { ...answer, evidence: nothing }, false)).rejects.toThrow(
      refused('ATTESTATION_INVALID', 'no evidence'),
    );
  });

  test.each<[string, Partial<Parameters<Sts['answers']>[0]>]>([
    ['of another instance', { session: 'i-0fffffffffffffff0' }],
    ['of the same instance id in another account', { accountId: '999999999999' }],
  ])('is refused when STS names one %s', async (_, answer) => {
    sts.answers({ accountId, role: 'aws:ec2-instance', session: instanceId, ...answer });
    const trust = attestation();
    const nonce = trust.challenge();
    await expect(answerOf(nonce).then((given) => trust.admit(nonce, given, false))).rejects.toThrow(
      refused('ATTESTATION_INVALID', 'the evidence is that of'),
    );
  });

  test('never makes the coordinator call another address than that of STS in its region', async () => {
    const trust = attestation();
    const before = sts.calls;
    for (const called of ['us-east-1', 'evil.example/', '']) {
      const nonce = trust.challenge();
      const answer = await answerOf(nonce);
      const evidence = { ...answer.evidence } as Evidence & { kind: 'aws' };
      const callerIdentity = evidence.callerIdentity && { ...evidence.callerIdentity, region: called };
      await expect(
        trust.admit(nonce, { ...answer, evidence: { ...evidence, callerIdentity } }, false),
      ).rejects.toThrow(refused('ATTESTATION_REFUSED', 'not its region'));
    }
    expect(sts.calls).toBe(before);
  });

  test('may not call itself what its evidence does not say', async () => {
    const trust = attestation();
    const nonce = trust.challenge();
    const answer = { ...(await answerOf(nonce)), instanceId: 'i-0fffffffffffffff0' };
    await expect(trust.admit(nonce, answer, false)).rejects.toThrow(refused('ATTESTATION_INVALID'));
  });

  test.each([
    ['in another account', identityDocument({ accountId: '999999999999' }), 'ATTESTATION_INVALID'],
    ['started long ago', identityDocument({ pendingTime: '2026-11-29T10:00:00Z' }), 'ATTESTATION_REFUSED'],
    ['in a region without a certificate', identityDocument({ region: 'us-east-1' }), 'ATTESTATION_REFUSED'],
  ])('is refused %s', async (_, document, code) => {
    const trust = attestation();
    const nonce = trust.challenge();
    const answer = await answerOf(nonce, newPrivateKey(), document);
    await expect(trust.admit(nonce, answer, false)).rejects.toThrow(refused(code));
    expect(await store.trusts()).toEqual([]);
  });

  test.each([
    [
      'is terminated',
      () => facts.set(instanceId, runningInstance({ state: 'terminated' })),
      'ATTESTATION_REFUSED',
    ],
    [
      'has another image',
      () => facts.set(instanceId, runningInstance({ imageId: 'ami-9' })),
      'ATTESTATION_REFUSED',
    ],
    ['is not known', () => facts.clear(), 'ATTESTATION_UNAVAILABLE'],
  ])('is refused when EC2 says that it %s', async (_, change, code) => {
    change();
    const trust = attestation();
    const nonce = trust.challenge();
    await expect(answerOf(nonce).then((given) => trust.admit(nonce, given, false))).rejects.toThrow(
      refused(code),
    );
  });

  test('is not admitted while EC2 or STS cannot be asked', async () => {
    const silent = attestation(() => {
      throw new ParbakeError('EC2_FAILED', 'throttled');
    });
    const nonce = silent.challenge();
    const answer = await answerOf(nonce);
    await expect(silent.admit(nonce, answer, false)).rejects.toThrow(
      refused('ATTESTATION_UNAVAILABLE', 'throttled'),
    );
    sts.fails(503);
    await expect(silent.admit(nonce, answer, false)).rejects.toThrow(
      refused('ATTESTATION_UNAVAILABLE', 'STS'),
    );
    expect(told).toEqual(['aws ATTESTATION_UNAVAILABLE', 'aws ATTESTATION_UNAVAILABLE']);
  });

  test('with another key is a conflict, which is told; an operator may admit the new key', async () => {
    const trust = attestation();
    const [first, second] = [trust.challenge(), trust.challenge()];
    await trust.admit(first, await answerOf(first), false);
    const other = await answerOf(second);
    await expect(trust.admit(second, other, false)).rejects.toThrow(refused('IDENTITY_CONFLICT'));
    expect(told).toEqual(['aws admitted', 'conflict', 'aws IDENTITY_CONFLICT']);
    await operator.readmit(instanceId);
    await expect(trust.admit(second, other, false)).resolves.toMatchObject({ generation: 2 });
  });

  test('is asked about together with all others that boot at the same moment', async () => {
    const asked: number[] = [];
    const lookup = new Ec2Lookup('eu-central-1', (ids) => {
      asked.push(ids.length);
      return Promise.resolve(new Map(ids.map((id) => [id, runningInstance()])));
    });
    const ids = Array.from({ length: 250 }, (_, index) => `i-${index.toString(16).padStart(17, '0')}`);
    await Promise.all([...ids, ...ids].map((id) => lookup.lookUp(id, 'eu-central-1')));
    expect(asked).toEqual([100, 100, 50]);
    await expect(lookup.lookUp(instanceId, 'us-east-1')).rejects.toThrow(refused('ATTESTATION_REFUSED'));
  });
});

describe('an instance elsewhere', () => {
  const by = (evidence: Evidence, nonce: Buffer, id = 'rack-7', key = newPrivateKey()): Answer => ({
    instanceId: id,
    evidence,
    certificateRequest: request(nonce, key),
  });

  test('is admitted by a join token, once, also when two show it at the same moment', async () => {
    const trust = attestation();
    const { token } = await operator.createJoinToken('', 60_000);
    const tries = ['a', 'b', 'c', 'd'].map((id) => {
      const nonce = trust.challenge();
      return trust.admit(nonce, by({ kind: 'join-token', token }, nonce, id), false);
    });
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(told.toSorted()).toEqual([
      'join-token JOIN_TOKEN_INVALID',
      'join-token JOIN_TOKEN_INVALID',
      'join-token JOIN_TOKEN_INVALID',
      'join-token admitted',
    ]);
  });

  test('comes back with its key and without a token, after its certificate expired', async () => {
    const trust = attestation();
    const { token } = await operator.createJoinToken('', 60_000);
    const key = newPrivateKey();
    const admit = (shown: string) => {
      const nonce = trust.challenge();
      return trust.admit(nonce, by({ kind: 'join-token', token: shown }, nonce, 'rack-7', key), false);
    };
    await admit(token);
    await expect(admit('')).resolves.toMatchObject({ generation: 2 });
  });

  test('cannot take the name of an instance of EC2', async () => {
    const trust = attestation();
    const { token } = await operator.createJoinToken('', 60_000);
    const nonce = trust.challenge();
    await expect(
      trust.admit(nonce, by({ kind: 'join-token', token }, nonce, instanceId), false),
    ).rejects.toThrow(refused('ATTESTATION_REFUSED', 'only EC2 can prove'));
  });

  test("needs no evidence only on the coordinator's own machine", async () => {
    const trust = attestation();
    const nonce = trust.challenge();
    const answer = by({ kind: 'none' }, nonce);
    await expect(trust.admit(nonce, answer, false)).rejects.toThrow(refused('ATTESTATION_REFUSED'));
    await expect(trust.admit(nonce, answer, true)).resolves.toMatchObject({ generation: 1 });
  });

  test.each(['', '..', 'a/b', 'a b', `a${'b'.repeat(128)}`])('cannot be called %j', async (id) => {
    const trust = attestation();
    const nonce = trust.challenge();
    await expect(trust.admit(nonce, by({ kind: 'none' }, nonce, id), true)).rejects.toThrow(
      refused('ATTESTATION_INVALID'),
    );
  });
});

describe('a certificate', () => {
  const join = async (trust: Attestation, key = newPrivateKey()) => {
    const nonce = trust.challenge();
    const evidence: Evidence = { kind: 'none' };
    const answer = { instanceId: 'rack-7', evidence, certificateRequest: request(nonce, key) };
    return new X509Certificate((await trust.admit(nonce, answer, true)).chain[0] ?? Buffer.alloc(0));
  };
  const renew = async (trust: Attestation, serial: string, generation: number, key = newPrivateKey()) => {
    const asked = { generation, certificateRequest: certificateRequest(createPrivateKey(key), undefined) };
    const { chain } = await trust.renew('rack-7', serial, asked);
    return new X509Certificate(chain[0] ?? Buffer.alloc(0));
  };

  test('ends to be valid when the renewed one is used, and open calls are looked at again', async () => {
    const trust = attestation();
    const first = await join(trust);
    const second = await renew(trust, first.serialNumber, 1);
    expect(serials.isActive('rack-7', first.serialNumber)).toBe(true);
    const rechecked = new Promise<void>((resolve) => (serials.onRevoked = resolve));
    expect(serials.isActive('rack-7', second.serialNumber)).toBe(true);
    expect(serials.isActive('rack-7', first.serialNumber)).toBe(false);
    await rechecked;
    await expect.poll(async () => (await store.trust('rack-7'))?.activeSerial).toBe(second.serialNumber);
  });

  test('that was copied locks the instance when both holders renew it', async () => {
    const trust = attestation();
    const first = await join(trust);
    await renew(trust, first.serialNumber, 1);
    await expect(renew(trust, first.serialNumber, 1)).rejects.toThrow(refused('INSTANCE_LOCKED', 'copied'));
    expect(serials.isActive('rack-7', first.serialNumber)).toBe(false);
    expect(told.filter((one) => one === 'conflict')).toHaveLength(1);
  });

  test('of a locked instance is not accepted, from the same moment', async () => {
    const trust = attestation();
    const { serialNumber } = await join(trust);
    let rechecks = 0;
    serials.onRevoked = () => void rechecks++;
    await operator.lock('rack-7', 'stolen');
    expect(serials.isActive('rack-7', serialNumber)).toBe(false);
    expect(rechecks).toBe(1);
    await expect(join(trust)).rejects.toThrow(refused('INSTANCE_LOCKED', 'stolen'));
  });

  test('is still the valid one after a restart', async () => {
    const { serialNumber } = await join(attestation());
    const again = await KnownSerials.load(store, logger);
    expect(again.isActive('rack-7', serialNumber)).toBe(true);
    expect(again.isActive('rack-7', randomBytes(16).toString('hex').toUpperCase())).toBe(false);
    expect(again.isActive('rack-7', '')).toBe(false);
    expect(again.isActive('rack-8', serialNumber)).toBe(false);
  });
});
