import { reasonOf } from '../../../proto/errors/cause.ts';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { maxSecretBytes } from '../secrets.ts';

/** Where in AWS secrets are. Nothing outside of the prefix can be named. */
export interface AwsSecretPlace {
  region: string;
  /** Comes before each name: empty, or segments with a slash behind each. */
  prefix: string;
}

/**
 * Credentials and endpoints come from where AWS's own tools take them: environment, shared files, the machine's role.
 * A fetch as a whole has a deadline of its own.
 */
export function clientOptions(region: string) {
  return {
    region,
    maxAttempts: 3,
    // Without the last of these, a timeout is only a warning of the SDK's.
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  };
}

/** @throws ParbakeError SECRET_UNAVAILABLE */
export function textOf(name: string, text: string | undefined): string {
  if (text === undefined)
    throw new ParbakeError('SECRET_UNAVAILABLE', `secret ${name} is not text: store it as a string`);
  if (Buffer.byteLength(text) > maxSecretBytes)
    throw new ParbakeError('SECRET_UNAVAILABLE', `secret ${name} has more than ${maxSecretBytes} bytes`);
  return text;
}

export function missing(name: string): ParbakeError {
  return new ParbakeError('SECRET_NOT_FOUND', `there is no secret ${name}`);
}

/** @param cause what the SDK threw; its message names the request, never a value */
export function unavailable(name: string, cause: unknown): ParbakeError {
  if (cause instanceof ParbakeError) return cause;
  const kind = cause instanceof Error ? `${cause.name}: ` : '';
  const message = `secret ${name} cannot be read: ${kind}${reasonOf(cause)}`;
  return new ParbakeError('SECRET_UNAVAILABLE', message, { cause });
}
