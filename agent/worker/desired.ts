import type { DesiredState__Output } from '../../proto/gen/parbake/v1/DesiredState.ts';
import type { Desired } from '../core/order/order.ts';

/** What the coordinator wants, without what cannot be: an order to run that is not there is nothing to do. */
export function desiredFromProto({ phase, order }: DesiredState__Output): Desired {
  if (phase === 'DESIRED_PHASE_RUN' && order !== null) return { phase: 'run', order };
  if (phase === 'DESIRED_PHASE_STOP') return order === null ? { phase: 'stop' } : { phase: 'stop', order };
  return { phase: 'idle' };
}
