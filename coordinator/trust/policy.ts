import { parse } from 'yaml';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Ec2Facts } from '../core/model.ts';
import { isRegion } from './aws-evidence.ts';

export const awsProofs = ['aws-iid', 'aws-sts'] as const;
export type AwsProof = (typeof awsProofs)[number];

/** Which instances of EC2 may join. Every list that a rule has must hold; one that it does not have is not asked. */
export interface AwsRule {
  accounts: readonly string[];
  regions?: readonly string[];
  images?: readonly string[];
  tags?: Readonly<Record<string, string>>;
  /** Milliseconds since the instance was started, at its first attestation. */
  maxPendingAge?: number;
  require: readonly AwsProof[];
}

export interface AttestationPolicy {
  rules: readonly AwsRule[];
  /** PEM files by region, as the policy names them. */
  certificateFiles: ReadonlyMap<string, string>;
}

/** What an instance of EC2 has proved. */
export interface AwsIdentity {
  accountId: string;
  instanceId: string;
  region: string;
  /** From the signed document; absent with STS alone. */
  imageId?: string;
  /** Milliseconds since the epoch; absent with STS alone. */
  pendingTime?: number;
  proofs: readonly AwsProof[];
}

/** @param path for messages. @throws ParbakeError USAGE */
export function readPolicy(text: string, path: string): AttestationPolicy {
  const problem = (what: string): ParbakeError => new ParbakeError('USAGE', `${path}: ${what}`);
  let document: unknown;
  try {
    document = parse(text);
  } catch (cause) {
    throw new ParbakeError('USAGE', `${path}: ${reasonOf(cause)}`, { cause });
  }
  try {
    const root = mapping(document, 'the policy', ['apiVersion', 'aws']);
    if (root.get('apiVersion') !== 'parbake/v1') throw new Error('apiVersion must be parbake/v1');
    const aws = mapping(root.get('aws'), 'aws', ['certificates', 'rules']);
    const files = [...entries(aws.get('certificates'), 'aws.certificates')];
    const wrong = files.find(([region]) => !isRegion(region));
    if (wrong !== undefined) throw new Error(`aws.certificates: "${wrong[0]}" is not a region`);
    const rules = list(aws.get('rules'), 'aws.rules').map((rule, at) => readRule(rule, `aws.rules[${at}]`));
    return { rules, certificateFiles: new Map(files) };
  } catch (cause) {
    throw problem(reasonOf(cause));
  }
}

const ruleKeys = ['accounts', 'regions', 'images', 'tags', 'max_pending_age', 'require'];

function readRule(given: unknown, where: string): AwsRule {
  const rule = mapping(given, where, ruleKeys);
  const texts = (key: string, pattern: RegExp): string[] =>
    list(rule.get(key), `${where}.${key}`).map((value) => {
      if (typeof value === 'string' && pattern.test(value)) return value;
      throw new Error(`${where}.${key}: ${JSON.stringify(value)} is invalid${quoteHint(value)}`);
    });
  const proofs = rule.has('require') ? texts('require', /^aws-(iid|sts)$/) : awsProofs;
  return {
    // Without accounts, anybody in the world who has an instance could join.
    accounts: texts('accounts', /^\d{12}$/),
    ...(rule.has('regions') ? { regions: texts('regions', /^[a-z]{2,4}(-[a-z]+)+-\d$/) } : {}),
    ...(rule.has('images') ? { images: texts('images', /^ami-[0-9a-f]{8,17}$/) } : {}),
    ...(rule.has('tags') ? { tags: Object.fromEntries(entries(rule.get('tags'), `${where}.tags`)) } : {}),
    ...(rule.has('max_pending_age')
      ? { maxPendingAge: age(rule.get('max_pending_age'), `${where}.max_pending_age`) }
      : {}),
    require: awsProofs.filter((proof) => proofs.includes(proof)),
  };
}

/** YAML takes twelve digits for a number. */
function quoteHint(value: unknown): string {
  return typeof value === 'number' ? ' (write it in quotes)' : '';
}

function mapping(value: unknown, where: string, keys: readonly string[]): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${where} must be a mapping`);
  const found = Object.entries(value);
  const unknown = found.find(([key]) => !keys.includes(key));
  if (unknown !== undefined) throw new Error(`${where}: unknown key "${unknown[0]}"`);
  return new Map<string, unknown>(found);
}

/** Names and texts, at least one. */
function entries(value: unknown, where: string): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${where} must be a mapping`);
  const found = Object.entries(value).map(([name, text]): [string, string] => {
    if (typeof text !== 'string') throw new Error(`${where}.${name} must be text`);
    return [name, text];
  });
  if (found.length === 0) throw new Error(`${where} is empty`);
  return new Map(found);
}

/** An empty list would read as "any" to one person and as "none" to another. */
function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw new Error(`${where} must be a list with an entry`);
  return value;
}

const units = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

function age(value: unknown, where: string): number {
  const [, count, unit = ''] = (typeof value === 'string' ? /^(\d{1,5})([smh])$/.exec(value) : null) ?? [];
  if (count === undefined) throw new Error(`${where} takes a time such as 15m`);
  return Number(count) * (units.get(unit) ?? 0);
}

/** What is asked of a policy. */
export interface PolicyQuestion {
  identity: AwsIdentity;
  /** What EC2 says about the instance; undefined when the coordinator does not ask EC2. */
  ec2: Ec2Facts | undefined;
  /** Whether the instance proves itself for the first time. */
  isFirst: boolean;
  now: number;
}

/** @returns why no rule admits the instance; undefined when one does */
export function refusalOf({ rules }: AttestationPolicy, question: PolicyQuestion): string | undefined {
  const { identity, ec2 } = question;
  const { instanceId, imageId } = identity;
  if (ec2 !== undefined) {
    if (ec2.state !== 'running' && ec2.state !== 'pending')
      return `EC2 says that ${instanceId} is ${ec2.state === '' ? 'unknown' : ec2.state}`;
    if (imageId !== undefined && imageId !== ec2.imageId)
      return `the signed document and EC2 name different images of ${instanceId}`;
  }
  const refusals = rules.map((rule) => ruleRefusal(rule, question));
  return refusals.includes(undefined) ? undefined : (refusals[0] ?? 'the policy has no rule');
}

function ruleRefusal(rule: AwsRule, { identity, ec2, isFirst, now }: PolicyQuestion): string | undefined {
  const { accountId, instanceId, region, proofs } = identity;
  const imageId = identity.imageId ?? ec2?.imageId;
  const started = identity.pendingTime ?? ec2?.launchTime;
  if (!rule.accounts.includes(accountId)) return `the account ${accountId} of ${instanceId} is not allowed`;
  if (rule.regions !== undefined && !rule.regions.includes(region))
    return `the region ${region} is not allowed`;
  const missing = rule.require.find((proof) => !proofs.includes(proof));
  if (missing !== undefined) return `${instanceId} gives no ${missing}`;
  if (rule.images !== undefined && (imageId === undefined || !rule.images.includes(imageId)))
    return `the image ${imageId ?? '(unknown)'} of ${instanceId} is not allowed`;
  for (const [key, value] of Object.entries(rule.tags ?? {}))
    if (ec2 === undefined || !Object.hasOwn(ec2.tags, key) || ec2.tags[key] !== value)
      return `${instanceId} does not have the tag ${key}=${value}`;
  // A document from the future would make every age small.
  if (started !== undefined && started > now + maxFuture) return `${instanceId} was started in the future`;
  if (
    isFirst &&
    rule.maxPendingAge !== undefined &&
    (started === undefined || now - started > rule.maxPendingAge)
  )
    return `${instanceId} was started too long ago to prove itself for the first time`;
  return undefined;
}

/** Milliseconds that EC2's clock may be ahead of ours. */
const maxFuture = 60_000;
