import { defined } from '../../../proto/errors/defined.ts';
import type { ContainerEnd__Output } from '../../../proto/gen/parbake/v1/ContainerEnd.ts';
import type { Endpoint__Output } from '../../../proto/gen/parbake/v1/Endpoint.ts';
import type { Fault__Output } from '../../../proto/gen/parbake/v1/Fault.ts';
import type { ObservedOrder__Output } from '../../../proto/gen/parbake/v1/ObservedOrder.ts';
import { reasonText } from '../../../proto/errors/reason.ts';
import { millisecondsOf } from '../../../proto/wire/time.ts';
import type { Fault } from '../../../proto/errors/faults.ts';
import type { ContainerEnd, Endpoint } from '../../core/model.ts';
import type { ObservedOrder, OrderState } from '../../core/observed.ts';
import { atMost, enumFromProto, invalid, named, printable } from './parts.ts';

/** More than any role has; what an agent sends beyond is dropped. */
const maxContainers = 64;
const maxEndpoints = 512;
/** Characters of a reason: a sentence and what a probe or Docker said. */
const maxReason = 2_000;
const maxOutput = 2_000;

/** @returns undefined when there is none */
export function orderFromProto(order: ObservedOrder__Output | null): ObservedOrder | undefined {
  if (order === null) return undefined;
  const state = enumFromProto('observed.order.state', order.state).replace('ORDER_STATE_', '');
  if (state === 'UNSPECIFIED') return undefined;
  const fault = faultFromProto(order.fault);
  return {
    assignmentId: named('observed.order.assignment_id', order.assignmentId, 128),
    state: state as OrderState,
    error: printable(reasonText(order), maxReason),
    endpoints: atMost('observed.order.endpoints', order.endpoints, maxEndpoints).map(endpointFromProto),
    ...defined({ fault }),
    containers: order.containers.slice(0, maxContainers).map(containerEndFromProto),
  };
}

/** @returns what a failed container printed, line by line; undefined when the agent says nothing of it */
export function lastOutputFromProto(
  order: ObservedOrder__Output | null,
): { assignmentId: string; text: string } | undefined {
  if (order === null || order.lastOutput === '') return undefined;
  const lines = order.lastOutput.slice(0, maxOutput).split('\n');
  const text = lines.map((line) => printable(line, maxOutput)).join('\n');
  return { assignmentId: order.assignmentId, text };
}

/** A client connects to it, so it is an address and a port and nothing else. */
function endpointFromProto({ container, host, port }: Endpoint__Output): Endpoint {
  const field = 'observed.order.endpoints';
  if (!/^[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}$/.test(host))
    throw invalid(`${field}.host`, 'is neither an address nor the name of a host');
  if (!(port > 0 && port < 65_536)) throw invalid(`${field}.port`, `is ${port}`);
  return { container: named(`${field}.container`, container, 128), host, port };
}

function faultFromProto(value: Fault__Output): Fault | undefined {
  const fault = enumFromProto('observed.order.fault', value).replace('FAULT_', '');
  return fault === 'USER' || fault === 'MACHINE' || fault === 'RECIPE' ? fault : undefined;
}

function containerEndFromProto({ exitCode, endTime, ...end }: ContainerEnd__Output): ContainerEnd {
  const { oomKilled, hostOomKilled, engineRestarted, killedFromOutside, restarts } = end;
  return {
    container: printable(end.container, 128),
    ...defined({ exitCode }),
    signal: printable(end.signal, 32),
    oomKilled,
    hostOomKilled,
    engineRestarted,
    killedFromOutside,
    endTime: millisecondsOf(endTime) ?? 0,
    restarts: Math.max(0, restarts),
  };
}
