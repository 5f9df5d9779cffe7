import type { ReplicaUseCases } from '../replicas.ts';
import { text } from './rows.ts';
import type { Tables } from './tables.ts';

export function replicaCommands({ db, instances, assignments }: Tables): ReplicaUseCases {
  return {
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
      return { replicaIds, instanceIds };
    },
  };
}
