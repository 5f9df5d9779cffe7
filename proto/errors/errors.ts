import { reasonOf } from './cause.ts';
import { catalogue, type ErrorCode } from './catalogue.ts';
import type { ExitCode } from './exit.ts';

export type { ErrorCode };

/** An expected failure: what failed and why in `message`, what to do in `action`, a stable `code`. */
export class ParbakeError extends Error {
  readonly code: ErrorCode;
  /** Milliseconds after which whoever refused allows another try; undefined when they did not say. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; retryAfterMs?: number }) {
    super(message, options);
    this.name = 'ParbakeError';
    this.code = code;
    this.retryAfterMs = options?.retryAfterMs;
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
