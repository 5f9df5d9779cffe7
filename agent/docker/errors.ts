import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError, type ErrorCode } from '../../proto/errors/errors.ts';
import { isAbort } from '../../proto/process/tasks.ts';

/** Nobody listens at the socket, or the one who did went away in the middle of the answer. */
const unreachableCodes = new Set(['ECONNREFUSED', 'ENOENT', 'EACCES', 'ECONNRESET', 'EPIPE', 'ENOTSOCK']);

/**
 * What a failed Engine call means. An abort comes back unchanged, since it is a wish carried out.
 * @param what the call in words, such as `create container "app"`; it starts the message
 */
export function dockerError(cause: unknown, what: string): Error {
  if (cause instanceof ParbakeError) return cause;
  if (cause instanceof Error && isAbort(cause)) return cause;
  const code = systemCode(cause);
  const text = engineText(cause);
  if (code !== undefined && unreachableCodes.has(code))
    return new ParbakeError('DOCKER_UNAVAILABLE', `cannot ${what}: Docker does not answer (${text})`, {
      cause,
    });
  return new ParbakeError(codeOfText(text) ?? 'DOCKER_FAILED', `cannot ${what}: ${text}`, { cause });
}

/** Codes that only the Engine's wording tells, such as a full disk inside an HTTP 500. */
export function codeOfText(text: string): ErrorCode | undefined {
  if (/no space left on device|ENOSPC|disk quota exceeded/i.test(text)) return 'DISK_FULL';
  if (/no such image/i.test(text)) return 'IMAGE_NOT_FOUND';
  if (unknownUser.test(text)) return 'ENTRYPOINT_INVALID';
  if (unexecutable.test(text)) return 'EXEC_FAILED';
  return undefined;
}

/** What runc says of a command that it cannot execute, and what of a user whom the image does not know. */
const unexecutable = /start(?:ing)? container process.*\bexec: "/is;
const unknownUser = /unable to find (?:user|group) /i;

/** The HTTP status that the Engine answered with, if it answered. */
export function statusOf(cause: unknown): number | undefined {
  if (cause instanceof ParbakeError) return statusOf(cause.cause);
  if (!(cause instanceof Error) || !('statusCode' in cause)) return undefined;
  return typeof cause.statusCode === 'number' ? cause.statusCode : undefined;
}

export function isNotFound(cause: unknown): boolean {
  return statusOf(cause) === 404;
}

/** The name is taken, or a removal is in progress. */
export function isConflict(cause: unknown): boolean {
  return statusOf(cause) === 409;
}

/** A network that containers use cannot be removed. */
export function isForbidden(cause: unknown): boolean {
  return statusOf(cause) === 403;
}

/** The container is already in the state that was asked for. */
export function isNotModified(cause: unknown): boolean {
  return statusOf(cause) === 304;
}

function systemCode(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

/** The Engine's own words, without the client library's prefix and the blank at the end. */
export function engineText(cause: unknown): string {
  const text = reasonOf(cause);
  return text.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim();
}

/** What may pass by itself though the same call, made by a person, would fail again. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'DISK_FULL',
  'AGENT_STATE_UNWRITABLE',
  'GATE_UNAVAILABLE',
  'READINESS_TIMEOUT',
]);

/**
 * Whether it is worth another try after a while, without anybody's help: a port is held, containerd is starting, a
 * container is being removed, a disk is full. What the Engine calls a wrong request stays wrong.
 */
export function isTemporary(error: ParbakeError): boolean {
  if (error.code !== 'DOCKER_FAILED') return error.retryable || passing.has(error.code);
  const status = statusOf(error);
  return status === undefined || status >= 500 || isConflict(error);
}
