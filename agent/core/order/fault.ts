import type { ErrorCode } from '../../../proto/errors/errors.ts';
import { faultOfCode, type Fault } from '../../../proto/errors/faults.ts';
import { isMachines, type ContainerEnd } from './container-end.ts';

/**
 * Whose fault it is that an order failed. How a container ended says more than that it did.
 * @param end of the container that failed, if one did
 */
export function faultOf(code: ErrorCode, end: ContainerEnd | undefined): Fault {
  const isKilled = code === 'CONTAINER_EXITED' && end !== undefined && isMachines(end);
  return isKilled ? 'MACHINE' : faultOfCode(code);
}
