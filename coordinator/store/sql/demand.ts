import type { Moment } from '../../core/model.ts';
import { arrivalStep, historySlot, historyTimes, recentSpan, type Demand } from '../../core/pool/forecast.ts';
import type { PoolDemand, PoolUseCases } from '../pools.ts';
import { specOf } from './pool-rows.ts';
import { number, text, type Row } from './rows.ts';
import type { Tables } from './tables.ts';

/** Milliseconds of history that are kept: a forecast looks four weeks back. */
const keptFor = 35 * 86_400_000;

type DemandUseCases = Pick<PoolUseCases, 'poolDemand' | 'recordDemand' | 'expectDemand'>;

export function demandCommands(tables: Tables): DemandUseCases {
  const { db } = tables;
  return {
    poolDemand: (name, at) => poolDemand(tables, name, at),
    recordDemand: (at) => recordDemand(tables, at),
    async expectDemand({ requestId, pool, count, start, end }) {
      if ((await db.one('SELECT 1 FROM pool WHERE name = ?', pool)) === undefined) return false;
      await db.run(
        `INSERT INTO expectation (request_id, pool, count, start_time, end_time) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (request_id) DO UPDATE SET pool = excluded.pool, count = excluded.count,
           start_time = excluded.start_time, end_time = excluded.end_time`,
        ...[requestId, pool, count, start, end],
      );
      return true;
    },
  };
}

async function poolDemand(tables: Tables, name: string, { now }: Moment): Promise<PoolDemand | undefined> {
  const { db } = tables;
  const row = await db.one('SELECT spec FROM pool WHERE name = ?', name);
  if (row === undefined) return undefined;
  const spec = specOf(row);
  const roles = spec.roles.length > 0 ? spec.roles : await offeredRoles(tables, name);
  const { lead } = spec.idle.forecast;
  const expected = await db.all(
    'SELECT * FROM expectation WHERE pool = ? AND start_time <= ? AND end_time > ? ORDER BY request_id',
    ...[name, now + earlyBy(lead), now],
  );
  let announced = 0;
  for (const each of expected) {
    const since = number(each, 'start_time') - earlyBy(lead);
    const came = await arrivals(tables, roles, since, now + 1);
    announced += Math.max(
      0,
      number(each, 'count') - [...came.values()].reduce((sum, count) => sum + count, 0),
    );
  }
  if (spec.idle.forecast.mode === 'off') return { announced };
  return { demand: await demandOf(tables, roles, now, lead), announced };
}

/** What is announced is launched so long before: a lead time, and as much again for whatever goes wrong. */
function earlyBy(lead: number): number {
  return 2 * lead;
}

async function demandOf(
  tables: Tables,
  roles: readonly string[],
  now: number,
  lead: number,
): Promise<Demand> {
  const last = Math.floor(now / arrivalStep);
  const first = last - recentSpan / arrivalStep;
  const came = await arrivals(tables, roles, first * arrivalStep, now + 1);
  const recent = Array.from({ length: last - first }, (_, index) => came.get(first + index + 1) ?? 0);
  const times = historyTimes(now, lead);
  const slots = times.flatMap((time) => [time, time + historySlot]);
  const rows = await tables.db.all(
    `SELECT role, slot, counts FROM demand WHERE slot IN (${slots.map(() => '?').join(', ')})`,
    ...slots,
  );
  const [since] = await tables.db.all('SELECT min(slot) AS slot FROM demand');
  const oldest = since?.['slot'] === null || since === undefined ? Infinity : number(since, 'slot');
  const counts = new Map<number, number[]>();
  for (const row of rows.filter((each) => roles.includes(text(each, 'role')))) {
    const slot = number(row, 'slot');
    const sum = counts.get(slot) ?? emptySlot();
    for (const [at, count] of (JSON.parse(text(row, 'counts')) as number[]).entries())
      sum[at] = (sum[at] ?? 0) + count;
    counts.set(slot, sum);
  }
  const history = times.map((time) =>
    time < oldest ? undefined : [time, time + historySlot].flatMap((slot) => counts.get(slot) ?? emptySlot()),
  );
  return { recent, history };
}

function emptySlot(): number[] {
  return Array.from({ length: historySlot / arrivalStep }, () => 0);
}

/** Requests by the step that they came in. @param until is left out */
async function arrivals(
  tables: Tables,
  roles: readonly string[],
  since: number,
  until: number,
): Promise<Map<number, number>> {
  const rows = await arrivalRows(tables, since, until);
  const counts = new Map<number, number>();
  for (const row of rows.filter((each) => roles.includes(text(each, 'role')))) {
    const step = number(row, 'step');
    counts.set(step, (counts.get(step) ?? 0) + number(row, 'count'));
  }
  return counts;
}

async function arrivalRows({ db }: Tables, since: number, until: number): Promise<Row[]> {
  return await db.all(
    `SELECT role, create_time / ${arrivalStep} AS step, count(*) AS count FROM assignment
     WHERE create_time >= ? AND create_time < ? GROUP BY role, create_time / ${arrivalStep}`,
    ...[since, until],
  );
}

async function offeredRoles({ db }: Tables, pool: string): Promise<string[]> {
  const rows = await db.all(
    'SELECT DISTINCT role FROM machine JOIN offer USING (instance_id) WHERE pool = ?',
    pool,
  );
  return rows.map((row) => text(row, 'role'));
}

/** Slots that are over, so that the history outlives the assignments. Repetitions change nothing. */
async function recordDemand(tables: Tables, { now }: Moment): Promise<void> {
  const { db } = tables;
  const until = Math.floor(now / historySlot) * historySlot;
  const row = await db.one('SELECT max(slot) AS slot FROM demand');
  const known = row?.['slot'] === null || row === undefined ? 0 : number(row, 'slot') + historySlot;
  const since = Math.max(known, until - Math.floor(recentSpan / historySlot) * historySlot);
  if (since >= until) return;
  const slots = new Map<string, { role: string; slot: number; counts: number[] }>();
  for (const each of await arrivalRows(tables, since, until)) {
    const [role, step] = [text(each, 'role'), number(each, 'step')];
    const slot = Math.floor((step * arrivalStep) / historySlot) * historySlot;
    const found = slots.get(`${slot} ${role}`) ?? { role, slot, counts: emptySlot() };
    found.counts[step - slot / arrivalStep] = number(each, 'count');
    slots.set(`${slot} ${role}`, found);
  }
  // A row of no role says how far it was looked, also when nobody came.
  const looked = { role: '', slot: until - historySlot, counts: [] };
  for (const { role, slot, counts } of [...slots.values(), looked])
    await db.run(
      'INSERT INTO demand (role, slot, counts) VALUES (?, ?, ?) ON CONFLICT (role, slot) DO NOTHING',
      ...[role, slot, JSON.stringify(counts)],
    );
  await db.run(
    `DELETE FROM demand WHERE role = '' AND slot < ? AND slot > (SELECT min(slot) FROM demand)`,
    until - historySlot,
  );
  await db.run('DELETE FROM demand WHERE slot < ?', now - keptFor);
  await db.run('DELETE FROM expectation WHERE end_time < ?', now);
}
