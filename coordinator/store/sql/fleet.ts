import { ParbakeError } from '../../../proto/errors/errors.ts';
import { isGone, instanceStates, type InstanceState } from '../../core/instance-state.ts';
import type { Moment } from '../../core/model.ts';
import type { AssignmentStep } from '../agents.ts';
import type { FleetCounts, FleetUseCases, StateCounts } from '../fleet.ts';
import { failAttempt, release, stopped } from './endings.ts';
import { operated } from './operated.ts';
import { number, text, type Row } from './rows.ts';
import type { Tables } from './tables.ts';
import { tenancyOf } from './tenancy.ts';
import { inTurn } from './in-turn.ts';

export function fleetCommands(tables: Tables): FleetUseCases {
  const { instances, roles } = tables;
  return {
    async instance(instanceId) {
      const instance = await instances.get(instanceId);
      return instance === undefined ? undefined : await tenancyOf(tables, instance);
    },
    instances: async (filter) =>
      inTurn(await instances.list(filter), (instance) => tenancyOf(tables, instance)),
    counts: () => countsOf(tables),
    applyRoles: (applied) => roles.apply(applied),
    deleteRole: (name) => roles.delete(name),
    roles: () => roles.list(),
    async drain(instanceId, at) {
      await instances.event(instanceId, { kind: 'drained' }, at);
      if ((await instances.known(instanceId)).state === 'RETIRED')
        await instances.raiseGeneration(instanceId);
      return await operated(tables, instanceId, [], at);
    },
    async retire(instanceId, isLost, at) {
      return await operated(tables, instanceId, await retire(tables, instanceId, isLost, at), at);
    },
    async clearQuarantine(instanceId, at) {
      const { hadUser } = await instances.known(instanceId);
      if (hadUser)
        throw new ParbakeError(
          'ILLEGAL_TRANSITION',
          `instance ${instanceId} had a user, so it never returns to a pool: retire it`,
        );
      await instances.event(instanceId, { kind: 'quarantine_cleared' }, at);
      await instances.raiseGeneration(instanceId);
      return await operated(tables, instanceId, [], at);
    },
  };
}

async function retire(
  tables: Tables,
  instanceId: string,
  isLost: boolean,
  at: Moment,
): Promise<AssignmentStep[]> {
  const { instances, assignments } = tables;
  const instance = await instances.known(instanceId);
  const assignment = await assignments.of(instanceId);
  if (isLost) {
    if (instance.connected)
      throw new ParbakeError('ILLEGAL_TRANSITION', `instance ${instanceId} is connected, so it is not lost`);
    const reason = 'INSTANCE_LOST: an operator says that it does not run';
    if (assignment?.state === 'RELEASING') return await stopped(tables, instance, reason, at);
    if (assignment !== undefined)
      return [await failAttempt(tables, assignment, { fault: 'MACHINE', reason }, at, 'lost')];
    await instances.event(instanceId, { kind: 'lost' }, at, reason);
    return [];
  }
  if (assignment?.state === 'RELEASING') return [];
  if (assignment !== undefined) return [await release(tables, assignment, at)];
  await instances.event(instanceId, { kind: 'retired' }, at);
  await instances.raiseGeneration(instanceId);
  return [];
}

async function countsOf({ db }: Tables): Promise<FleetCounts> {
  const states = await db.all(
    `SELECT state, count(*) AS count, sum(connected) AS connected FROM instance GROUP BY state`,
  );
  const offered = await db.all(
    `SELECT role, state, count(*) AS count, sum(connected) AS connected
     FROM offer JOIN instance USING (instance_id) GROUP BY role, state`,
  );
  const byRole = Map.groupBy(offered, (row) => text(row, 'role'));
  // A role that no instance offers any more is an empty pool, and not none at all.
  for (const row of await db.all('SELECT name FROM role')) {
    const name = text(row, 'name');
    if (!byRole.has(name)) byRole.set(name, []);
  }
  const waiting = await db.all(
    `SELECT role, count(*) AS count FROM assignment INDEXED BY assignment_waiting
     WHERE state = 'PENDING' GROUP BY role`,
  );
  const [exposed] = await db.all(
    'SELECT count(DISTINCT instance_id) AS count FROM offer WHERE imds_exposed = 1',
  );
  return {
    ...counted(states),
    connected: states.reduce((sum, row) => sum + number(row, 'connected'), 0),
    imdsExposed: exposed === undefined ? 0 : number(exposed, 'count'),
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
