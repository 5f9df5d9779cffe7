import type { DesiredState__Output } from '../../proto/gen/parbake/v1/DesiredState.ts';
import type { Order__Output } from '../../proto/gen/parbake/v1/Order.ts';
import type { Desired, Order } from '../core/order/order.ts';
import { certificateFromProto } from './order-certificate.ts';

/**
 * What the coordinator wants, without what cannot be: an order to run that is not there is nothing to do.
 * @param key the private one that its certificate is for, in PEM; undefined when this instance has none
 */
export function desiredFromProto(
  { phase, order: told }: DesiredState__Output,
  key: string | undefined,
): Desired {
  const order = told === null ? undefined : orderFromProto(told, key);
  if (phase === 'DESIRED_PHASE_RUN' && order !== undefined) return { phase: 'run', order };
  if (phase === 'DESIRED_PHASE_STOP')
    return order === undefined ? { phase: 'stop' } : { phase: 'stop', order };
  return { phase: 'idle' };
}

function orderFromProto({ certificate, ...order }: Order__Output, key: string | undefined): Order {
  return certificate === null || key === undefined
    ? order
    : { ...order, certificate: certificateFromProto(certificate, key) };
}
