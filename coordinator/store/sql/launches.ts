import type { Block } from '../../core/pool/launch-row.ts';
import { isAlive, type LaunchRequest, type Machine } from '../../core/pool/provider.ts';
import type { Moment } from '../../core/model.ts';
import type { PoolUseCases } from '../pools.ts';
import { number, text } from './rows.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

/** A next try that lies further ahead than this was written before a clock was set back. */
const farthestTry = 30 * 60_000;

type LaunchUseCases = Pick<PoolUseCases, 'dueLaunches' | 'askLaunch' | 'launchAnswered' | 'launchFailed'>;

export function launchCommands({ db }: Tables): LaunchUseCases {
  return {
    dueLaunches: async ({ steady }) =>
      (
        await db.all(
          `SELECT launch_id, wanted FROM launch WHERE ${isDue} ORDER BY planned, launch_id`,
          ...[steady, steady + farthestTry],
        )
      ).map((row) => ({ launchId: text(row, 'launch_id'), count: number(row, 'wanted') })),
    async askLaunch(launchId, patience, { steady }) {
      const row = await db.one(
        `UPDATE launch SET state = 'ASKED', tries = tries + 1, next_try = ?3, asked = ?1, looks = 0
         WHERE launch_id = ?4 AND ${isDueAt} RETURNING *`,
        ...[steady, steady + farthestTry, steady + patience, launchId],
      );
      if (row === undefined) return undefined;
      return {
        request: JSON.parse(text(row, 'request')) as LaunchRequest,
        tries: number(row, 'tries'),
      };
    },
    async launchAnswered(launchId, machines, at) {
      await db.run(
        `UPDATE launch SET state = 'ANSWERED', answered = ?, code = '' WHERE launch_id = ?`,
        ...[at.steady, launchId],
      );
      const launch = await db.one('SELECT request FROM launch WHERE launch_id = ?', launchId);
      if (launch === undefined) return;
      const { pool, specHash } = JSON.parse(text(launch, 'request')) as LaunchRequest;
      for (const machine of machines)
        await bindMachine(db, { ...machine, launchId, pool, specHash }, at, 'ours');
      await db.run(
        `DELETE FROM offering WHERE offering_key IN (${machines.map(() => '?').join(', ') || "''"})`,
        ...machines.map(({ market, instanceType, subnetId }) => `${market}:${instanceType}:${subnetId}`),
      );
    },
    async launchFailed(launchId, after, { code, message }, { steady }) {
      if (after.kind === 'retry')
        await db.run(
          `UPDATE launch SET next_try = ?, code = ? WHERE launch_id = ? AND state = 'ASKED'`,
          ...[steady + after.after, code, launchId],
        );
      else if (after.kind === 'look')
        await db.run(
          `UPDATE launch SET only_look = 1, code = ? WHERE launch_id = ? AND state = 'ASKED'`,
          ...[code, launchId],
        );
      else {
        const row = await db.one(
          `UPDATE launch SET state = 'REFUSED', answered = ?, code = ? WHERE launch_id = ? AND state = 'ASKED'
           RETURNING pool, request`,
          ...[steady, code, launchId],
        );
        if (row === undefined) return;
        const { specHash } = JSON.parse(text(row, 'request')) as LaunchRequest;
        if (after.block === undefined)
          await db.run(
            'UPDATE pool SET broken = ?, revision = revision + 1 WHERE name = ?',
            ...[JSON.stringify({ specHash, code, message }), text(row, 'pool')],
          );
        else await block(db, after.block, code, steady);
      }
    },
  };
}

const isDue = `state IN ('PLANNED', 'ASKED') AND only_look = 0 AND (next_try <= ? OR next_try > ?)`;
/** The same, with its values by number. */
const isDueAt = `state IN ('PLANNED', 'ASKED') AND only_look = 0 AND (next_try <= ?1 OR next_try > ?2)`;

/** Each refusal in a row doubles the time. */
async function block(db: Database, { key, first, max }: Block, code: string, steady: number): Promise<void> {
  const known = await db.one('SELECT strikes FROM offering WHERE offering_key = ?', key);
  const strikes = number(known ?? {}, 'strikes');
  const until = steady + Math.min(max, first * 2 ** Math.min(strikes, 16));
  await db.run(
    `INSERT INTO offering (offering_key, until_steady, code, strikes) VALUES (?, ?, ?, ?)
     ON CONFLICT (offering_key) DO UPDATE SET until_steady = excluded.until_steady, code = excluded.code,
       strikes = excluded.strikes`,
    ...[key, until, code, strikes + 1],
  );
}

/** What a machine was bought as is not asked for a while. */
export async function blockOffering(
  db: Database,
  instanceId: string,
  code: string,
  { steady }: Moment,
): Promise<void> {
  const row = await db.one(
    'SELECT market, instance_type, subnet_id FROM machine WHERE instance_id = ?',
    instanceId,
  );
  if (row === undefined) return;
  const key = `${text(row, 'market')}:${text(row, 'instance_type')}:${text(row, 'subnet_id')}`;
  await block(db, { key, first: 3 * 60_000, max: 30 * 60_000 }, code, steady);
}

/**
 * Makes a machine known, or says again which call it came of.
 * @param owner whether a call of this store's named it, or only its tags do
 */
export async function bindMachine(
  db: Database,
  machine: Machine,
  { steady }: Moment,
  owner: 'ours' | 'stranger',
): Promise<void> {
  const { instanceId, launchId, pool, specHash, market, instanceType, subnetId, zone, state } = machine;
  await db.run(
    `INSERT INTO machine (instance_id, launch_id, pool, spec_hash, market, instance_type, subnet_id, zone, image_id,
       provider_state, bound, seen, protected) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12)
     ON CONFLICT (instance_id) DO UPDATE SET launch_id = excluded.launch_id, pool = excluded.pool,
       spec_hash = excluded.spec_hash`,
    ...[instanceId, launchId, pool, specHash, market, instanceType, subnetId, zone, machine.imageId],
    // An answer may come long after what it tells.
    isAlive(state) ? state : 'running',
    steady,
    owner === 'stranger' && machine.isAssigned ? 1 : 0,
  );
}
