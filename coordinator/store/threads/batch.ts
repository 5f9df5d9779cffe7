import { reasonOf } from '../../../proto/errors/cause.ts';
import { ParbakeError, toParbakeError } from '../../../proto/errors/errors.ts';
import type { UseCases } from '../store.ts';
import { access } from '../sql/commands.ts';
import type { Database } from '../sql/database.ts';
import type { Answer, Call, Failure } from './messages.ts';

/**
 * Carries out use cases that came at the same moment with one flush of the disk. Each is all or nothing for itself: one that
 * is refused leaves the others alone. None is answered before all of them are durable.
 */
export async function runBatch(db: Database, commands: UseCases, calls: readonly Call[]): Promise<Answer[]> {
  let answers: Answer[] = [];
  if (calls.length === 0) return answers;
  try {
    if (calls.every(({ name }) => access[name] === 'read'))
      return await db.snapshot(() => inTurn(calls, (call) => db.read(() => run(commands, call))));
    return await db.transaction(async () => {
      answers = await inTurn(calls, (call) => db.part(() => run(commands, call)));
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

/** They share a connection: one begins when the one before is over. */
async function inTurn(calls: readonly Call[], carryOut: (call: Call) => Promise<unknown>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const call of calls) {
    const { id } = call;
    try {
      answers.push({ id, result: await carryOut(call) });
    } catch (cause) {
      answers.push({ id, failure: failureOf(cause) });
    }
  }
  return answers;
}

async function run(commands: UseCases, { name, args }: Call): Promise<unknown> {
  // The caller's side of this thread is typed by the same interface.
  const command = commands[name] as (...args: readonly unknown[]) => Promise<unknown>;
  return await command(...args);
}

function lastFailure(answers: readonly Answer[]): string {
  const last = answers.findLast((one) => 'failure' in one);
  return last !== undefined && 'failure' in last ? last.failure.message : 'the transaction was ended';
}

export function failureOf(cause: unknown): Failure {
  const { code, message, details, stack = '' } = toParbakeError(cause);
  return { code, message: message === '' ? reasonOf(cause) : message, details, stack };
}
