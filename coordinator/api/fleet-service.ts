import { ParbakeError } from '../../proto/errors/errors.ts';
import type { FleetServiceHandlers } from '../../proto/gen/parbake/v1/FleetService.ts';
import type { Instance as InstanceMessage } from '../../proto/gen/parbake/v1/Instance.ts';
import type { InstanceState__Output as StateName } from '../../proto/gen/parbake/v1/InstanceState.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { InstanceState } from '../core/instance-state.ts';
import type { Instance } from '../core/model.ts';
import type { Dispatcher } from '../fleet/dispatcher.ts';
import { enumFromProto, pageOf, pageSizeFromProto, required } from './from-proto/parts.ts';
import { unary } from './handlers.ts';
import { poolsOf, type Pool } from '../fleet/pools.ts';
import { instanceMessage } from './to-proto.ts';
import { roleFromProto } from './from-proto/assign.ts';

export function fleetService(dispatcher: Dispatcher, logger: Logger): FleetServiceHandlers {
  const { store, sessions, changes } = dispatcher;
  const messageOf = (instance: Instance): InstanceMessage => {
    const { instanceId } = instance;
    const session = sessions.get(instanceId);
    const lastSeenTime = session?.lastSeenTime ?? instance.lastSeenTime;
    return instanceMessage(
      { ...instance, lastSeenTime },
      store.assignments.of(instanceId),
      session !== undefined,
    );
  };
  return {
    ListInstances: unary(logger, 'ListInstances', ({ role, state, pageSize, pageToken }) => {
      const size = pageSizeFromProto(pageSize);
      const wanted = { role, ...stateFilter(state), after: pageToken, limit: size + 1 };
      const found = store.instances.list(wanted);
      const { items, nextPageToken } = pageOf(found, size, ({ instanceId }) => instanceId);
      return { instances: items.map(messageOf), nextPageToken };
    }),
    GetInstance: unary(logger, 'GetInstance', ({ instanceId }) => {
      const found = store.instances.get(required('instance_id', instanceId, 128));
      if (found === undefined)
        throw new ParbakeError('INSTANCE_NOT_FOUND', `there is no instance ${instanceId}`);
      return { instance: messageOf(found) };
    }),
    WatchInstances: (call) => {
      const { role, state } = call.request;
      const matches = (instance: Instance): boolean =>
        (role === '' || instance.roles.some(({ name }) => name === role)) &&
        (state === 'INSTANCE_STATE_UNSPECIFIED' || `INSTANCE_STATE_${instance.state}` === state);
      const send = (instance: Instance): void => void call.write({ instance: messageOf(instance) });
      const stop = changes.watch((instanceId) => {
        const instance = store.instances.get(instanceId);
        if (instance !== undefined && matches(instance)) send(instance);
      });
      call.on('cancelled', stop);
      call.on('close', stop);
      for (const instance of store.instances.list({ role, ...stateFilter(state), limit: 1_000_000 }))
        send(instance);
    },
    ApplyRoles: unary(logger, 'ApplyRoles', ({ roles }) => {
      if (roles.length === 0) throw new ParbakeError('REQUEST_INVALID', 'roles is empty');
      store.roles.apply(roles.map(roleFromProto));
      return { roles: store.roles.list() };
    }),
    ListRoles: unary(logger, 'ListRoles', ({ pageSize, pageToken }) => {
      const size = pageSizeFromProto(pageSize);
      const after = poolsOf(store).filter(({ name }) => name > pageToken);
      const { items, nextPageToken } = pageOf(after, size, ({ name }) => name);
      return { roles: items.map(poolMessage), nextPageToken };
    }),
  };
}

function stateFilter(value: StateName): { state?: InstanceState } {
  const state = enumFromProto('state', value);
  if (state === 'INSTANCE_STATE_UNSPECIFIED') return {};
  return { state: state.replace('INSTANCE_STATE_', '') as InstanceState };
}

function poolMessage({ preparing, assigned, failed, waiting, ...role }: Pool) {
  return {
    ...role,
    preparingInstances: preparing,
    assignedInstances: assigned,
    failedInstances: failed,
    waitingAssignments: waiting,
  };
}
