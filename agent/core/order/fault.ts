import type { ErrorCode } from '../../../proto/errors/errors.ts';
import { isMachines, type ContainerEnd } from './container-end.ts';

/** Who caused a failure; see Fault in assignment.proto. docs/faults.md has the table for people. */
export type Fault = 'USER' | 'MACHINE' | 'RECIPE';

const users: ReadonlySet<ErrorCode> = new Set([
  'READINESS_TIMEOUT',
  'ENV_NOT_ALLOWED',
  'FILES_NOT_ALLOWED',
  'ORDER_TOO_LARGE',
  'REQUEST_INVALID',
]);

const recipes: ReadonlySet<ErrorCode> = new Set([
  'IMAGE_NOT_FOUND',
  'LOGIN_FAILED',
  'IMAGE_DIGEST_MISMATCH',
  'IMAGE_PLATFORM_MISMATCH',
  'ENTRYPOINT_INVALID',
  'EXEC_FAILED',
]);

/**
 * Whose fault it is that an order failed. What is not known to be the user's or the recipe's is the machine's, since
 * another machine may do better.
 * @param end of the container that failed, if one did
 */
export function faultOf(code: ErrorCode, end: ContainerEnd | undefined): Fault {
  if (code === 'CONTAINER_EXITED') return end !== undefined && isMachines(end) ? 'MACHINE' : 'USER';
  if (users.has(code)) return 'USER';
  return recipes.has(code) ? 'RECIPE' : 'MACHINE';
}
