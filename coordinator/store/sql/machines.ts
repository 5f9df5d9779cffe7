import { isBuildOwner } from '../../core/image/image-build.ts';
import { isGone } from '../../core/instance-state.ts';
import { looksBeforeAbandon, lookAfter } from '../../core/pool/launch-row.ts';
import { isAlive, type Machine } from '../../core/pool/provider.ts';
import type { Moment } from '../../core/model.ts';
import type { Operated } from '../fleet.ts';
import type { Listing, PoolUseCases } from '../pools.ts';
import { bindMachine } from './launches.ts';
import { operated } from './operated.ts';
import { concludeTerminated } from './provider.ts';
import { number, text, type Row } from './rows.ts';
import type { Tables } from './tables.ts';

/** Milliseconds: a listing may lack what is younger, and what is younger may be the answer of a call under way. */
const grace = 60_000;
/** Whole listings in a row that must lack a machine, and for how many milliseconds, before it is gone. */
const absent = { listings: 2, ms: 60_000 };
/** Milliseconds that a machine of no pool may take to show that somebody uses it. */
const strangerPatience = 15 * 60_000;

type MachineUseCases = Pick<PoolUseCases, 'observeMachines' | 'takeEnds'>;

export function machineCommands(tables: Tables): MachineUseCases {
  const { db } = tables;
  return {
    async observeMachines(listing, at) {
      const rows = await db.all(
        `SELECT machine.*, instance.state, instance.connected
         FROM machine INDEXED BY machine_present LEFT JOIN instance USING (instance_id)
         WHERE provider_state <> 'terminated'`,
      );
      const known = new Map(rows.map((row) => [text(row, 'instance_id'), row]));
      await addListed(tables, listing, known);
      const strangers = await bindStrangers(tables, listing, known, at);
      const ended = [
        ...(await noteSeen(tables, listing.machines, known, at)),
        ...(await noteAbsent(tables, listing, rows, at)),
      ];
      await endUnused(tables, at);
      return { strangers, ended, abandoned: await settleByListing(tables, listing, at) };
    },
    async takeEnds(limit, patience, { steady }) {
      const due = await db.all(
        `SELECT instance_id FROM machine WHERE end_reason <> '' AND provider_state NOT IN ('terminated', 'shutting-down')
           AND (next_end <= ?1 OR next_end > ?2) ORDER BY next_end, instance_id LIMIT ?3`,
        ...[steady, steady + patience * 2, limit],
      );
      const ids = due.map((row) => text(row, 'instance_id'));
      for (const id of ids)
        await db.run('UPDATE machine SET next_end = ? WHERE instance_id = ?', steady + patience, id);
      return ids;
    },
  };
}

/** Adds the machines that are listed and were terminated before, or given up. */
async function addListed({ db }: Tables, { machines }: Listing, known: Map<string, Row>): Promise<void> {
  for (const { instanceId } of machines) {
    if (known.has(instanceId)) continue;
    const row = await db.one(
      `SELECT machine.*, instance.state, instance.connected
       FROM machine LEFT JOIN instance USING (instance_id) WHERE machine.instance_id = ?`,
      instanceId,
    );
    if (row !== undefined) known.set(instanceId, row);
  }
}

/**
 * A machine with our tag and no row: the answer to its call was lost, or the store is an older copy. It counts in its pool
 * like any other from now on, and ends like any other when it does not become READY.
 */
async function bindStrangers(
  { db }: Tables,
  { machines }: Listing,
  known: ReadonlyMap<string, Row>,
  at: Moment,
): Promise<string[]> {
  const strangers: string[] = [];
  for (const machine of machines) {
    const { instanceId, launchId, state, launchTime } = machine;
    if (known.has(instanceId) || !isAlive(state)) continue;
    const launch = await db.one('SELECT pool FROM launch WHERE launch_id = ?', launchId);
    if (launch === undefined && at.now - launchTime < grace) continue;
    await bindMachine(db, machine, at, launch === undefined ? 'stranger' : 'ours');
    if (launch === undefined) strangers.push(instanceId);
  }
  return strangers;
}

async function noteSeen(
  tables: Tables,
  machines: readonly Machine[],
  known: ReadonlyMap<string, Row>,
  at: Moment,
): Promise<Operated[]> {
  const ended: Operated[] = [];
  for (const { instanceId, state } of machines) {
    const row = known.get(instanceId);
    if (row === undefined) continue;
    const before = text(row, 'provider_state') as Machine['state'];
    if (!isAlive(state)) {
      const gone = isAlive(before)
        ? await end(tables, row, 'the provider says that it is terminated', at)
        : undefined;
      if (gone !== undefined) ended.push(gone);
    } else if (state !== before || number(row, 'absent') > 0)
      // One that was given up and is listed again is ours as before: listings had lacked it.
      await tables.db.run(
        'UPDATE machine SET provider_state = ?, seen = ?, absent = 0 WHERE instance_id = ?',
        ...[state, at.steady, instanceId],
      );
  }
  return ended;
}

/** One listing may lack a machine that runs: it takes two, a minute apart, and a closed session. */
async function noteAbsent(
  tables: Tables,
  { machines, begun }: Listing,
  rows: readonly Row[],
  at: Moment,
): Promise<Operated[]> {
  const listed = new Set(machines.map(({ instanceId }) => instanceId));
  const ended: Operated[] = [];
  for (const row of rows) {
    const instanceId = text(row, 'instance_id');
    if (listed.has(instanceId) || !isAlive(text(row, 'provider_state') as Machine['state'])) continue;
    const isYoung = number(row, 'bound') > begun.steady - grace && number(row, 'bound') <= at.steady;
    if (isYoung || number(row, 'connected') === 1) continue;
    const count = number(row, 'absent') + 1;
    const since = count === 1 ? at.steady : number(row, 'absent_since');
    await tables.db.run(
      'UPDATE machine SET absent = ?, absent_since = ? WHERE instance_id = ?',
      ...[count, since, instanceId],
    );
    if (count < absent.listings || at.steady - since < absent.ms) continue;
    const gone = await end(tables, row, 'the provider does not know it any more', at);
    if (gone !== undefined) ended.push(gone);
  }
  return ended;
}

/** @returns what its end brought about for its instance; undefined when it never checked in, or is still connected */
async function end(tables: Tables, row: Row, said: string, at: Moment): Promise<Operated | undefined> {
  const instanceId = text(row, 'instance_id');
  await tables.db.run(
    `UPDATE machine SET provider_state = 'terminated', seen = ? WHERE instance_id = ?`,
    ...[at.steady, instanceId],
  );
  const instance = await tables.instances.get(instanceId);
  if (instance === undefined || instance.connected || instance.state === 'TERMINATED') return undefined;
  const steps = await concludeTerminated(tables, instance, said, at);
  return await operated(tables, instanceId, steps, at);
}

/**
 * Machines of no pool and no image build that nobody uses; one whose tags name an assignment is never ended. A machine of a
 * build that is over has no use, whatever it says.
 */
async function endUnused({ db }: Tables, at: Moment): Promise<void> {
  const rows = await db.all(
    `SELECT machine.instance_id, machine.pool, machine.bound, instance.state, instance.connected
     FROM machine INDEXED BY machine_present LEFT JOIN instance USING (instance_id)
     WHERE end_reason = '' AND provider_state <> 'terminated' AND protected = 0
       AND NOT EXISTS (SELECT 1 FROM pool WHERE pool.name = machine.pool)
       AND NOT EXISTS (
         SELECT 1 FROM image_build WHERE is_closed = 0 AND 'build/' || build_id = machine.pool)`,
  );
  for (const row of rows) {
    const isOver = isGone(text(row, 'state') as Parameters<typeof isGone>[0]);
    const isUnused =
      isBuildOwner(text(row, 'pool')) ||
      (row['state'] === null && at.steady - number(row, 'bound') > strangerPatience);
    if (!isOver && !isUnused) continue;
    await db.run(
      'UPDATE machine SET end_reason = ? WHERE instance_id = ?',
      ...['ORPHAN: no pool owns it', text(row, 'instance_id')],
    );
  }
}

/** Calls that are not made again: their machines are found by their tags, or there are none. */
async function settleByListing({ db }: Tables, { begun }: Listing, at: Moment): Promise<string[]> {
  const rows = await db.all(
    `SELECT launch.*, (SELECT count(*) FROM machine WHERE machine.launch_id = launch.launch_id) AS found
     FROM launch INDEXED BY launch_open WHERE state IN ('PLANNED', 'ASKED') AND state = 'ASKED'`,
  );
  const abandoned: string[] = [];
  for (const row of rows) {
    const launchId = text(row, 'launch_id');
    const isOld = at.steady - number(row, 'planned') > lookAfter;
    if (number(row, 'only_look') === 0 && !isOld) continue;
    const looks = number(row, 'looks') + (number(row, 'asked') < begun.steady - grace ? 1 : 0);
    const state = number(row, 'found') > 0 ? 'ANSWERED' : looks >= looksBeforeAbandon ? 'ABANDONED' : 'ASKED';
    await db.run(
      'UPDATE launch SET state = ?, looks = ?, only_look = 1, answered = ? WHERE launch_id = ?',
      ...[state, looks, at.steady, launchId],
    );
    if (state === 'ABANDONED') abandoned.push(launchId);
  }
  return abandoned;
}
