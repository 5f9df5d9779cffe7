import { connect } from 'node:net';
import { constants } from 'node:os';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { decodeAnswer } from '../core/order/gate-order.ts';

/** Time limit from the order to the command, in milliseconds. The gate does nothing else meanwhile. */
const deadline = 5_000;

/**
 * Gives a waiting gate its order. Resolves once the gate has become the container's own command.
 * @param order the result of `encodeOrder`
 * @param name the container's name, for messages
 * @param connected called once the gate is reached, before the order is sent
 * @throws ParbakeError GATE_UNAVAILABLE when nothing waits there, GATE_REFUSED when the order was not taken,
 *   EXEC_FAILED when the command cannot be executed
 */
export function releaseGate(
  socketPath: string,
  order: Buffer,
  name: string,
  connected: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const answer: Buffer[] = [];
    const socket = connect(socketPath);
    const fail = (error: ParbakeError): void => {
      socket.destroy();
      reject(error);
    };
    const conclude = (): void => {
      const answered = decodeAnswer(Buffer.concat(answer));
      if (answered.kind === 'accepted') resolve();
      else if (answered.kind === 'exec_failed') fail(execFailed(name, answered.errno));
      else if (answered.kind === 'refused')
        fail(
          new ParbakeError(
            'GATE_REFUSED',
            `the gate of container ${name} refused the order: ${answered.reason}`,
          ),
        );
      else fail(unavailable(name, 'it hung up without an answer'));
    };
    socket.setTimeout(deadline, () => fail(unavailable(name, `no answer within ${deadline / 1000} s`)));
    socket.on('connect', () => {
      try {
        connected();
      } catch (cause) {
        fail(unavailable(name, reasonOf(cause)));
        return;
      }
      // Not ended after writing: the gate keeps its side open until the command runs.
      socket.write(order);
    });
    socket.on('data', (bytes: Buffer) => {
      answer.push(bytes);
      if (decodeAnswer(Buffer.concat(answer)).kind === 'refused') conclude();
    });
    socket.on('end', conclude);
    socket.on('error', (cause) => {
      // A gate that execs with bytes of ours unread resets the connection: what it said before counts.
      if (answer.length > 0) conclude();
      else fail(unavailable(name, cause.message));
      socket.destroy();
    });
  });
}

function unavailable(name: string, why: string): ParbakeError {
  return new ParbakeError('GATE_UNAVAILABLE', `the gate of container ${name} does not take an order: ${why}`);
}

function execFailed(name: string, errno: number): ParbakeError {
  const known = Object.entries(constants.errno).find(([, value]) => value === errno)?.[0];
  return new ParbakeError(
    'EXEC_FAILED',
    `the command of container ${name} cannot be executed: ${known ?? `error ${errno}`}`,
  );
}
