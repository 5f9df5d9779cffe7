import { ParbakeError } from '../../../proto/errors/errors.ts';
import type { Row } from '../sql/rows.ts';
import type { PostgresConnection } from './connection.ts';
import { literal } from './statement.ts';

/** A coordinator among those that share a store. */
export interface Replica {
  replicaId: string;
  version: string;
  /** Milliseconds; see `lease`. */
  lease?: number;
}

/** Milliseconds after its last renewal for which a coordinator counts as alive. */
export const defaultLease = 10_000;

/** Milliseconds by which a clock may differ from the database's: one coordinator measures times that another one noted. */
const clockTolerance = 2_000;

/** What a lease runs out at, by the database's clock: those of coordinators may differ. */
function leaseEnd({ lease = defaultLease }: Replica): string {
  return `clock_timestamp() + interval '${lease} milliseconds'`;
}

/**
 * Enters a coordinator among the others. Sessions and callers of coordinators that nobody knows any more are over: of one
 * without replicas, or of a store that was copied. What belongs to those whose lease ran out is left to `endLapsed`.
 * @throws ParbakeError STORE_FAILED when its clock differs from the others'
 */
export async function enter(connection: PostgresConnection, replica: Replica): Promise<void> {
  const { rows } = await connection.command(
    `SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now,
       EXISTS (SELECT 1 FROM replica WHERE lease_until > clock_timestamp()) AS is_joined`,
  );
  const { now, is_joined: isJoined } = rows[0] ?? {};
  const off = Date.now() - Number(now);
  if (isJoined === true && Math.abs(off) > clockTolerance)
    throw new ParbakeError(
      'STORE_FAILED',
      `the clock of this machine is ${Math.round(off / 1000)} s off PostgreSQL's, and other coordinators have it open: set the clock`,
    );
  await connection.command(
    `BEGIN;
     INSERT INTO replica (replica_id, version, start_time, lease_until, live_since) VALUES (
       ${literal(replica.replicaId)}, ${literal(replica.version)}, clock_timestamp(), ${leaseEnd(replica)}, clock_timestamp());
     ${over('NOT IN (SELECT replica_id FROM replica)')};
     COMMIT`,
  );
}

/** What ends with the coordinators that a condition names: their sessions, and requests that only their callers waited for. */
function over(condition: string): string {
  return `UPDATE instance SET connected = 0 WHERE connected = 1 AND session_replica ${condition};
    DELETE FROM assignment WHERE state = 'PENDING' AND answered = 0 AND awaited_by ${condition};
    UPDATE assignment SET abandoned = 1
    WHERE answered = 0 AND abandoned = 0 AND release_time = 0 AND awaited_by ${condition}`;
}

/**
 * What a transaction of a coordinator begins with. Whoever gives the coordinator up deletes its row, which waits for this
 * transaction; afterwards no other one finds the row. Renewals of the lease do not wait for it.
 */
export function fence({ replicaId }: Replica): string {
  return `SELECT 1 FROM replica WHERE replica_id = ${literal(replicaId)} FOR KEY SHARE`;
}

/** A coordinator ends: its sessions are closed, and its callers are gone. */
export async function leave(connection: PostgresConnection, { replicaId }: Replica): Promise<void> {
  const id = literal(replicaId);
  await connection.command(`BEGIN; DELETE FROM replica WHERE replica_id = ${id}; ${over(`= ${id}`)}; COMMIT`);
}

/** What one renewal finds. */
export interface Renewed {
  isLeader: boolean;
  /** Where those listen whose leases are live, by their ids. */
  live: Map<string, string>;
}

/**
 * Renews a lease, and takes the lead when its holder's lease has run out. A leader that only stopped for a while finds
 * that it leads no more.
 * @returns undefined when the others have given this one up
 */
export async function renew(
  connection: PostgresConnection,
  replica: Replica,
  address: string,
): Promise<Renewed | undefined> {
  const { replicaId } = replica;
  const renewed = await connection.command(
    `UPDATE replica SET address = $2, lease_until = ${leaseEnd(replica)},
       live_since = CASE WHEN lease_until < clock_timestamp() THEN clock_timestamp() ELSE live_since END
     WHERE replica_id = $1`,
    [replicaId, address],
  );
  if (renewed.rowCount === 0) return undefined;
  await connection.command(
    `UPDATE leader SET replica_id = $1 WHERE replica_id <> $1 AND NOT EXISTS (
       SELECT 1 FROM replica WHERE replica.replica_id = leader.replica_id AND lease_until > clock_timestamp())`,
    [replicaId],
  );
  const { rows } = await connection.command(
    `SELECT leader.replica_id AS leader,
       (SELECT json_object_agg(replica_id, address) FROM replica WHERE lease_until > clock_timestamp()) AS live
     FROM leader`,
  );
  const { leader, live } = rows[0] ?? {};
  const addresses = JSON.parse(typeof live === 'string' ? live : '{}') as Record<string, string>;
  return { isLeader: leader === replicaId, live: new Map(Object.entries(addresses)) };
}

/**
 * Refuses to change the tables under coordinators that know them as they were.
 * @throws ParbakeError STORE_FAILED
 */
export async function refuseWhileOthersLive(connection: PostgresConnection): Promise<void> {
  // Earlier versions had no replicas, and one of them is kept off by its lock.
  const table = await connection.command(
    `SELECT to_regclass(quote_ident(current_schema()) || '.replica') IS NOT NULL AS is_there`,
  );
  if (table.rows[0]?.['is_there'] !== true) return;
  const { rows } = await connection.command(
    'SELECT address, version FROM replica WHERE lease_until > clock_timestamp() ORDER BY address',
  );
  if (rows.length === 0) return;
  const names = rows.map((row: Row) => `${String(row['address'])} (version ${String(row['version'])})`);
  throw new ParbakeError(
    'STORE_FAILED',
    `this version changes its tables, and others have it open: stop ${names.join(', ')} first`,
  );
}
