import type { ReplicaUseCases } from '../replicas.ts';
import { removeLapsedPublishers } from './publishers.ts';
import { text } from './rows.ts';
import type { Tables } from './tables.ts';

export function replicaCommands(tables: Tables): ReplicaUseCases {
  const { db, instances, assignments, routes } = tables;
  return {
    async noteSeen(lastSeenTimes) {
      if (!db.dialect.isShared) return;
      // A row that somebody is about to change is passed over: it is noted again soon.
      await db.run(
        `UPDATE instance SET last_seen_time = held.seen_time FROM (
           SELECT free.instance_id, CAST(seen.value AS BIGINT) AS seen_time
           FROM json_each_text(CAST(?1 AS JSON)) AS seen JOIN instance AS free ON free.instance_id = seen.key
           WHERE free.session_replica = ?2 AND free.last_seen_time < CAST(seen.value AS BIGINT)
           ${db.dialect.lockFree('free')}) AS held
         WHERE instance.instance_id = held.instance_id`,
        JSON.stringify(lastSeenTimes),
        db.replicaId,
      );
    },
    async endLapsed({ steady }) {
      if (!db.dialect.isShared) return { replicaIds: [], instanceIds: [] };
      // After an outage of the database every lease has run out: whoever comes back first gives the others the same time.
      const lapsed = await db.all(
        `DELETE FROM replica WHERE replica_id IN (
           SELECT replica_id FROM replica WHERE lease_until < clock_timestamp() AND EXISTS (
             SELECT 1 FROM replica AS own WHERE own.replica_id = ? AND own.lease_until > clock_timestamp()
               AND clock_timestamp() - own.live_since > own.lease_until - clock_timestamp())
           FOR UPDATE SKIP LOCKED)
         RETURNING replica_id`,
        db.replicaId,
      );
      const replicaIds = lapsed.map((row) => text(row, 'replica_id'));
      const instanceIds: string[] = [];
      for (const replicaId of replicaIds) {
        instanceIds.push(...(await instances.disconnectOf(replicaId, steady)));
        await assignments.forgetOf(replicaId);
      }
      if (replicaIds.length > 0) {
        await routes.lock();
        await routes.withdrawLeft({ now: Date.now() });
        await removeLapsedPublishers(tables);
      }
      return { replicaIds, instanceIds };
    },
  };
}
