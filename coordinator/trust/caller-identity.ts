import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { readAnswer, sendRequest } from '../../proto/process/http.ts';
import {
  callerIdentityAuthorization,
  callerIdentityBody,
  callerIdentityHeaders,
} from '../../proto/wire/caller-identity.ts';
import { isRegion } from './aws-evidence.ts';

/** All that an instance sends about its call: the rest is built here. */
export interface CallerIdentityProof {
  region: string;
  date: string;
  accessKeyId: string;
  sessionToken: string;
  signature: string;
}

/** Whom STS says the call is from. */
export interface CallerIdentity {
  accountId: string;
  instanceId: string;
}

/** Milliseconds that an instance's clock may differ; STS itself allows 15 minutes. */
const maxSkew = 300_000;
/** Milliseconds and bytes of STS's answer, which has some 500. */
const [deadline, maxBytes] = [5_000, 16_384];

/** Where STS answers, instead of AWS's own address: what AWS's tools take from AWS_ENDPOINT_URL_STS. */
export type StsEndpoint = string | undefined;

/**
 * Checks the five fields before anything is sent. @throws ParbakeError ATTESTATION_INVALID
 * @param now milliseconds since the epoch
 */
export function checkProof(proof: CallerIdentityProof, now: number): void {
  const { region, date, accessKeyId, sessionToken, signature } = proof;
  if (!isRegion(region)) throw invalid('names no region');
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const [year = '', month = '', day = '', hour = '', minute = '', second = ''] = parts;
  const signed = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!(Math.abs(signed - now) <= maxSkew)) throw invalid('was not signed within the last 5 minutes');
  if (!/^[A-Z0-9]{16,128}$/.test(accessKeyId)) throw invalid('has no access key id');
  if (!/^[A-Za-z0-9+/=._-]{16,8192}$/.test(sessionToken)) throw invalid('has no session token');
  if (!/^[0-9a-f]{64}$/.test(signature)) throw invalid('has no signature');
}

/**
 * Makes the call that an instance signed. STS refuses it when the challenge is not the one that was signed.
 * @param challenge what the instance must have signed
 * @throws ParbakeError ATTESTATION_INVALID when STS refuses it or it is not an instance's; ATTESTATION_UNAVAILABLE when STS
 *   does not answer
 */
export async function verifyCallerIdentity(
  proof: CallerIdentityProof,
  challenge: string,
  { now, endpoint }: { now: number; endpoint: StsEndpoint },
): Promise<CallerIdentity> {
  checkProof(proof, now);
  const fields = { ...proof, challenge };
  const headers = {
    ...callerIdentityHeaders(fields),
    authorization: callerIdentityAuthorization(fields, proof.accessKeyId, proof.signature),
  };
  const { status, body } = await post(endpoint ?? `https://${headers.host}`, headers);
  // STS says that it is asked too often with 400.
  if (status >= 500 || status === 429 || /<Code>(Throttling|RequestLimitExceeded)/.test(body))
    throw new ParbakeError('ATTESTATION_UNAVAILABLE', `STS answers ${status}`);
  if (status !== 200) throw invalid(`was refused by STS (${status})`);
  return readCallerIdentity(body);
}

async function post(url: string, headers: Readonly<Record<string, string>>) {
  try {
    const send = new URL(url).protocol === 'http:' ? httpRequest : httpsRequest;
    const signal = AbortSignal.timeout(deadline);
    const call = send(url, { method: 'POST', headers, signal, minVersion: 'TLSv1.2' });
    return await readAnswer(await sendRequest(call, callerIdentityBody), maxBytes);
  } catch (cause) {
    throw new ParbakeError('ATTESTATION_UNAVAILABLE', `STS does not answer: ${reasonOf(cause)}`, { cause });
  }
}

/** Only the identity role of EC2 itself names an instance; a session's name in another role is what its caller likes. */
const identityRole =
  /^arn:(?:aws|aws-cn|aws-us-gov):sts::(\d{12}):assumed-role\/aws:ec2-instance\/(i-[0-9a-f]{8,17})$/;

/** @param body STS's answer. @throws ParbakeError ATTESTATION_INVALID */
export function readCallerIdentity(body: string): CallerIdentity {
  const only = (name: string): string => {
    const found = [...body.matchAll(new RegExp(`<${name}>([^<>]*)</${name}>`, 'g'))];
    return found.length === 1 ? (found[0]?.[1] ?? '') : '';
  };
  const [, accountId, instanceId] = identityRole.exec(only('Arn')) ?? [];
  if (accountId === undefined || instanceId === undefined || only('Account') !== accountId)
    throw invalid('is not from the identity role of an instance');
  return { accountId, instanceId };
}

function invalid(problem: string): ParbakeError {
  return new ParbakeError('ATTESTATION_INVALID', `the signed call of GetCallerIdentity ${problem}`);
}
