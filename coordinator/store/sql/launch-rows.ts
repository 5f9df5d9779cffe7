import { isInPool } from '../../core/instance-state.ts';
import type { Moment } from '../../core/model.ts';
import type { End } from '../../core/pool/endings.ts';
import type { LaunchRequest } from '../../core/pool/provider.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

/** Commits calls before they are made. */
export async function insertLaunches(
  db: Database,
  launches: readonly LaunchRequest[],
  { steady }: Moment,
): Promise<void> {
  for (const request of launches)
    await db.run(
      `INSERT INTO launch (launch_id, pool, token, request, wanted, state, planned) VALUES (?, ?, ?, ?, ?, 'PLANNED', ?)`,
      ...[request.launchId, request.pool, request.token, JSON.stringify(request), request.count, steady],
    );
}

/** Takes machines out of their pool, but for those that somebody took since it was planned. */
export async function endMachines(
  { db, instances }: Tables,
  ends: readonly End[],
  at: Moment,
): Promise<void> {
  for (const { instanceId, reason } of ends) {
    const instance = await instances.get(instanceId);
    // A machine with a user is never ended.
    const isOurs = instance === undefined || isInPool(instance.state) || instance.state === 'QUARANTINED';
    const isDone = instance !== undefined && ['RETIRED', 'LOST', 'TERMINATED'].includes(instance.state);
    if (!isOurs && !isDone) continue;
    if (isOurs && instance !== undefined) {
      await instances.event(instanceId, { kind: 'retired' }, at, reason);
      await instances.raiseGeneration(instanceId);
    }
    await db.run(
      `UPDATE machine SET end_reason = ? WHERE instance_id = ? AND end_reason = ''`,
      ...[reason, instanceId],
    );
  }
}
