import { describe, expect, test } from 'vitest';
import type { Ec2Facts } from '../../coordinator/core/model.ts';
import {
  readPolicy,
  refusalOf,
  type AttestationPolicy,
  type AwsIdentity,
  type AwsRule,
} from '../../coordinator/trust/policy.ts';

const whole = `
apiVersion: parbake/v1
aws:
  certificates:
    eu-central-1: eu-central-1.pem
  rules:
    - accounts: ["123456789012"]
      regions: [eu-central-1]
      images: [ami-0123456789abcdef0]
      tags: { pool: web }
      max_pending_age: 15m
    - accounts: ["210987654321"]
      require: [aws-iid]
`;

describe('a policy', () => {
  test('has rules and a certificate for each region', () => {
    expect(readPolicy(whole, 'policy.yaml')).toEqual({
      certificateFiles: new Map([['eu-central-1', 'eu-central-1.pem']]),
      rules: [
        {
          accounts: ['123456789012'],
          regions: ['eu-central-1'],
          images: ['ami-0123456789abcdef0'],
          tags: { pool: 'web' },
          maxPendingAge: 900_000,
          require: ['aws-iid', 'aws-sts'],
        },
        { accounts: ['210987654321'], require: ['aws-iid'] },
      ],
    });
  });

  const change = (from: string, to: string): string => whole.replace(from, to);
  test.each([
    ['nothing', '', 'must be a mapping'],
    ['no version', change('parbake/v1', 'v2'), 'apiVersion must be parbake/v1'],
    ['an unknown key', change('regions:', 'region:'), 'unknown key "region"'],
    ['an account without quotes', change('"123456789012"', '123456789012'), 'write it in quotes'],
    [
      'no accounts',
      change('accounts: ["123456789012"]', 'regions: [eu-central-1]').replace(
        '      regions: [eu-central-1]\n      images',
        '      images',
      ),
      'rules[0].accounts must be a list',
    ],
    [
      'an empty list of accounts',
      change('["123456789012"]', '[]'),
      'rules[0].accounts must be a list with an entry',
    ],
    [
      'an empty list of images',
      change('[ami-0123456789abcdef0]', '[]'),
      'rules[0].images must be a list with an entry',
    ],
    ['a wildcard', change('"123456789012"', '"*"'), '"*" is invalid'],
    ['no tags in tags', change('{ pool: web }', '{}'), 'rules[0].tags is empty'],
    ['an age without a unit', change('15m', '15'), 'takes a time such as 15m'],
    ['an unknown proof', change('[aws-iid]', '[aws-tpm]'), '"aws-tpm" is invalid'],
    ['a certificate for no region', change('eu-central-1: eu', '"../x": eu'), 'is not a region'],
    ['two of one key', `${whole}apiVersion: parbake/v1\n`, 'unique'],
  ])('with %s is refused', (_, text, problem) => {
    expect(() => readPolicy(text, 'policy.yaml')).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(problem) }),
    );
  });
});

const now = Date.parse('2026-11-30T12:00:00Z');
const identity = (more: Partial<AwsIdentity> = {}): AwsIdentity => ({
  accountId: '123456789012',
  instanceId: 'i-0123456789abcdef0',
  region: 'eu-central-1',
  imageId: 'ami-1',
  pendingTime: now - 60_000,
  proofs: ['aws-iid', 'aws-sts'],
  ...more,
});
const ec2 = (more: Partial<Ec2Facts> = {}): Ec2Facts => ({
  state: 'running',
  instanceType: 'm7i.large',
  imageId: 'ami-1',
  availabilityZone: 'eu-central-1a',
  privateIpv4: '10.0.0.7',
  publicIpv4: '',
  launchTime: now - 60_000,
  tags: { pool: 'web' },
  lookupTime: now,
  ...more,
});
const rule = (more: Partial<AwsRule> = {}): AwsRule => ({
  accounts: ['123456789012'],
  regions: ['eu-central-1'],
  images: ['ami-1'],
  tags: { pool: 'web' },
  maxPendingAge: 900_000,
  require: ['aws-iid', 'aws-sts'],
  ...more,
});
const policy = (...rules: AwsRule[]): AttestationPolicy => ({ rules, certificateFiles: new Map() });
const ask = (
  more: { identity?: AwsIdentity; ec2?: Ec2Facts | undefined; isFirst?: boolean; rules?: AwsRule[] } = {},
) =>
  refusalOf(policy(...(more.rules ?? [rule()])), {
    identity: more.identity ?? identity(),
    ec2: 'ec2' in more ? more.ec2 : ec2(),
    isFirst: more.isFirst ?? true,
    now,
  });

describe('an instance', () => {
  test('that a rule allows in everything is admitted', () => {
    expect(ask()).toBeUndefined();
  });

  test('is admitted by any of several rules', () => {
    expect(ask({ rules: [rule({ accounts: ['999999999999'] }), rule()] })).toBeUndefined();
  });

  test.each<[string, string, Parameters<typeof ask>[0]]>([
    ['no rule', 'no rule', { rules: [] }],
    ['another account', '999999999999', { identity: identity({ accountId: '999999999999' }) }],
    ['another region', 'us-east-1', { identity: identity({ region: 'us-east-1' }) }],
    ['another image', 'ami-2', { identity: identity({ imageId: 'ami-2' }), ec2: ec2({ imageId: 'ami-2' }) }],
    ['an image that EC2 does not know', 'different images', { ec2: ec2({ imageId: 'ami-2' }) }],
    ['no STS proof', 'no aws-sts', { identity: identity({ proofs: ['aws-iid'] }) }],
    ['no document', 'no aws-iid', { identity: identity({ proofs: ['aws-sts'] }) }],
    ['another tag', 'pool=web', { ec2: ec2({ tags: { pool: 'db' } }) }],
    ['no tag', 'pool=web', { ec2: ec2({ tags: {} }) }],
    ['tags that nobody can ask for', 'pool=web', { ec2: undefined }],
    ['a start long ago', 'too long ago', { identity: identity({ pendingTime: now - 901_000 }) }],
    ['a start in the future', 'future', { identity: identity({ pendingTime: now + 61_000 }) }],
    ['a machine that is stopped', 'is stopped', { ec2: ec2({ state: 'stopped' }) }],
    ['a machine that is terminated', 'is terminated', { ec2: ec2({ state: 'terminated' }) }],
    ['a machine that EC2 does not know', 'unknown', { ec2: ec2({ state: '' }) }],
  ])('with %s is refused, and the reason says so', (_, reason, more) => {
    expect(ask(more)).toContain(reason);
  });

  test('may prove itself again long after its start', () => {
    const old = identity({ pendingTime: now - 100 * 86_400_000 });
    expect(ask({ identity: old, isFirst: false })).toBeUndefined();
  });

  test('with STS alone has the image and the start that EC2 names', () => {
    const { imageId: _, pendingTime: __, ...alone } = identity({ proofs: ['aws-sts'] });
    const rules = [rule({ require: ['aws-sts'] })];
    expect(ask({ identity: alone, rules })).toBeUndefined();
    expect(ask({ identity: alone, rules, ec2: ec2({ imageId: 'ami-2' }) })).toContain('ami-2');
    expect(
      ask({ identity: alone, rules: [rule({ require: ['aws-sts'], tags: {} })], ec2: undefined }),
    ).toContain('(unknown)');
  });
});
