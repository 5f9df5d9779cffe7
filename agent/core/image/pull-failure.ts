import { ParbakeError, type ErrorCode } from '../../../proto/errors/errors.ts';

/** The Engine tells failures of a pull apart by its wording only; first match wins. */
const wordings: readonly [RegExp, ErrorCode][] = [
  [/no space left on device|disk quota exceeded/i, 'DISK_FULL'],
  [
    /no matching manifest for|does not match the specified platform|image operating system .* cannot be used/i,
    'IMAGE_PLATFORM_MISMATCH',
  ],
  [
    /manifest unknown|manifest for .* not found|name unknown|repository .* not found|does not exist|pull access denied|no basic auth credentials|unauthorized|denied: |not found: /i,
    'IMAGE_NOT_FOUND',
  ],
];

/** What a failed pull means. @param text the Engine's words */
export function pullFailure(ref: string, text: string, cause?: unknown): ParbakeError {
  const code = wordings.find(([pattern]) => pattern.test(text))?.[1] ?? 'IMAGE_PULL_FAILED';
  return new ParbakeError(code, `cannot pull ${ref}: ${text.trim()}`, { cause });
}
