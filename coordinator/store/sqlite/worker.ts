import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { commandsOf, recover } from './commands.ts';
import { SqliteDatabase } from './database.ts';
import { failureOf, runBatch } from './batch.ts';
import type { Answer, Call, FromThread, ThreadData, ToThread } from './messages.ts';
import { migrations } from './migrations.ts';

/**
 * A thread that owns one connection to the store. What arrives while it waits for the disk goes into its next transaction,
 * so that many share one flush.
 */
function serve(port: MessagePort, { path, mode }: ThreadData): void {
  const tell = (message: FromThread): void => port.postMessage(message);
  const db = mode === 'write' ? SqliteDatabase.writer(path, migrations) : SqliteDatabase.reader(path);
  const commands = commandsOf(db, () => performance.timeOrigin + performance.now());
  let isRecovered = mode === 'read';
  const carryOut = (calls: readonly Call[]): Answer[] => {
    try {
      if (!isRecovered) db.transaction(() => recover(db));
      isRecovered = true;
    } catch (cause) {
      return calls.map(({ id }) => ({ id, failure: failureOf(cause) }));
    }
    return runBatch(db, commands, calls);
  };
  port.on('message', (first: ToThread) => {
    const messages = [first, ...waiting(port)];
    const calls: Call[] = messages.flatMap((message) => (message.kind === 'calls' ? message.calls : []));
    if (calls.length > 0) tell({ kind: 'answers', answers: carryOut(calls) });
    if (!messages.some(({ kind }) => kind === 'close')) return;
    db.close();
    port.close();
  });
  // On a full disk this fails: reads are served, and the first change that the disk takes comes after it.
  carryOut([]);
  tell({ kind: 'open' });
}

function* waiting(port: MessagePort): Generator<ToThread> {
  for (;;) {
    const received = receiveMessageOnPort(port);
    if (received === undefined) return;
    yield received.message;
  }
}

if (parentPort !== null) {
  try {
    serve(parentPort, workerData as ThreadData);
  } catch (cause) {
    parentPort.postMessage({ kind: 'refused', failure: failureOf(cause) } satisfies FromThread);
  }
}
