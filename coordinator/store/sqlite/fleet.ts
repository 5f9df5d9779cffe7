import type { InstanceState } from '../../core/instance-state.ts';
import type { FleetCounts, FleetUseCases } from '../fleet.ts';
import { tenancyOf } from './agents.ts';
import { number, text } from './rows.ts';
import type { Synchronous } from './synchronous.ts';
import type { Tables } from './tables.ts';

export function fleetCommands(tables: Tables): Synchronous<FleetUseCases> {
  const { instances, roles } = tables;
  return {
    instance(instanceId) {
      const instance = instances.get(instanceId);
      return instance === undefined ? undefined : tenancyOf(tables, instance);
    },
    instances: (filter) => instances.list(filter).map((instance) => tenancyOf(tables, instance)),
    counts: () => countsOf(tables),
    applyRoles: (applied) => roles.apply(applied),
    roles: () => roles.list(),
  };
}

function countsOf({ db }: Tables): FleetCounts {
  const states: FleetCounts['states'] = {};
  for (const row of db.all('SELECT state, count(*) AS count FROM instance GROUP BY state'))
    states[text(row, 'state') as InstanceState] = number(row, 'count');
  const roles = new Map<string, Partial<Record<InstanceState, number>>>();
  const offered = db.all(
    `SELECT role, state, count(*) AS count FROM offer JOIN instance USING (instance_id) GROUP BY role, state`,
  );
  for (const row of offered) {
    const role = text(row, 'role');
    const counts = roles.get(role) ?? {};
    counts[text(row, 'state') as InstanceState] = number(row, 'count');
    roles.set(role, counts);
  }
  const waiting = db.all(
    `SELECT role, count(*) AS count FROM assignment INDEXED BY assignment_waiting
     WHERE state = 'PENDING' GROUP BY role`,
  );
  return { states, roles, waiting: new Map(waiting.map((row) => [text(row, 'role'), number(row, 'count')])) };
}
