import { ParbakeError } from '../../../proto/errors/errors.ts';
import { withoutPassword } from './address.ts';
import { PostgresConnection } from './connection.ts';
import { storeFailure } from './failure.ts';

/** Milliseconds for which the session of a coordinator that was just killed may still hold the lock. */
const lockTimeout = 3_000;

/** Those who have the store open share this lock, and whoever wants it alone excludes them. */
const storeLock = `hashtext('parbake-coordinator'), hashtext(current_schema())`;

/**
 * Each statement of a coordinator that writes finds its rows by an index. A planner that has not been told yet how its tables
 * have grown would read all of them, and sort what an index has in order. Its estimates of what it must not do would also look
 * worth compiling.
 */
const planByIndex = ['enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin', 'jit']
  .map((setting) => `SET ${setting} = off`)
  .join('; ');

type Prepare = (session: PostgresConnection) => Promise<void>;

/** @param prepare done on the session before it counts as open. @throws ParbakeError STORE_FAILED, STORE_UNREACHABLE */
export async function openSession(
  url: string,
  prepare: Prepare = async () => {},
): Promise<PostgresConnection> {
  try {
    const opened = await PostgresConnection.open(url);
    try {
      await prepare(opened);
      return opened;
    } catch (cause) {
      opened.abandon();
      throw cause;
    }
  } catch (cause) {
    const what = `cannot open the store ${withoutPassword(url)}`;
    if (!(cause instanceof ParbakeError)) throw storeFailure(what, cause);
    throw new ParbakeError(cause.code, `${what}: ${cause.message}`, { cause });
  }
}

/** A session beside those of other coordinators. */
export async function openShared(url: string, prepare?: Prepare): Promise<PostgresConnection> {
  return await openLocked(
    url,
    'pg_advisory_lock_shared',
    'it is being copied, or an older coordinator has it',
    prepare,
  );
}

/** The only session that has the store open. */
export async function openAlone(url: string, prepare?: Prepare): Promise<PostgresConnection> {
  return await openLocked(url, 'pg_advisory_lock', 'a coordinator has it open', prepare);
}

/** @param refusal why the lock was not got. The lock ends with the session. */
async function openLocked(
  url: string,
  lock: 'pg_advisory_lock' | 'pg_advisory_lock_shared',
  refusal: string,
  prepare: Prepare = async () => {},
): Promise<PostgresConnection> {
  return await openSession(url, async (session) => {
    try {
      await session.command(`SET lock_timeout = ${lockTimeout}`);
      await session.command(`SELECT ${lock}(${storeLock})`);
      await session.command(`RESET lock_timeout; ${planByIndex}`);
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === '55P03')
        throw new ParbakeError('STORE_FAILED', refusal, { cause });
      throw cause;
    }
    await prepare(session);
  });
}
