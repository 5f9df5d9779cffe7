import type { Instance } from '../../core/model.ts';
import type { Tenancy } from '../agents.ts';
import type { Tables } from './tables.ts';

/** An instance with what it is taken for, or was taken for last. */
export async function tenancyOf(
  { assignments }: Pick<Tables, 'assignments'>,
  instance: Instance,
): Promise<Tenancy> {
  const assignment = await assignments.of(instance.instanceId);
  if (assignment !== undefined) return { instance, assignment };
  const last =
    instance.lastAssignmentId === '' ? undefined : await assignments.get(instance.lastAssignmentId);
  return last === undefined ? { instance } : { instance, last };
}
