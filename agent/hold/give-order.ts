import { connect } from 'node:net';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { openedTwice } from './await-held.ts';

/** Time limit for an application to read its order, in milliseconds. Its writer gives up long before when nothing moves. */
const deadline = 60_000;

/** Reasons of packaging/gate/hold.h for which nothing was given. */
const nobodyReads = 4;
const severalRead = 5;

/** What became of an order. */
export type Given =
  /** The application has read all of it. */
  | { kind: 'whole' }
  /** It has read nothing of it, and may still be given one. */
  | { kind: 'nothing'; error: ParbakeError }
  /** It has read a part of it, or its writer is gone: it can be given none any more. */
  | { kind: 'lost'; error: ParbakeError };

/**
 * Gives a held application its order. Never rejects.
 * @param frame the result of `holdFrame`
 * @param name the container's name, for messages
 */
export function giveOrder(socketPath: string, frame: Buffer, name: string): Promise<Given> {
  return new Promise((resolve) => {
    let answer = Buffer.alloc(0);
    const socket = connect(socketPath);
    const conclude = (given: Given): void => {
      socket.destroy();
      resolve(given);
    };
    const lost = (why: string): void => conclude({ kind: 'lost', error: unavailable(name, why) });
    socket.setTimeout(deadline, () => lost(`no answer within ${deadline / 1000} s`));
    socket.on('connect', () => socket.write(frame));
    socket.on('data', (bytes: Buffer) => {
      answer = Buffer.concat([answer, bytes]);
      const given = decodeAnswer(answer, name);
      if (given !== undefined) conclude(given);
    });
    socket.on('end', () => lost('its writer hung up without an answer'));
    socket.on('error', ({ message }) => lost(message));
  });
}

/** @returns undefined while too little has come to tell */
function decodeAnswer(answer: Buffer, name: string): Given | undefined {
  if (answer[0] === 0x41) return { kind: 'whole' };
  if (answer.length < 5) return undefined;
  if (answer[0] === 0x45) {
    const message = `container ${name} read a part of its order, and no more`;
    return { kind: 'lost', error: new ParbakeError('ORDER_NOT_READ', message) };
  }
  return { kind: 'nothing', error: refusal(answer.readUInt32LE(1), name) };
}

function refusal(reason: number, name: string): ParbakeError {
  if (reason === severalRead) return openedTwice(name);
  if (reason === nobodyReads) return unavailable(name, 'it does not have it open any more');
  return new ParbakeError(
    'GATE_REFUSED',
    `the writer of container ${name} refused its order: reason ${reason}`,
  );
}

function unavailable(name: string, why: string): ParbakeError {
  return new ParbakeError('HOLD_UNAVAILABLE', `container ${name} does not take its order: ${why}`);
}
