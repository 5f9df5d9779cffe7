import type { InstanceState } from '../../core/instance-state.ts';
import type { RoleOffer } from '../../core/model.ts';
import type { Database } from './database.ts';

/** What an instance offers from now on. */
export async function writeOffers(
  db: Database,
  instanceId: string,
  roles: readonly RoleOffer[],
): Promise<void> {
  await db.run('DELETE FROM offer WHERE instance_id = ?', instanceId);
  for (const { name, userEnv, takesFiles, replayed = 1 } of roles)
    await db.run(
      `INSERT INTO offer (role, instance_id, user_env, takes_files, warmth, ready_time)
       SELECT ?, instance_id, ?, ?, ?, CASE WHEN state = 'READY' AND connected = 1 THEN ready_time END
       FROM instance WHERE instance_id = ?
       ON CONFLICT (role, instance_id) DO UPDATE SET user_env = excluded.user_env,
         takes_files = excluded.takes_files, warmth = excluded.warmth, ready_time = excluded.ready_time`,
      name,
      JSON.stringify(userEnv),
      takesFiles ? 1 : 0,
      replayed,
      instanceId,
    );
}

/** It offers nothing any more. */
export function isEnded(state: InstanceState): boolean {
  return state === 'RETIRED' || state === 'TERMINATED';
}
