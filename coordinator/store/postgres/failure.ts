import { DatabaseError } from 'pg';
import { reasonOf } from '../../../proto/errors/cause.ts';
import { ParbakeError } from '../../../proto/errors/errors.ts';

/** What to do about what PostgreSQL says, by its code: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const advice: Record<string, string> = {
  '28000': 'PostgreSQL does not let this user in: check the user and pg_hba.conf',
  '28P01': 'PostgreSQL refuses the password',
  '3D000': 'the database does not exist: create it',
  '42501': 'the user needs CREATE on the schema, and must own its tables',
  '25006': 'PostgreSQL is read-only: give the address of the primary',
  '53100': 'the disk of PostgreSQL is full',
  '53300': 'PostgreSQL has no connection left: raise max_connections; a coordinator needs 2',
  '57P03': 'PostgreSQL is starting up or shutting down',
};

/** What is over once the server has restarted, or others have gone: shutdown, crash, start, no connection left. */
const passing = new Set(['57P01', '57P02', '57P03', '53300']);

/**
 * Serialization failures, deadlocks, and keys that somebody else was faster to use: the transaction did nothing, and finds
 * what the other one did when it is tried again.
 */
const conflicts = new Set(['40001', '40P01', '23505']);

export function isConflict(cause: unknown): boolean {
  return cause instanceof DatabaseError && conflicts.has(cause.code ?? '');
}

/** Whether the connection is of no use any more. */
export function isConnectionLost(cause: unknown): boolean {
  if (!(cause instanceof DatabaseError)) return !(cause instanceof ParbakeError);
  return cause.severity === 'FATAL' || cause.severity === 'PANIC' || cause.code?.startsWith('08') === true;
}

/** @param what such as `the store refused a change` */
export function storeFailure(what: string, cause: unknown): ParbakeError {
  if (cause instanceof ParbakeError) return cause;
  if (!(cause instanceof DatabaseError))
    return new ParbakeError('STORE_UNREACHABLE', `${what}: PostgreSQL is unreachable: ${reasonOf(cause)}`, {
      cause,
    });
  const code = cause.code ?? '';
  const hint = advice[code];
  const reason = hint === undefined ? cause.message : `${hint} (${cause.message})`;
  return new ParbakeError(passing.has(code) ? 'STORE_UNREACHABLE' : 'STORE_FAILED', `${what}: ${reason}`, {
    cause,
  });
}
