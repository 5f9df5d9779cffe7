import { defined } from '../../proto/errors/defined.ts';
import { lossMessage } from '../../proto/wire/loss.ts';
import type { ImdsExposure } from '../../proto/gen/parbake/v1/ImdsExposure.ts';
import type { RoleOffer } from '../../proto/gen/parbake/v1/RoleOffer.ts';
import type { ObservedContainer, Target } from '../core/order/planner.ts';
import { preparationOf } from '../core/order/preparation.ts';
import { publishedPorts, takesFiles, userEnvOf, type Role } from '../../proto/recipe/role.ts';

/**
 * What an instance says of a role that it carries.
 * @param replayed what part of its recorded reads has been read ahead; undefined when nothing is
 * @param imdsExposure what the metadata service answered in its network
 */
export function offerOf(
  role: Role,
  look: { targets: readonly Target[]; observed: readonly ObservedContainer[] },
  replayed: number | undefined,
  imdsExposure: ImdsExposure,
): RoleOffer {
  return {
    name: role.name,
    userEnv: userEnvOf(role),
    ports: role.containers.flatMap(publishedPorts),
    takesFiles: takesFiles(role),
    reachesMetadata: role.metadata === 'allow',
    imdsExposure,
    preparation: preparationOf(role, look.targets, look.observed),
    ...defined({ replayed }),
    ...lossMessage(role),
  };
}
