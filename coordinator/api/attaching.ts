import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { aborted } from '../../proto/process/tasks.ts';
import { isOver } from '../core/assignment-state.ts';
import type { Assignment } from '../core/model.ts';
import { assignmentNotFound } from '../core/not-found.ts';
import { scopeOf, type Principal } from '../core/principal.ts';
import type { UseCases } from '../store/store.ts';
import type { Attachments } from './attachments.ts';

/** What a call to a user's container needs. */
export interface AttachingParts {
  store: Pick<UseCases, 'assignment'>;
  attachments: Attachments;
  logger: Logger;
}

/**
 * An assignment whose containers are there.
 * @throws ParbakeError ASSIGNMENT_NOT_FOUND, also for another client's; ASSIGNMENT_NOT_RUNNING
 */
export async function runningAssignment(
  store: AttachingParts['store'],
  assignmentId: string,
  principal: Principal,
): Promise<Assignment> {
  const found = await store.assignment(assignmentId);
  const owner = scopeOf(principal) ?? found?.owner;
  if (found === undefined || found.owner !== owner) throw assignmentNotFound(assignmentId);
  const { state } = found;
  if (isOver(state) || state === 'PENDING' || state === 'CLAIMED')
    throw new ParbakeError(
      'ASSIGNMENT_NOT_RUNNING',
      `assignment ${assignmentId} is ${state}: its containers are ${isOver(state) ? 'gone' : 'not there yet'}`,
    );
  return found;
}

/** Resolves when a caller has room for more, or is gone. */
export async function drained(
  call: { once(event: 'drain', listener: () => void): unknown },
  gone: AbortSignal,
): Promise<void> {
  const read = new AbortController();
  call.once('drain', () => read.abort());
  await aborted(AbortSignal.any([gone, read.signal]));
}
