import { ParbakeError, type ErrorCode } from '../../../proto/errors/errors.ts';

/** The Engine tells failures of a pull apart by its wording only; first match wins. */
const wordings: readonly [RegExp, ErrorCode][] = [
  [/no space left on device|disk quota exceeded/i, 'DISK_FULL'],
  [
    /no matching manifest for|does not match the specified platform|image operating system .* cannot be used/i,
    'IMAGE_PLATFORM_MISMATCH',
  ],
  [
    /manifest unknown|manifest for .* not found|name unknown|repository .* not found|does not exist|pull access denied|no basic auth credentials|unauthorized|authentication required|denied: |not found: /i,
    'IMAGE_NOT_FOUND',
  ],
];

/**
 * What a failed pull, or a question to a registry through the Engine, means.
 * @param text the Engine's words
 * @param verb what was tried
 */
export function pullFailure(ref: string, text: string, cause?: unknown, verb = 'pull'): ParbakeError {
  const code = wordings.find(([pattern]) => pattern.test(text))?.[1] ?? 'IMAGE_PULL_FAILED';
  return new ParbakeError(code, `cannot ${verb} ${ref}: ${text.trim()}`, { cause });
}

/** Whether a registry wanted a login, or another one. */
export function isRefusal(cause: unknown): boolean {
  return (
    cause instanceof ParbakeError &&
    cause.code === 'IMAGE_NOT_FOUND' &&
    /unauthorized|denied|no basic auth credentials|authentication required|incorrect username or password/i.test(
      cause.message,
    )
  );
}
