import { ParbakeError, type ErrorCode } from '../../proto/errors/errors.ts';
import { describeEnd, type ContainerEnd } from '../core/order/container-end.ts';
import type { ContainerEngine } from './containers.ts';

/** A container of an order that ended or is not ready. */
export class ContainerFailure extends ParbakeError {
  /** How it ended; absent while it runs. */
  readonly end: ContainerEnd | undefined;
  // Private, so that no log prints it as a property of the error.
  readonly #output: string;

  constructor(code: ErrorCode, message: string, { end, output }: { end?: ContainerEnd; output: string }) {
    super(code, message);
    this.end = end;
    this.#output = output;
  }

  /** What it printed last. It may hold secrets, so it is for the assignment's owner alone and never part of a reason. */
  get output(): string {
    return this.#output;
  }
}

/** Why a container that should run does not. */
export function exitedMessage(name: string, end: ContainerEnd): string {
  return `container ${name} ${describeEnd(end)}`;
}

/** The end of an order's container, with what it printed last. */
export async function exited(
  { id, name, end }: { id: string; name: string; end: ContainerEnd },
  engine: Pick<ContainerEngine, 'logs'>,
  signal: AbortSignal,
): Promise<ContainerFailure> {
  const output = await engine.logs(id, signal).catch(() => '');
  return new ContainerFailure('CONTAINER_EXITED', exitedMessage(name, end), { end, output });
}
