import type { ErrorCode } from '../../proto/errors/catalogue.ts';

/** Whether an error says that the store itself fails, whatever it was asked for. */
export function isStoreFailure(code: ErrorCode): boolean {
  return code === 'STORE_FAILED' || code === 'STORE_UNREACHABLE';
}
