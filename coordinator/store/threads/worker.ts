import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { ParbakeError } from '../../../proto/errors/errors.ts';
import { commandsOf, recover } from '../sql/commands.ts';
import { failureOf, runBatch } from './batch.ts';
import type { Answer, Call, FromThread, ThreadData, ToThread } from './messages.ts';
import { openDatabase } from './open-database.ts';

/** Milliseconds that what was removed stays in the log at most, unless a long read holds it. */
const logInterval = 5_000;

/** Milliseconds until the next try when a reader holds the log. */
const logRetry = 100;

/**
 * A thread that owns one connection to the store. What arrives while it waits for the disk goes into its next transaction,
 * so that many share one flush.
 */
async function serve(port: MessagePort, { place, mode }: ThreadData): Promise<void> {
  const tell = (message: FromThread): void => port.postMessage(message);
  const db = await openDatabase(place, mode);
  const commands = commandsOf(db, () => performance.timeOrigin + performance.now());
  let isRecovered = mode === 'read';
  const carryOut = async (calls: readonly Call[]): Promise<Answer[]> => {
    try {
      if (!isRecovered) await db.transaction(() => recover(db));
      isRecovered = true;
    } catch (cause) {
      return calls.map(({ id }) => ({ id, failure: failureOf(cause) }));
    }
    return await runBatch(db, commands, calls);
  };
  const arrived: ToThread[] = [];
  let isBusy = false;
  let emptying: NodeJS.Timeout | undefined;
  /** What an order set is in the log after its release. */
  const emptyLogIn = (ms: number): void => {
    emptying ??= setTimeout(() => {
      emptying = undefined;
      if (isBusy || !db.truncateLog()) emptyLogIn(logRetry);
    }, ms);
  };
  const answerAll = async (): Promise<void> => {
    isBusy = true;
    for (;;) {
      const messages = [...arrived.splice(0), ...waiting(port)];
      if (messages.length === 0) break;
      const calls: Call[] = messages.flatMap((message) => (message.kind === 'calls' ? message.calls : []));
      if (calls.length > 0) tell({ kind: 'answers', answers: await carryOut(calls) });
      if (calls.length > 0 && mode === 'write') emptyLogIn(logInterval);
      if (db.isTakenOver) tell({ kind: 'ended', failure: failureOf(takenOver()) });
      else if (!messages.some(({ kind }) => kind === 'close')) continue;
      clearTimeout(emptying);
      await db.close();
      port.close();
      return;
    }
    isBusy = false;
  };
  // On a full disk this fails: reads are served, and the first change that the disk takes comes after it.
  await carryOut([]);
  port.on('message', (message: ToThread) => {
    arrived.push(message);
    if (!isBusy) void answerAll();
  });
  tell({ kind: 'open' });
}

function takenOver(): ParbakeError {
  return new ParbakeError('STORE_FAILED', 'other coordinators have given this one up: it ends');
}

function* waiting(port: MessagePort): Generator<ToThread> {
  for (;;) {
    const received = receiveMessageOnPort(port);
    if (received === undefined) return;
    yield received.message;
  }
}

if (parentPort !== null) {
  const port = parentPort;
  serve(port, workerData as ThreadData).catch((cause: unknown) => {
    port.postMessage({ kind: 'refused', failure: failureOf(cause) } satisfies FromThread);
  });
}
