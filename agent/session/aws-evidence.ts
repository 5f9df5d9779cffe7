import { createPrivateKey } from 'node:crypto';
import type { AwsEvidence } from '../../proto/gen/parbake/v1/AwsEvidence.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { attestationChallenge, signCallerIdentity } from '../../proto/wire/caller-identity.ts';
import { isObject, parseJson } from '../core/json.ts';
import { readIdentityEvidence, type IdentityEvidence } from '../host/imds.ts';
import { publicKeyInfo } from './certificate-request.ts';

/** Milliseconds for the metadata service, which answers from the host. */
const patience = 5_000;

/**
 * EC2's signed document, and a call of STS that proves that this instance is here now, for this nonce and this key.
 * @param bases of the metadata service. @param key PEM. @throws ParbakeError IMDS_UNAVAILABLE
 */
export async function awsEvidence(
  bases: readonly string[],
  nonce: Buffer,
  key: string,
): Promise<AwsEvidence> {
  const { document, credentials, region } = await read(bases);
  const parsed = parseJson(credentials);
  const { AccessKeyId, SecretAccessKey, Token } = isObject(parsed) ? parsed : {};
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string' || typeof Token !== 'string')
    throw new ParbakeError(
      'IMDS_UNAVAILABLE',
      'the metadata service gives no credentials of the identity role',
    );
  const challenge = attestationChallenge(nonce, publicKeyInfo(createPrivateKey(key)));
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const signature = signCallerIdentity({ region, date, sessionToken: Token, challenge }, SecretAccessKey);
  return {
    identityDocument: document,
    callerIdentity: { region, date, accessKeyId: AccessKeyId, sessionToken: Token, signature },
  };
}

async function read(bases: readonly string[]): Promise<IdentityEvidence> {
  let last: unknown;
  for (const base of bases)
    try {
      return await readIdentityEvidence(base, AbortSignal.timeout(patience));
    } catch (cause) {
      last = cause;
    }
  throw last;
}
