import { ParbakeError } from '../../../proto/errors/errors.ts';
import type { Assignment, Moment } from '../../core/model.ts';
import type { PublisherStatus, RoutesConfirmed } from '../routes.ts';
import { letStop } from './endings.ts';
import { inTurn } from './in-turn.ts';
import { number, text, type Row } from './rows.ts';
import type { Tables } from './tables.ts';

/** Those of coordinators that are gone are waited for by nobody. */
export async function removeLapsedPublishers({ db }: Tables): Promise<void> {
  if (db.dialect.isShared)
    await db.run(
      `DELETE FROM publisher WHERE replica_id <> '' AND replica_id NOT IN (SELECT replica_id FROM replica)`,
    );
}

export async function setPublishers(
  { db }: Tables,
  { own, external }: { own: readonly string[]; external: readonly string[] },
): Promise<void> {
  const wanted = [
    ...own.map((name) => ({ name, replicaId: db.replicaId })),
    ...external.map((name) => ({ name, replicaId: '' })),
  ];
  const rows = await db.all(
    'SELECT name, replica_id FROM publisher WHERE replica_id IN (?, ?)',
    db.replicaId,
    '',
  );
  const known = rows.map((row) => ({ name: text(row, 'name'), replicaId: text(row, 'replica_id') }));
  const isIn = (all: typeof wanted, one: (typeof wanted)[number]): boolean =>
    all.some(({ name, replicaId }) => name === one.name && replicaId === one.replicaId);
  for (const one of known.filter((publisher) => !isIn(wanted, publisher)))
    await db.run('DELETE FROM publisher WHERE name = ? AND replica_id = ?', one.name, one.replicaId);
  for (const one of wanted.filter((publisher) => !isIn(known, publisher)))
    await db.run('INSERT INTO publisher (name, replica_id) VALUES (?, ?)', one.name, one.replicaId);
}

export async function publishersOf({ db }: Tables): Promise<PublisherStatus[]> {
  return (await db.all('SELECT * FROM publisher ORDER BY name, replica_id')).map(toPublisher);
}

/** @param generation everything up to it is visible; 0 when it could not be made so */
export async function confirm(
  { db, routes }: Tables,
  publisher: string,
  { generation, error }: { generation: number; error: string },
  { now }: Moment,
): Promise<void> {
  const confirmed = await db.run(
    `UPDATE publisher SET generation = CASE WHEN generation < ?1 THEN ?1 ELSE generation END, confirm_time = ?2,
       error = ?3 WHERE name = ?4 AND replica_id IN (?5, '')`,
    error === '' ? Math.min(generation, await routes.newest()) : 0,
    now,
    error,
    publisher,
    db.replicaId,
  );
  if (confirmed === 0) throw new ParbakeError('PUBLISHER_UNKNOWN', `no publisher is called ${publisher}`);
}

/** What follows from how far all publishers are. */
export async function conclude(tables: Tables, at: Moment): Promise<RoutesConfirmed> {
  const { routes, targets, assignments } = tables;
  const generation = Math.min(
    await routes.newest(),
    ...(await publishersOf(tables)).map((publisher) => publisher.generation),
  );
  const steps = await inTurn(await routes.routed(generation, at), async (assignmentId) => {
    const before = await assignments.known(assignmentId);
    return { before, after: await routed(tables, before, at) };
  });
  const dropped = await targets.hold(generation, at);
  const told = await inTurn(dropped, (assignmentId) => letStop(tables, assignmentId));
  return { steps, tenancies: told.filter((tenancy) => tenancy !== undefined) };
}

async function routed({ db }: Tables, before: Assignment, { steady }: Moment): Promise<Assignment> {
  const timings = { ...before.timings, routed: Math.max(0, steady - before.receivedSteady) };
  await db.run(
    'UPDATE assignment SET timings = ? WHERE assignment_id = ?',
    JSON.stringify(timings),
    before.assignmentId,
  );
  return { ...before, timings };
}

function toPublisher(row: Row): PublisherStatus {
  return {
    name: text(row, 'name'),
    generation: number(row, 'generation'),
    confirmTime: number(row, 'confirm_time'),
    error: text(row, 'error'),
  };
}
