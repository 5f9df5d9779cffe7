import { defined } from '../../../proto/errors/defined.ts';
import type { Fault } from '../../../proto/errors/faults.ts';
import type {
  Assignment,
  Attempt,
  AttemptOutcome,
  AttemptTimings,
  ContainerEnd,
  Endpoint,
  Moment,
} from '../../core/model.ts';

/** How an attempt ended. */
export interface AttemptEnd {
  outcome: Exclude<AttemptOutcome, 'RUNNING'>;
  fault?: Fault;
  /** `CODE: sentence`. */
  reason?: string;
  containers?: ContainerEnd[];
}

/** What changes on an assignment beside its state. */
export interface AssignmentChange {
  /** A new attempt on this instance. */
  begin?: { instanceId: string; queuedMs: number };
  endpoints?: Endpoint[];
  /** Steps that have a time already keep it. Milliseconds since the attempt began. */
  steps?: readonly (keyof AttemptTimings)[];
  containers?: ContainerEnd[];
  end?: AttemptEnd;
}

/** Whether this is as far as the caller waits. */
export function isAnswerTo({ wait }: Assignment, { begin, steps = [] }: AssignmentChange): boolean {
  if (wait === 'CLAIMED') return begin !== undefined;
  return steps.includes('ready') || (wait === 'EXEC' && steps.includes('started'));
}

export function attemptsAfter(
  { attempts }: Assignment,
  { begin, steps = [], containers, end }: AssignmentChange,
  { now, steady }: Moment,
): Attempt[] {
  if (begin !== undefined)
    return [
      ...attempts,
      {
        number: attempts.length + 1,
        instanceId: begin.instanceId,
        startTime: now,
        startSteady: steady,
        endTime: 0,
        timings: {},
        outcome: 'RUNNING',
        reason: '',
        containers: [],
      },
    ];
  const last = attempts.at(-1);
  if (last === undefined || last.outcome !== 'RUNNING') return attempts;
  const elapsed = Math.max(0, steady - last.startSteady);
  const timings = { ...Object.fromEntries(steps.map((step) => [step, elapsed])), ...last.timings };
  const present = { ...last, timings, containers: end?.containers ?? containers ?? last.containers };
  const { outcome, fault, reason = '' } = end ?? {};
  const ended =
    outcome === undefined ? present : { ...present, outcome, reason, endTime: now, ...defined({ fault }) };
  return [...attempts.slice(0, -1), ended];
}

/** What the caller waited for: the first attempt's steps, and those of the last one while there is no other. */
export function timingsAfter(
  { timings, receivedSteady, state }: Assignment,
  { begin, steps = [] }: AssignmentChange,
  { steady }: Moment,
): Assignment['timings'] {
  const elapsed = Math.max(0, steady - receivedSteady);
  if (begin !== undefined) {
    const { queued = 0 } = timings;
    const total = queued + begin.queuedMs;
    return { claimed: elapsed, ...(total > 0 ? { queued: total } : {}) };
  }
  // What was taken down is not what the caller has.
  if (state === 'PENDING') return timings;
  return { ...Object.fromEntries(steps.map((step) => [step, elapsed])), ...timings };
}
