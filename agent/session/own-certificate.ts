import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isObject, parseJson } from '../core/json.ts';
import { removeDurably, writeDurably } from '../host/durable-file.ts';
import { newPrivateKey } from '../host/private-key.ts';

/** A certificate that proves which instance this is. */
export interface OwnCertificate {
  /** PEM, this instance's own first. */
  chain: string;
  generation: number;
  /** Milliseconds since the epoch. */
  issueTime: number;
  expireTime: number;
}

/** What makes this instance this instance. In one file, so that key and certificate always belong together. */
export interface OwnIdentity {
  version: 1;
  instanceId: string;
  /** PEM. Made and kept before anybody is told of it: whoever asks again after a crash has the same key. */
  key: string;
  certificate?: OwnCertificate;
  /** The key that the certificate is being renewed to. */
  nextKey?: string;
}

/**
 * The identity that this instance had before, or a new key. One that belongs to another instance came with a copy of its
 * disk: it is removed, whoever it was.
 */
export async function readOwnIdentity(
  path: string,
  instanceId: string,
  logger: Logger,
): Promise<OwnIdentity> {
  const found = await readStored(path, logger);
  if (found?.instanceId === instanceId) return found;
  if (found !== undefined) {
    logger.warn({ other: found.instanceId }, 'identity of another instance dropped');
    await removeDurably(path);
  }
  const fresh: OwnIdentity = { version: 1, instanceId, key: newPrivateKey() };
  await writeOwnIdentity(path, fresh);
  return fresh;
}

/** @throws ParbakeError AGENT_STATE_UNWRITABLE */
export async function writeOwnIdentity(path: string, identity: OwnIdentity): Promise<void> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await writeDurably(path, `${JSON.stringify(identity)}\n`, 0o600);
  } catch (cause) {
    throw new ParbakeError('AGENT_STATE_UNWRITABLE', `cannot write ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/** A file that is not whole counts as none: the coordinator then decides whether a new key is admitted. */
async function readStored(path: string, logger: Logger): Promise<OwnIdentity | undefined> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (codeOf(cause) !== 'ENOENT')
      logger.warn({ path, reason: reasonOf(cause) }, 'cannot read the own identity');
    return undefined;
  });
  if (text === undefined) return undefined;
  const parsed = parseJson(text);
  if (isIdentity(parsed)) return parsed;
  logger.warn({ path }, 'the own identity is damaged and is made anew');
  return undefined;
}

function isIdentity(value: unknown): value is OwnIdentity {
  if (!isObject(value) || value['version'] !== 1) return false;
  const { instanceId, key, nextKey, certificate } = value;
  if (typeof instanceId !== 'string' || !isKey(key)) return false;
  if (nextKey !== undefined && !isKey(nextKey)) return false;
  return certificate === undefined || isCertificate(certificate, key);
}

function isKey(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    return createPrivateKey(value).asymmetricKeyType === 'ec';
  } catch {
    return false;
  }
}

function isCertificate(value: unknown, key: unknown): value is OwnCertificate {
  if (!isObject(value) || typeof key !== 'string') return false;
  const { chain, generation, issueTime, expireTime } = value;
  if (typeof chain !== 'string' || ![generation, issueTime, expireTime].every(Number.isSafeInteger))
    return false;
  try {
    return new X509Certificate(chain).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
