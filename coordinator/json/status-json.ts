import { status } from '@grpc/grpc-js';
import { catalogue } from '../../proto/errors/catalogue.ts';
import type { ParbakeError } from '../../proto/errors/errors.ts';
import { errorDetails } from '../../proto/wire/status.ts';
import { durationText } from './codec.ts';

/** HTTP's statuses for gRPC's, as google/rpc/code.proto gives them. */
const httpStatuses: Readonly<Partial<Record<keyof typeof status, number>>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

export function httpStatusOf({ code }: ParbakeError): number {
  return httpStatuses[catalogue[code].grpc] ?? 500;
}

/** The `google.rpc.Status` of an error, with the details that gRPC's callers get. */
export function statusJson(error: ParbakeError): object {
  return {
    code: status[catalogue[error.code].grpc],
    message: error.message,
    details: errorDetails(error).map(({ type, value }) => ({
      '@type': `type.googleapis.com/google.rpc.${type}`,
      ...('retryDelay' in value ? { retryDelay: durationText(value.retryDelay) } : value),
    })),
  };
}
