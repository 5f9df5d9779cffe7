import { ParbakeError } from '../../proto/errors/errors.ts';

/** @throws ParbakeError ILLEGAL_TRANSITION when a transition function refused */
export function legal<T extends string>(state: T | { illegal: string }): T {
  if (typeof state === 'string') return state;
  throw new ParbakeError('ILLEGAL_TRANSITION', state.illegal);
}
