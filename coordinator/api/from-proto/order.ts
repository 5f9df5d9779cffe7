import { defined } from '../../../proto/errors/defined.ts';
import type { ContainerEnd__Output } from '../../../proto/gen/parbake/v1/ContainerEnd.ts';
import type { Fault__Output } from '../../../proto/gen/parbake/v1/Fault.ts';
import type { ObservedOrder__Output } from '../../../proto/gen/parbake/v1/ObservedOrder.ts';
import { reasonText } from '../../../proto/errors/reason.ts';
import { millisecondsOf } from '../../../proto/wire/time.ts';
import type { Fault } from '../../../proto/errors/faults.ts';
import type { ContainerEnd } from '../../core/model.ts';
import type { ObservedOrder, OrderState } from '../../core/observed.ts';
import { enumFromProto, printable } from './parts.ts';

/** More than any role has; what an agent sends beyond is dropped. */
const maxContainers = 64;
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
    assignmentId: order.assignmentId,
    state: state as OrderState,
    error: printable(reasonText(order), maxReason),
    endpoints: order.endpoints,
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
