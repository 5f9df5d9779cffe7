import { instanceNotFound } from '../core/not-found.ts';
import type { FleetServiceHandlers } from '../../proto/gen/parbake/v1/FleetService.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { Changes } from '../fleet/changes.ts';
import type { Operator } from '../fleet/operator.ts';
import type { FleetView, Pool } from '../fleet/view.ts';
import type { FleetUseCases } from '../store/fleet.ts';
import { instancesFromProto, rolePageFromProto } from './from-proto/lists.ts';
import { pageOf, required } from './from-proto/parts.ts';
import { streaming, unary } from './handlers.ts';
import { instanceMessage, lossMessage } from './to-proto.ts';
import type { KnownRole } from '../core/model.ts';
import { rolesFromProto } from './from-proto/assign.ts';
import { SharedReads } from '../fleet/shared-reads.ts';
import { watchInstances, type InstancesCall } from './watch-instances.ts';

export interface FleetServiceParts {
  fleet: FleetView;
  operator: Operator;
  store: Pick<FleetUseCases, 'roles'>;
  changes: Pick<Changes, 'watch'>;
  logger: Logger;
}

export function fleetService({
  fleet,
  operator,
  store,
  changes,
  logger,
}: FleetServiceParts): FleetServiceHandlers {
  const reads = new SharedReads(fleet, changes);
  return {
    ListInstances: unary(logger, 'ListInstances', async (request) => {
      const { size, ...wanted } = instancesFromProto(request);
      const found = await fleet.instances({ ...wanted, limit: size + 1 });
      const { items, nextPageToken } = pageOf(found, size, ({ instance }) => instance.instanceId);
      return { instances: items.map(instanceMessage), nextPageToken };
    }),
    GetInstance: unary(logger, 'GetInstance', async ({ instanceId }) => {
      const found = await fleet.instance(required('instance_id', instanceId, 128));
      if (found === undefined) throw instanceNotFound(instanceId);
      return { instance: instanceMessage(found) };
    }),
    WatchInstances: streaming(logger, 'WatchInstances', (call: InstancesCall, gone) =>
      watchInstances(call, { fleet, reads, changes }, gone),
    ),
    ApplyRoles: unary(logger, 'ApplyRoles', async ({ roles }) => {
      await operator.applyRoles(rolesFromProto(roles));
      return { roles: (await store.roles()).map(roleMessage) };
    }),
    DeleteRole: unary(logger, 'DeleteRole', async ({ name }) => {
      await operator.deleteRole(required('name', name, 63));
      return {};
    }),
    DrainInstance: unary(logger, 'DrainInstance', async ({ instanceId }) => {
      const tenancy = await operator.drain(required('instance_id', instanceId, 128));
      return { instance: instanceMessage(tenancy) };
    }),
    RetireInstance: unary(logger, 'RetireInstance', async ({ instanceId, lost }) => {
      const tenancy = await operator.retire(required('instance_id', instanceId, 128), lost);
      return { instance: instanceMessage(tenancy) };
    }),
    ClearQuarantine: unary(logger, 'ClearQuarantine', async ({ instanceId }) => {
      const tenancy = await operator.clearQuarantine(required('instance_id', instanceId, 128));
      return { instance: instanceMessage(tenancy) };
    }),
    ListRoles: unary(logger, 'ListRoles', async (request) => {
      const { size, after } = rolePageFromProto(request);
      const found = (await fleet.pools()).filter(({ name }) => name > after);
      const { items, nextPageToken } = pageOf(found, size, ({ name }) => name);
      return { roles: items.map(poolMessage), nextPageToken };
    }),
  };
}

function roleMessage({ onLoss, silentAfterMs, ...role }: KnownRole) {
  return { ...role, ...lossMessage({ onLoss, silentAfterMs }) };
}

function poolMessage({ preparing, assigned, failed, silent, lost, waiting, ...role }: Pool) {
  return {
    ...roleMessage(role),
    silentInstances: silent,
    lostInstances: lost,
    preparingInstances: preparing,
    assignedInstances: assigned,
    failedInstances: failed,
    waitingAssignments: waiting,
  };
}
