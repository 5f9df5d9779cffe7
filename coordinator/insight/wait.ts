import type { Timings } from '../core/model.ts';
import { percentile } from './timeline.ts';

/** What a caller waits for, in the order in which it happens. */
export const waitSteps = [
  /** No instance was free. */
  'waiting for an instance',
  /** Attempts on instances that did not serve it. */
  'earlier attempts',
  /** The request becomes durable, and an instance is taken for it. */
  'claim',
  /** The order is on its way to the instance's agent. */
  'delivery',
  /** The agent carries it out: the user's command runs in the end. */
  'order',
  /** The user's command starts, until every readiness check has passed. */
  'start',
  /** Its host names are published. */
  'route',
] as const;

export type WaitStep = (typeof waitSteps)[number];

export interface WaitPart {
  step: WaitStep;
  /** Milliseconds since Assign was received. */
  fromMs: number;
  ms: number;
}

/** How long a caller waited, on the coordinator's clock alone. */
export interface Wait {
  totalMs: number;
  /** Without gaps and overlaps, so that together they are the total. Steps that took no time are left out. */
  parts: WaitPart[];
}

/** Splits what a caller waited for into steps. @returns undefined while no instance was taken */
export function waitOf(timings: Timings, attempts: number): Wait | undefined {
  const { claimed, queued = 0, delivered, started, ready, routed } = timings;
  if (claimed === undefined) return undefined;
  // An agent that reports several steps at once has told of the earlier ones with the last one.
  const ends: readonly (readonly [WaitStep, number | undefined])[] = [
    ['waiting for an instance', Math.min(queued, claimed)],
    [attempts > 1 ? 'earlier attempts' : 'claim', claimed],
    ['delivery', delivered],
    ['order', started],
    ['start', ready],
    ['route', routed],
  ];
  const parts: WaitPart[] = [];
  let at = 0;
  for (const [step, end] of ends) {
    if (end === undefined || end <= at) continue;
    parts.push({ step, fromMs: at, ms: end - at });
    at = end;
  }
  return { totalMs: at, parts };
}

/** What assignments of one role usually take. */
export interface UsualWait {
  /** How many assignments it comes from. */
  n: number;
  totalMs: number;
  steps: Readonly<Partial<Record<WaitStep, number>>>;
}

/** Fewer assignments say little about what is usual. */
const minWaits = 5;

/** The medians of the whole and of each step, of those that served. @returns undefined for too few of them */
export function usualWait(
  assignments: readonly { timings: Timings; attempts: number }[],
): UsualWait | undefined {
  const waits = assignments.flatMap(({ timings, attempts }) =>
    timings.ready === undefined ? [] : (waitOf(timings, attempts) ?? []),
  );
  if (waits.length < minWaits) return undefined;
  const median = (values: readonly number[]): number => percentile(values, 0.5);
  const steps = Object.fromEntries(
    waitSteps.map((step) => [
      step,
      median(waits.map(({ parts }) => parts.find((part) => part.step === step)?.ms ?? 0)),
    ]),
  );
  return { n: waits.length, totalMs: median(waits.map(({ totalMs }) => totalMs)), steps };
}

/** The step in which a wait exceeds what is usual most. @returns undefined when it exceeds it nowhere */
export function slowestStep(wait: Wait, usual: UsualWait): { step: WaitStep; excessMs: number } | undefined {
  const [worst] = wait.parts
    .map(({ step, ms }) => ({ step, excessMs: ms - (usual.steps[step] ?? 0) }))
    .filter(({ excessMs }) => excessMs > 0)
    .sort((a, b) => b.excessMs - a.excessMs);
  return worst;
}
