import { ParbakeError } from '../../../proto/errors/errors.ts';
import { isGone, instanceStates, type InstanceState } from '../../core/instance-state.ts';
import type { Moment } from '../../core/model.ts';
import type { AssignmentStep } from '../agents.ts';
import type { FleetCounts, FleetUseCases, StateCounts } from '../fleet.ts';
import { failAttempt, release, stopped } from './endings.ts';
import { operated } from './operated.ts';
import { number, text, type Row } from './rows.ts';
import type { Synchronous } from './synchronous.ts';
import type { Tables } from './tables.ts';
import { tenancyOf } from './tenancy.ts';

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
    deleteRole: (name) => roles.delete(name),
    roles: () => roles.list(),
    drain(instanceId, at) {
      instances.event(instanceId, { kind: 'drained' }, at);
      if (instances.known(instanceId).state === 'RETIRED') instances.raiseGeneration(instanceId);
      return operated(tables, instanceId, [], at);
    },
    retire(instanceId, isLost, at) {
      return operated(tables, instanceId, retire(tables, instanceId, isLost, at), at);
    },
    clearQuarantine(instanceId, at) {
      const { hadUser } = instances.known(instanceId);
      if (hadUser)
        throw new ParbakeError(
          'ILLEGAL_TRANSITION',
          `instance ${instanceId} had a user, so it never returns to a pool: retire it`,
        );
      instances.event(instanceId, { kind: 'quarantine_cleared' }, at);
      instances.raiseGeneration(instanceId);
      return operated(tables, instanceId, [], at);
    },
  };
}

function retire(tables: Tables, instanceId: string, isLost: boolean, at: Moment): AssignmentStep[] {
  const { instances, assignments } = tables;
  const instance = instances.known(instanceId);
  const assignment = assignments.of(instanceId);
  if (isLost) {
    if (instance.connected)
      throw new ParbakeError('ILLEGAL_TRANSITION', `instance ${instanceId} is connected, so it is not lost`);
    const reason = 'INSTANCE_LOST: an operator says that it does not run';
    if (assignment?.state === 'RELEASING') return stopped(tables, instance, reason, at);
    if (assignment !== undefined)
      return [failAttempt(tables, assignment, { fault: 'MACHINE', reason }, at, 'lost')];
    instances.event(instanceId, { kind: 'lost' }, at, reason);
    return [];
  }
  if (assignment?.state === 'RELEASING') return [];
  if (assignment !== undefined) return [release(tables, assignment, at)];
  instances.event(instanceId, { kind: 'retired' }, at);
  instances.raiseGeneration(instanceId);
  return [];
}

function countsOf({ db }: Tables): FleetCounts {
  const all = counted(
    db.all(`SELECT state, count(*) AS count, sum(connected) AS connected FROM instance GROUP BY state`),
  );
  const offered = db.all(
    `SELECT role, state, count(*) AS count, sum(connected) AS connected
     FROM offer JOIN instance USING (instance_id) GROUP BY role, state`,
  );
  const byRole = Map.groupBy(offered, (row) => text(row, 'role'));
  // A role that no instance offers any more is an empty pool, and not none at all.
  for (const row of db.all('SELECT name FROM role')) {
    const name = text(row, 'name');
    if (!byRole.has(name)) byRole.set(name, []);
  }
  const waiting = db.all(
    `SELECT role, count(*) AS count FROM assignment INDEXED BY assignment_waiting
     WHERE state = 'PENDING' GROUP BY role`,
  );
  return {
    ...all,
    roles: new Map([...byRole].map(([role, rows]) => [role, counted(rows)])),
    waiting: new Map(waiting.map((row) => [text(row, 'role'), number(row, 'count')])),
  };
}

function counted(rows: readonly Row[]): StateCounts {
  const states: StateCounts['states'] = { ...noStates };
  let silent = 0;
  for (const row of rows) {
    const state = text(row, 'state') as InstanceState;
    const [count, connected] = [number(row, 'count'), number(row, 'connected')];
    states[state] = state === 'READY' ? connected : count;
    if (!isGone(state) && state !== 'EXPECTED' && state !== 'PARKED') silent += count - connected;
  }
  return { states, silent };
}

const noStates = Object.fromEntries(instanceStates.map((state) => [state, 0])) as StateCounts['states'];
