import { isChannel } from '../../core/image/image-build.ts';
import { closedBreaker } from '../../core/pool/breaker.ts';
import type { Plan } from '../../core/pool/plan.ts';
import type { PoolView } from '../../core/pool/pool-view.ts';
import type { LaunchRequest } from '../../core/pool/provider.ts';
import type { Moment } from '../../core/model.ts';
import type { AppliedPool, PoolUseCases } from '../pools.ts';
import { currentImages } from './images.ts';
import { demandCommands } from './demand.ts';
import { endMachines, insertLaunches } from './launch-rows.ts';
import { launchCommands } from './launches.ts';
import { machineCommands } from './machines.ts';
import { toKnownPool, toPoolColumns, toPoolMachine } from './pool-rows.ts';
import { number, text, type Row } from './rows.ts';
import type { Tables } from './tables.ts';

const hour = 3_600_000;

export function poolCommands(tables: Tables): PoolUseCases {
  const { db } = tables;
  return {
    applyPools: (pools, fleetId) => applyPools(tables, pools, fleetId),
    pools: async () => (await db.all('SELECT * FROM pool ORDER BY name')).map(toKnownPool),
    pausePool: async (name, reason) =>
      (await db.run(
        'UPDATE pool SET paused = ?, revision = revision + 1 WHERE name = ?',
        ...[reason, name],
      )) > 0,
    deletePool: async (name) =>
      (await db.run('UPDATE pool SET deleted = 1, revision = revision + 1 WHERE name = ?', name)) > 0,
    async poolViews(at) {
      const fleet = await db.one('SELECT fleet_id FROM fleet');
      return fleet === undefined
        ? undefined
        : { fleetId: text(fleet, 'fleet_id'), pools: await viewsOf(tables, at) };
    },
    commitPlan: (...plan) => commitPlan(tables, ...plan),
    ...launchCommands(tables),
    ...machineCommands(tables),
    ...demandCommands(tables),
    async removePoolRows(before, limit) {
      const machines = await db.run(
        `DELETE FROM machine WHERE instance_id IN (
           SELECT instance_id FROM machine INDEXED BY machine_over
           WHERE provider_state = 'terminated' AND seen < ? LIMIT ?)`,
        ...[before, limit],
      );
      const launches = await db.run(
        `DELETE FROM launch WHERE launch_id IN (
           SELECT launch_id FROM launch INDEXED BY launch_over
           WHERE state NOT IN ('PLANNED', 'ASKED') AND answered < ? LIMIT ?)`,
        ...[before, limit],
      );
      return machines + launches;
    },
  };
}

async function applyPools({ db }: Tables, pools: readonly AppliedPool[], fleetId: string): Promise<void> {
  if ((await db.one('SELECT fleet_id FROM fleet')) === undefined)
    await db.run('INSERT INTO fleet (fleet_id) VALUES (?)', fleetId);
  for (const { spec, specHash } of pools) {
    const before = await db.one('SELECT spec FROM pool WHERE name = ?', spec.name);
    const json = JSON.stringify(spec);
    // A changed target counts at once: what was held before is forgotten.
    const isSame = before !== undefined && text(before, 'spec') === json;
    await db.run(
      `INSERT INTO pool (name, spec, spec_hash, breaker) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (name) DO UPDATE SET spec = excluded.spec, spec_hash = excluded.spec_hash, deleted = 0,
         past = CASE WHEN ?5 = 1 THEN pool.past ELSE '[]' END, revision = pool.revision + 1`,
      ...[spec.name, json, specHash, JSON.stringify(closedBreaker(specHash)), isSame ? 1 : 0],
    );
  }
}

async function viewsOf(tables: Tables, { steady }: Moment): Promise<PoolView[]> {
  const { db } = tables;
  const byPool = (rows: Row[]): Map<string, Row[]> => Map.groupBy(rows, (row) => text(row, 'pool'));
  const machines = byPool(
    await db.all(
      `SELECT machine.*, instance.state, instance.connected, instance.ready_time, instance.session_steady
       FROM machine INDEXED BY machine_present LEFT JOIN instance USING (instance_id)
       WHERE provider_state <> 'terminated' ORDER BY machine.instance_id`,
    ),
  );
  const open = byPool(
    await db.all(
      `SELECT launch.*, (SELECT count(*) FROM machine WHERE machine.launch_id = launch.launch_id) AS found
       FROM launch INDEXED BY launch_open WHERE state IN ('PLANNED', 'ASKED') ORDER BY launch_id`,
    ),
  );
  const launched = byPool(
    await db.all(
      `SELECT pool, sum(wanted) AS count FROM launch INDEXED BY launch_planned
       WHERE planned > ? AND state <> 'REFUSED' GROUP BY pool`,
      steady - hour,
    ),
  );
  const blocks = (
    await db.all('SELECT * FROM offering WHERE until_steady > ? ORDER BY offering_key', steady)
  ).map((row) => ({
    key: text(row, 'offering_key'),
    until: number(row, 'until_steady'),
    code: text(row, 'code'),
  }));
  const waiting = await db.all(
    `SELECT role, count(*) AS count FROM assignment INDEXED BY assignment_waiting
     WHERE state = 'PENDING' GROUP BY role`,
  );
  const offered = byPool(
    await db.all(
      `SELECT DISTINCT pool, role FROM machine INDEXED BY machine_present JOIN offer USING (instance_id)
       WHERE provider_state <> 'terminated'`,
    ),
  );
  const currents = await currentImages(tables);
  const pools = (await db.all('SELECT * FROM pool ORDER BY name'))
    .map(toPoolColumns)
    .map((pool) => withImage(pool, currents));
  return pools.map((pool) => {
    const { name, roles } = pool.spec;
    const counted = roles.length > 0 ? roles : (offered.get(name) ?? []).map((row) => text(row, 'role'));
    return {
      ...pool,
      machines: (machines.get(name) ?? []).map((row) => toPoolMachine(row, steady)),
      open: (open.get(name) ?? []).map(toOpen),
      launchedLastHour: number(launched.get(name)?.[0] ?? {}, 'count'),
      blocks,
      waiting: waiting
        .filter((row) => counted.includes(text(row, 'role')))
        .reduce((sum, row) => sum + number(row, 'count'), 0),
    };
  });
}

/** A pool that follows a channel launches from its current image, and its machines are outdated with every promotion. */
function withImage<P extends Pick<PoolView, 'spec' | 'specHash' | 'broken'>>(
  pool: P,
  currents: ReadonlyMap<string, string>,
): P {
  const { spec, specHash } = pool;
  if (!isChannel(spec.imageId)) return pool;
  const imageId = currents.get(spec.imageId);
  if (imageId !== undefined)
    return { ...pool, spec: { ...spec, imageId }, specHash: `${specHash}.${imageId}` };
  const message = `no image of channel ${spec.imageId} was promoted yet`;
  return { ...pool, broken: { specHash, code: 'NO_IMAGE', message } };
}

function toOpen(row: Row): PoolView['open'][number] {
  const { market, instanceType, subnetId } = JSON.parse(text(row, 'request')) as LaunchRequest;
  // What a listing showed of it is counted as machines.
  const count = Math.max(0, number(row, 'wanted') - number(row, 'found'));
  return { market, instanceType, subnetId, count };
}

async function commitPlan(
  tables: Tables,
  name: string,
  revision: number,
  { launches, ends, outcomes, breaker, past, status, isOver }: Plan,
  at: Moment,
): Promise<boolean> {
  const { db } = tables;
  const changed = await db.run(
    `UPDATE pool SET breaker = ?1, past = ?2, status = ?3, revision = revision + 1
     WHERE name = ?4 AND revision = ?5`,
    ...[JSON.stringify(breaker), JSON.stringify(past), JSON.stringify(status), name, revision],
  );
  if (changed === 0) return false;
  await insertLaunches(db, launches, at);
  for (const { instanceId, outcome } of outcomes)
    await db.run('UPDATE machine SET outcome = ? WHERE instance_id = ?', outcome, instanceId);
  await endMachines(tables, ends, at);
  if (isOver) await db.run('DELETE FROM pool WHERE name = ? AND deleted = 1', name);
  return true;
}
