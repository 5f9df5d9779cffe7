import type { Moment } from '../../core/model.ts';
import type { AssignmentStep } from '../agents.ts';
import type { Operated } from '../fleet.ts';
import { claimFor, claimOn } from './claims.ts';
import type { Tables } from './tables.ts';
import { tenancyOf } from './tenancy.ts';

/** What came of an operator's or the provider's word; requests that wait get an instance if there is one now. */
export async function operated(
  tables: Tables,
  instanceId: string,
  steps: AssignmentStep[],
  at: Moment,
): Promise<Operated> {
  const claimed = await claimOn(tables, instanceId, at);
  for (const { after } of steps)
    if (after.state === 'PENDING') claimed.push(...(await claimFor(tables, after, at, true)));
  return { tenancy: await tenancyOf(tables, await tables.instances.known(instanceId)), steps, claimed };
}
