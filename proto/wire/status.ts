import { Metadata, status, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import { catalogue } from '../errors/catalogue.ts';
import { isErrorCode, ParbakeError, toParbakeError } from '../errors/errors.ts';

/** Metadata key under which an error's code travels beside its gRPC status. */
export const reasonKey = 'parbake-reason';

/** The status that a handler answers with; the error's code goes beside it as the reason. */
export function toStatus(error: ParbakeError): Pick<StatusObject, 'code' | 'details' | 'metadata'> {
  const metadata = new Metadata();
  metadata.set(reasonKey, error.code);
  return { code: status[catalogue[error.code].grpc], details: error.message, metadata };
}

/** The error that a call failed with: the one that the other side sent, or one that says why it was not reached. */
export function fromStatus(cause: unknown): ParbakeError {
  if (!isServiceError(cause)) return toParbakeError(cause);
  const reason = String(cause.metadata.get(reasonKey)[0] ?? '');
  if (isErrorCode(reason)) return new ParbakeError(reason, cause.details, { cause });
  if (cause.code === status.UNAVAILABLE)
    return new ParbakeError('COORDINATOR_UNREACHABLE', withoutWrapping(cause.details), { cause });
  if (cause.code === status.DEADLINE_EXCEEDED)
    return new ParbakeError('DEADLINE_EXCEEDED', cause.details, { cause });
  return new ParbakeError('INTERNAL', cause.details, { cause });
}

function isServiceError(cause: unknown): cause is ServiceError {
  return cause instanceof Error && 'details' in cause && 'metadata' in cause && 'code' in cause;
}

/** What the system said about a connection, without the gRPC library's words around it. */
function withoutWrapping(details: string): string {
  return (
    /^No connection established\. Last error: (?:Error: )?(.+?)\. Resolution note: ?$/.exec(details)?.[1] ??
    details
  );
}
