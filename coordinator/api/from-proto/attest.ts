import type { AttestRequest__Output } from '../../../proto/gen/parbake/v1/AttestRequest.ts';
import type { CreateJoinTokenRequest__Output } from '../../../proto/gen/parbake/v1/CreateJoinTokenRequest.ts';
import type { RenewRequest__Output } from '../../../proto/gen/parbake/v1/RenewRequest.ts';
import { millisecondsOf } from '../../../proto/wire/time.ts';
import { isInstanceId } from '../../trust/agent-uri.ts';
import type { Answer, Evidence } from '../../trust/attestation.ts';
import { bounded, invalid, required } from './parts.ts';

/** Milliseconds: for how long a join token is valid, unless the operator says so, and at most. */
const [usualTtl, maxTtl] = [600_000, 7 * 86_400_000];

/** @throws ParbakeError REQUEST_INVALID, as all of this file */
export function answerFromProto(message: AttestRequest__Output): Answer {
  const { certificateRequest, instanceId } = message;
  return {
    certificateRequest: requestBytes(certificateRequest),
    instanceId: required('instance_id', instanceId, 128),
    evidence: evidenceFromProto(message),
  };
}

export function renewalFromProto({ certificateRequest, generation }: RenewRequest__Output) {
  if (!Number.isSafeInteger(generation) || generation < 1) throw invalid('generation', 'is below 1');
  return { certificateRequest: requestBytes(certificateRequest), generation };
}

export function joinTokenFromProto({ instanceId, ttl }: CreateJoinTokenRequest__Output) {
  if (instanceId !== '' && !isInstanceId(instanceId))
    throw invalid('instance_id', 'is not a valid instance id');
  const ttlMs = millisecondsOf(ttl) ?? usualTtl;
  if (!(ttlMs > 0)) throw invalid('ttl', 'is not above 0');
  return { instanceId, ttlMs: Math.min(ttlMs, maxTtl) };
}

function evidenceFromProto({ evidence, joinToken, aws }: AttestRequest__Output): Evidence {
  if (evidence === 'none') return { kind: 'none' };
  if (evidence === 'joinToken')
    return { kind: 'join-token', token: bounded('join_token', joinToken ?? '', 256) };
  if (evidence !== 'aws' || aws === undefined || aws === null) throw invalid('evidence', 'is required');
  const { identityDocument, callerIdentity } = aws;
  return {
    kind: 'aws',
    identityDocument: bounded('aws.identity_document', identityDocument, 24_576),
    callerIdentity: callerIdentity ?? undefined,
  };
}

function requestBytes(bytes: Buffer): Buffer {
  if (bytes.length === 0) throw invalid('certificate_request', 'is required');
  return bytes;
}
