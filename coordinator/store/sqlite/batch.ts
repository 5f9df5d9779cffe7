import { reasonOf } from '../../../proto/errors/cause.ts';
import { ParbakeError, toParbakeError } from '../../../proto/errors/errors.ts';
import { access, type Commands } from './commands.ts';
import type { SqliteDatabase } from './database.ts';
import type { Answer, Call, Failure } from './messages.ts';

/**
 * Carries out use cases that came at the same moment with one flush of the disk. Each is all or nothing for itself: one that
 * is refused leaves the others alone. None is answered before all of them are durable.
 */
export function runBatch(db: SqliteDatabase, commands: Commands, calls: readonly Call[]): Answer[] {
  let answers: Answer[] = [];
  if (calls.length === 0) return answers;
  try {
    if (calls.every(({ name }) => access[name] === 'read'))
      return db.snapshot(() => calls.map((call) => answer(call, () => db.read(() => run(commands, call)))));
    return db.transaction(() => {
      answers = calls.map((call) => answer(call, () => db.part(() => run(commands, call))));
      // What was done before an error that ended the transaction is lost with it.
      if (!db.isInTransaction) throw new ParbakeError('STORE_FAILED', lastFailure(answers));
      return answers;
    });
  } catch (cause) {
    const failure = failureOf(cause);
    const known = new Map(answers.map((one) => [one.id, one]));
    return calls.map(({ id }) => {
      const own = known.get(id);
      return own !== undefined && 'failure' in own ? own : { id, failure };
    });
  }
}

function answer({ id }: Call, work: () => unknown): Answer {
  try {
    return { id, result: work() };
  } catch (cause) {
    return { id, failure: failureOf(cause) };
  }
}

function run(commands: Commands, { name, args }: Call): unknown {
  // The caller's side of this thread is typed by the same interface.
  const command = commands[name] as (...args: readonly unknown[]) => unknown;
  return command(...args);
}

function lastFailure(answers: readonly Answer[]): string {
  const last = answers.findLast((one) => 'failure' in one);
  return last !== undefined && 'failure' in last ? last.failure.message : 'the transaction was ended';
}

export function failureOf(cause: unknown): Failure {
  const { code, message, details, stack = '' } = toParbakeError(cause);
  return { code, message: message === '' ? reasonOf(cause) : message, details, stack };
}
