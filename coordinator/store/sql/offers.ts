import type { InstanceState } from '../../core/instance-state.ts';
import type { RoleOffer } from '../../core/model.ts';
import { isExposed } from '../../core/imds.ts';
import type { Database } from './database.ts';

/** What an instance offers from now on. */
export async function writeOffers(
  db: Database,
  instanceId: string,
  roles: readonly RoleOffer[],
): Promise<void> {
  await db.run('DELETE FROM offer WHERE instance_id = ?', instanceId);
  for (const role of roles) {
    const { name, userEnv, takesFiles, replayed = 1 } = role;
    await db.run(
      `INSERT INTO offer (role, instance_id, user_env, takes_files, warmth, imds_exposed, ready_time)
       SELECT ?, instance_id, ?, ?, ?, ?, CASE WHEN state = 'READY' AND connected = 1 THEN ready_time END
       FROM instance WHERE instance_id = ?
       ON CONFLICT (role, instance_id) DO UPDATE SET user_env = excluded.user_env,
         takes_files = excluded.takes_files, warmth = excluded.warmth, imds_exposed = excluded.imds_exposed,
         ready_time = excluded.ready_time`,
      name,
      JSON.stringify(userEnv),
      takesFiles ? 1 : 0,
      replayed,
      isExposed(role) ? 1 : 0,
      instanceId,
    );
  }
}

/** It offers nothing any more. */
export function isEnded(state: InstanceState): boolean {
  return state === 'RETIRED' || state === 'TERMINATED';
}
