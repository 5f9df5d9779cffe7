import { reasonOf } from './cause.ts';
import { catalogue, type ErrorCode } from './catalogue.ts';
import type { ExitCode } from './exit.ts';

export type { ErrorCode };

/** A field of a request that is wrong. */
export interface FieldViolation {
  /** Its path, such as `facts.kernel` or `roles[0].name`. */
  field: string;
  description: string;
}

/** What a program can use of an error; over gRPC these become the error details of google.rpc. */
export interface ErrorDetails {
  /** Every field that is wrong, not only the first (BadRequest). */
  violations?: readonly FieldViolation[];
  /** Milliseconds after which the same call may succeed (RetryInfo). */
  retryAfterMs?: number;
  /** What does not exist (ResourceInfo). */
  resource?: { type: string; name: string };
  /** What the message says in words, by name (ErrorInfo.metadata). */
  metadata?: Readonly<Record<string, string>>;
}

/** An expected failure: what failed and why in `message`, what to do in `action`, a stable `code`. */
export class ParbakeError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: ErrorDetails & { cause?: unknown } = {}) {
    const { cause, ...details } = options;
    super(message, cause === undefined ? {} : { cause });
    this.name = 'ParbakeError';
    this.code = code;
    this.details = details;
  }

  /** Milliseconds after which whoever refused allows another try; undefined when they did not say. */
  get retryAfterMs(): number | undefined {
    return this.details.retryAfterMs;
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

/** Wraps what others threw. Call `fromStatus` for what a gRPC call failed with. */
export function toParbakeError(cause: unknown): ParbakeError {
  return cause instanceof ParbakeError ? cause : new ParbakeError('INTERNAL', reasonOf(cause), { cause });
}
