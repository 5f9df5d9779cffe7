import type { InstanceState } from '../core/instance-state.ts';
import type { KnownRole } from '../core/model.ts';
import type { Store } from '../store/store.ts';

/** A role with how many instances that offer it are where, and how many requests wait for one. */
export interface Pool extends KnownRole {
  preparing: number;
  assigned: number;
  failed: number;
  waiting: number;
}

/** By role name. */
export function poolsOf(store: Pick<Store, 'roles' | 'instances' | 'assignments'>): Pool[] {
  const { roles } = store.instances.counts();
  const waiting = new Map<string, number>();
  for (const id of store.assignments.pending()) {
    const role = store.assignments.get(id)?.role ?? '';
    waiting.set(role, (waiting.get(role) ?? 0) + 1);
  }
  return store.roles.list().map((role) => {
    const of = (...states: InstanceState[]): number =>
      states.reduce((sum, state) => sum + (roles.get(role.name)?.[state] ?? 0), 0);
    return {
      ...role,
      preparing: of('CHECKED_IN', 'PREPARING'),
      assigned: of('ASSIGNED', 'RELEASING'),
      failed: of('FAILED', 'QUARANTINED'),
      waiting: waiting.get(role.name) ?? 0,
    };
  });
}
