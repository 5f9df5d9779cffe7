import { ParbakeError } from '../../proto/errors/errors.ts';
import { describeEnd, type ContainerEnd } from '../core/order/container-end.ts';
import type { ContainerEngine } from './containers.ts';

/** A container that should run has ended. */
export class ContainerExited extends ParbakeError {
  readonly end: ContainerEnd;

  constructor(message: string, end: ContainerEnd) {
    super('CONTAINER_EXITED', message);
    this.end = end;
  }
}

/** Why a container that should run does not, with what it printed last. */
export async function exited(
  id: string,
  name: string,
  end: ContainerEnd,
  engine: Pick<ContainerEngine, 'logs'>,
  signal: AbortSignal,
): Promise<ContainerExited> {
  const log = await engine.logs(id, signal).catch(() => '');
  const lines = log.trim().split('\n').slice(-3).join(' | ').slice(-500);
  const said = lines === '' ? 'it printed nothing' : `its last lines: ${lines}`;
  return new ContainerExited(`container ${name} ${describeEnd(end)}; ${said}`, end);
}
