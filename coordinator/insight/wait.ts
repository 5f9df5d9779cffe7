import type { Timings } from '../core/model.ts';
import { percentile, type TimelineSpan } from './timeline.ts';

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
  /** Its end is where the instance's clock has it: the coordinator heard of this step and the next one at once. */
  isPlaced?: true;
}

/** How long a caller waited. The whole is on the coordinator's clock alone. */
export interface Wait {
  totalMs: number;
  /** Without gaps and overlaps, so that together they are the total. Steps that took no time are left out. */
  parts: WaitPart[];
}

/** When an instance says that it had the order, and that it ran the user's command. Milliseconds since Assign was received. */
export interface PlacedSteps {
  delivered?: number;
  started?: number;
}

/** Any of these ends the wait for the user's own command. */
const execSpans = ['container.exec', 'container.unpause', 'container.start'];

/**
 * Reads them from what an instance reported of an assignment.
 * @param spans on the coordinator's clock
 * @param createTime when Assign was received, in milliseconds since the epoch
 */
export function placedSteps(spans: readonly TimelineSpan[], createTime: number): PlacedSteps {
  const order = spans.find(({ name }) => name === 'assignment');
  if (order === undefined) return {};
  const ends = spans
    .filter(({ name, endUnixNs }) => execSpans.includes(name) && endUnixNs > 0)
    .map(({ endUnixNs }) => endUnixNs / 1e6 - createTime);
  const delivered = order.startUnixNs / 1e6 - createTime;
  return { delivered, ...(ends.length === 0 ? {} : { started: Math.max(...ends) }) };
}

/**
 * Splits what a caller waited for into steps. A quick agent tells of several at once; they are told apart where the instance
 * says when they happened, and else count for the last one.
 * @returns undefined while no instance was taken
 */
export function waitOf(timings: Timings, attempts: number, placed: PlacedSteps = {}): Wait | undefined {
  const { claimed, queued = 0, ready, routed } = timings;
  if (claimed === undefined) return undefined;
  const { delivered, started } = toldApart(timings, placed);
  const ends: readonly (readonly [
    step: WaitStep,
    end: number | undefined,
    isPlaced?: boolean | undefined,
  ])[] = [
    ['waiting for an instance', Math.min(queued, claimed)],
    [attempts > 1 ? 'earlier attempts' : 'claim', claimed],
    ['delivery', delivered?.at, delivered?.isPlaced],
    ['order', started?.at, started?.isPlaced],
    ['start', ready],
    ['route', routed],
  ];
  const parts: WaitPart[] = [];
  let at = 0;
  for (const [index, [step, end, isPlaced]] of ends.entries()) {
    const isToldWithNext = ends.slice(index + 1).some(([, next]) => next !== undefined && next <= (end ?? 0));
    if (end === undefined || end <= at || (isToldWithNext && index > 1)) continue;
    parts.push({ step, fromMs: at, ms: end - at, ...(isPlaced === true ? { isPlaced } : {}) });
    at = end;
  }
  return { totalMs: at, parts };
}

interface Step {
  at: number;
  isPlaced: boolean;
}

/** What the coordinator heard of together with the next step is placed by the instance, within what the coordinator knows. */
function toldApart(
  { claimed = 0, delivered, started, ready }: Timings,
  placed: PlacedSteps,
): { delivered: Step | undefined; started: Step | undefined } {
  const between = (own: number | undefined, theirs: number | undefined, next: number | undefined) => {
    const isKnown = own !== undefined && (next === undefined || own < next);
    if (isKnown || next === undefined || theirs === undefined)
      return own === undefined ? undefined : { at: own, isPlaced: false };
    return { at: Math.min(next, Math.max(claimed, theirs)), isPlaced: true };
  };
  const second = between(started, placed.started, ready);
  return { delivered: between(delivered, placed.delivered, second?.at ?? ready), started: second };
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
