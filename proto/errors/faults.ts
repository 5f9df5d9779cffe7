import type { ErrorCode } from './catalogue.ts';

/** Who caused the end of an attempt; see Fault in assignment.proto and the table in docs/faults.md. */
export type Fault = 'USER' | 'MACHINE' | 'RECIPE';

/** What is not the machine's fault, by its code. */
const faults: Partial<Record<ErrorCode, Fault>> = {
  CONTAINER_EXITED: 'USER',
  READINESS_TIMEOUT: 'USER',
  ORDER_TOO_LARGE: 'USER',
  ENV_NOT_ALLOWED: 'USER',
  FILES_NOT_ALLOWED: 'USER',
  REQUEST_INVALID: 'USER',
  IMAGE_NOT_FOUND: 'RECIPE',
  LOGIN_FAILED: 'RECIPE',
  IMAGE_DIGEST_MISMATCH: 'RECIPE',
  IMAGE_PLATFORM_MISMATCH: 'RECIPE',
  ENTRYPOINT_INVALID: 'RECIPE',
  EXEC_FAILED: 'RECIPE',
  CERTIFICATE_MISSING: 'RECIPE',
  ORDER_OPENED_EARLY: 'RECIPE',
  ORDER_NEVER_OPENED: 'RECIPE',
  ORDER_OPENED_TWICE: 'RECIPE',
  ORDER_NOT_READ: 'RECIPE',
};

/**
 * Whose fault it is that an order failed, as far as an error's code says it. What is not known to be the user's or the
 * recipe's is the machine's, since another machine may do better.
 */
export function faultOfCode(code: string): Fault {
  return Object.entries(faults).find(([known]) => known === code)?.[1] ?? 'MACHINE';
}
