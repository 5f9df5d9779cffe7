import type { InstanceState } from '../../core/instance-state.ts';
import type { Facts, RoleOffer } from '../../core/model.ts';
import { isExposed } from '../../core/imds.ts';
import type { Database } from './database.ts';

/**
 * What an instance offers from now on. A machine of an image build offers nothing: its image is not proven.
 * @param imageId that it was launched from, as it says; empty when it does not know
 */
export async function writeOffers(
  db: Database,
  { instanceId, imageId }: Pick<Facts, 'instanceId' | 'imageId'>,
  roles: readonly RoleOffer[],
): Promise<void> {
  await db.run('DELETE FROM offer WHERE instance_id = ?', instanceId);
  if (roles.length === 0 || (await isOfBuild(db, instanceId, imageId))) return;
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

/** Its launch may not be answered yet: then only its image tells. */
async function isOfBuild(db: Database, instanceId: string, imageId: string): Promise<boolean> {
  const found = await db.one(
    `SELECT 1 FROM machine WHERE instance_id = ? AND pool LIKE 'build/%'
     UNION SELECT 1 FROM image_build
     WHERE image_id = ? AND image_id <> '' AND state IN ('BUILDING', 'PROVING', 'FAILED')`,
    ...[instanceId, imageId],
  );
  return found !== undefined;
}

/** It offers nothing any more. */
export function isEnded(state: InstanceState): boolean {
  return state === 'RETIRED' || state === 'TERMINATED';
}
