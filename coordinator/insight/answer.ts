import type { AssignmentState } from '../core/assignment-state.ts';
import type { Timings } from '../core/model.ts';
import { time } from './format.ts';
import { phasesOf } from './phases.ts';
import type { TimelineSpan } from './timeline.ts';
import { slowestStep, waitOf, type PlacedSteps, type UsualWait, type WaitPart } from './wait.ts';

/** What the sentence about an assignment is made from. */
export interface Asked {
  state: AssignmentState;
  role: string;
  /** Why it did not serve: `CODE: sentence`. Empty when it did. */
  reason: string;
  timings: Timings;
  /** How many instances were tried. */
  attempts: number;
  /** Milliseconds since Assign was received. */
  ageMs: number;
  /** What its instance reported of it. */
  spans: readonly TimelineSpan[];
  /** When its instance says that it was how far. */
  placed?: PlacedSteps;
  usual: UsualWait | undefined;
}

/** Shares of the whole below this have no place in a sentence. */
const worthTelling = 0.03;
/** A difference from the median below both is noise. */
const noiseShare = 0.05;
const noiseMs = 0.5;

/**
 * Answers in one sentence how long the caller waited and for what, the longest first, and how that compares with what is
 * usual for the role: `49 ms: 35 ms app's own start, 11 ms order, 3 ms claim; 3 ms slower than the median of role web, in:
 * start`.
 */
export function answerSentence(asked: Asked): string {
  const { state, role, reason, attempts, ageMs, timings, placed } = asked;
  const tried = attempts > 1 ? ` after ${attempts} instances were tried` : '';
  const wait = waitOf(timings, attempts, placed);
  if (timings.ready === undefined || wait === undefined) {
    if (state === 'PENDING') return `Waiting for an instance of role ${role} for ${time(ageMs)}${tried}.`;
    if (state === 'FAILED') return `It failed${tried}: ${reason === '' ? 'no reason is known' : reason}`;
    if (state === 'RELEASED' || state === 'RELEASING')
      return `It was released before it served${wait === undefined ? '' : `, after ${partsText(wait.parts, wait.totalMs, asked)}`}.`;
    if (state === 'EXPIRED') return 'Its time to live was over before it served.';
    if (wait === undefined) return `It is ${state}.`;
    return `Not serving yet after ${time(ageMs)}: ${partsText(wait.parts, wait.totalMs, asked)}, and ${state} since.`;
  }
  const text = `${time(wait.totalMs)}: ${partsText(wait.parts, wait.totalMs, asked)}`;
  const { usual } = asked;
  if (usual === undefined) return `${text}.`;
  const excess = wait.totalMs - usual.totalMs;
  if (Math.abs(excess) < Math.max(noiseMs, usual.totalMs * noiseShare))
    return `${text}; as the median of role ${role}.`;
  const side = excess > 0 ? 'slower' : 'faster';
  // What is usual is known from the coordinator's clock alone.
  const where = excess > 0 ? slowestStep(waitOf(timings, attempts) ?? wait, usual) : undefined;
  const inStep = where === undefined ? '' : `, in: ${nameOf(where.step, asked)}`;
  return `${text}; ${time(Math.abs(excess))} ${side} than the median of role ${role}${inStep}.`;
}

function partsText(parts: readonly WaitPart[], totalMs: number, asked: Asked): string {
  const sorted = [...parts].sort((a, b) => b.ms - a.ms);
  const told = sorted.filter(({ ms }, index) => index === 0 || ms >= totalMs * worthTelling);
  return told.map(({ step, ms }) => `${time(ms)} ${nameOf(step, asked)}`).join(', ');
}

/** The start is that of the container that took longest. */
function nameOf(step: WaitPart['step'], { spans }: Pick<Asked, 'spans'>): string {
  if (step !== 'start') return step;
  const phase = phasesOf(spans).find(({ name }) => name === 'assignment');
  const longest = phase?.parts.find(({ step: each }) => each.startsWith('container.ready '));
  return longest === undefined ? step : `${longest.step.slice('container.ready '.length)}'s own start`;
}
