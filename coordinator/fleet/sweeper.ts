import type { Logger } from '../../proto/process/log.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { Limits } from '../core/limits.ts';
import type { ReplicaUseCases } from '../store/replicas.ts';
import type { SweepUseCases } from '../store/sweep.ts';
import type { Changes } from './changes.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Leadership } from './leadership.ts';
import { moment } from './moment.ts';
import type { Outcomes } from './outcomes.ts';

export interface SweeperParts {
  store: SweepUseCases & ReplicaUseCases;
  dispatcher: Pick<Dispatcher, 'closeLeftSessions'>;
  leadership: Pick<Leadership, 'since'>;
  outcomes: Outcomes;
  changes: Changes;
  limits: Limits;
  logger: Logger;
  /** Milliseconds between two rounds: time limits are kept as exactly. */
  interval?: number;
}

/** Ends what took longer than it may, and says again what did not arrive, round after round until the signal aborts. */
export async function runSweeper(parts: SweeperParts, signal: AbortSignal): Promise<void> {
  const { interval = 1_000, logger } = parts;
  const known = { silence: '', error: '' };
  while (!signal.aborted) {
    await pause(interval, signal);
    if (signal.aborted) return;
    try {
      const silence = await sweepOnce(parts);
      if (silence !== known.silence && silence !== '')
        logger.error({ roles: silence }, 'many instances fell silent at once: none is given up for it');
      if (known.error !== '') logger.info('the store takes changes again');
      Object.assign(known, { silence, error: '' });
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      // The next round finds the same work; the reason is logged once.
      if (error !== known.error) logger.error({ err: cause }, 'time limits cannot be kept');
      known.error = error;
    }
  }
}

/** @returns the roles in whose pools many fell silent at once */
async function sweepOnce(parts: SweeperParts): Promise<string> {
  const { store, dispatcher, outcomes, leadership } = parts;
  await dispatcher.closeLeftSessions();
  const { since } = leadership;
  const massSilence = since === undefined ? [] : await keepLimits(parts, since);
  // A wake-up is only a hint: what one missed is found in the rows.
  outcomes.deliverMissed(await store.behind());
  return massSilence.toSorted().join(', ');
}

/** @param started when this coordinator took the lead: those that were silent before may have been told to others */
async function keepLimits(
  { store, outcomes, changes, limits, logger }: SweeperParts,
  started: number,
): Promise<string[]> {
  const [{ replicaIds, instanceIds }, { steps, tenancies, claimed, massSilence }] = await Promise.all([
    store.endLapsed(moment()),
    store.sweep(limits, started, moment()),
  ]);
  if (replicaIds.length > 0) logger.warn({ replicas: replicaIds }, 'coordinators are gone');
  for (const instanceId of instanceIds) changes.instanceChanged(instanceId);
  outcomes.deliver(tenancies);
  outcomes.stepped(steps);
  outcomes.claimed(claimed);
  for (const { instance } of tenancies) changes.instanceChanged(instance.instanceId);
  return massSilence;
}
