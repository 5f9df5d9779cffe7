import { Metadata, status, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import { reasonOf } from './cause.ts';
import { catalogue, type ErrorCode } from './catalogue.ts';
import type { ExitCode } from './exit.ts';

export type { ErrorCode };

/** Metadata key under which a code travels beside a gRPC status. */
export const reasonKey = 'parbake-reason';

/** An expected failure: what failed and why in `message`, what to do in `action`, a stable `code`. */
export class ParbakeError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ParbakeError';
    this.code = code;
  }

  get action(): string {
    return catalogue[this.code].action;
  }

  get exitCode(): ExitCode {
    return catalogue[this.code].exit;
  }

  get retryable(): boolean {
    return catalogue[this.code].retryable;
  }

  toJSON(): { code: ErrorCode; message: string; action: string; retryable: boolean } {
    return { code: this.code, message: this.message, action: this.action, retryable: this.retryable };
  }

  /** `CODE: sentence`, for fields such as Instance.state_reason. */
  toReason(): string {
    return `${this.code}: ${this.message}`;
  }
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(catalogue, text);
}

/** Wraps what is not ours: a gRPC status with our reason comes back as the error that was sent. */
export function toParbakeError(cause: unknown): ParbakeError {
  if (cause instanceof ParbakeError) return cause;
  if (isServiceError(cause)) return fromServiceError(cause);
  return new ParbakeError('INTERNAL', reasonOf(cause), { cause });
}

function isServiceError(cause: unknown): cause is ServiceError {
  return cause instanceof Error && 'details' in cause && 'metadata' in cause && 'code' in cause;
}

function fromServiceError(cause: ServiceError): ParbakeError {
  const reason = String(cause.metadata.get(reasonKey)[0] ?? '');
  if (isErrorCode(reason)) return new ParbakeError(reason, cause.details, { cause });
  if (cause.code === status.UNAVAILABLE)
    return new ParbakeError('COORDINATOR_UNREACHABLE', withoutWrapping(cause.details), { cause });
  if (cause.code === status.DEADLINE_EXCEEDED)
    return new ParbakeError('DEADLINE_EXCEEDED', cause.details, { cause });
  return new ParbakeError('INTERNAL', cause.details, { cause });
}

/** What the system said of a connection, without what the gRPC library says around it. */
function withoutWrapping(details: string): string {
  return (
    /^No connection established\. Last error: (?:Error: )?(.+?)\. Resolution note: ?$/.exec(details)?.[1] ??
    details
  );
}

/** What a handler answers: the error's status, with its code as the reason. */
export function toStatus(error: ParbakeError): Partial<StatusObject> {
  const metadata = new Metadata();
  metadata.set(reasonKey, error.code);
  return { code: catalogue[error.code].grpc, details: error.message, metadata };
}
