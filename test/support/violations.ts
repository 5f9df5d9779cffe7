import { ParbakeError } from '../../proto/errors/errors.ts';

/** @returns the paths of the fields that a request is refused for; none when it is accepted */
export function violationsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (cause) {
    if (cause instanceof ParbakeError) return (cause.details.violations ?? []).map(({ field }) => field);
    throw cause;
  }
  return [];
}
