import type { ContainerSpec } from '../../../proto/recipe/role.ts';
import { isCompleted, isMachines, type ContainerEnd } from './container-end.ts';

/** Milliseconds, as Docker has them. */
const firstDelay = 100;
const maxDelay = 60_000;
/** A container that ran so long starts again without a delay. */
const longRun = 10_000;

/** How often a container was restarted as its policy says, and what that says about the next time. */
export interface Restarts {
  /** For its own ends: what the machine ended does not count. */
  count: number;
  /** How often in a row, without a long run between. */
  inRow: number;
  /** When it was last started, milliseconds since the epoch. */
  startedAt: number;
}

/** Whether a container's policy has it started again, however often that failed. */
export function isRestarted({ restart }: ContainerSpec, end: ContainerEnd, count: number): boolean {
  if (restart === undefined || restart.name === 'no') return false;
  if (restart.name === 'always') return true;
  if (isMachines(end)) return true;
  return !isCompleted(end) && (restart.maxRetries === undefined || count < restart.maxRetries);
}

/** When to start it again, milliseconds since the epoch: later each time in a row, as Docker does. */
export function restartTime(end: ContainerEnd, before: Restarts | undefined): number {
  if (before === undefined) return end.endTime;
  if (end.endTime - before.startedAt >= longRun) return end.endTime;
  return end.endTime + Math.min(maxDelay, firstDelay * 2 ** (before.inRow - 1));
}

/** Whether it is time to start it again. An end that is yet to come was before the clock was set back. */
export function isRestartDue(end: ContainerEnd, before: Restarts | undefined, now: number): boolean {
  return now >= restartTime(end, before) || now < end.endTime;
}

/** After it was started again. @param now milliseconds since the epoch */
export function afterRestart(end: ContainerEnd, before: Restarts | undefined, now: number): Restarts {
  const { count = 0, inRow = 0, startedAt = 0 } = before ?? {};
  const isInRow = before !== undefined && end.endTime - startedAt < longRun;
  return { count: isMachines(end) ? count : count + 1, inRow: isInRow ? inRow + 1 : 1, startedAt: now };
}
