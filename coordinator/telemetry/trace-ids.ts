import { createHash } from 'node:crypto';
import type { SpanContext } from '@opentelemetry/api';
import type { Assignment, Facts } from '../core/model.ts';
import { traceparentOf } from '../core/traceparent.ts';

/** The part of an assignment that decides which trace its spans belong to. */
export type ServedAssignment = Pick<
  Assignment,
  'assignmentId' | 'instanceId' | 'role' | 'createTime' | 'timings' | 'traceparent' | 'tracestate'
>;

/** @returns the trace of one boot of an instance: always the same for the same boot */
export function bootTraceId({ instanceId, bootId }: Pick<Facts, 'instanceId' | 'bootId'>): string {
  return hash(`${instanceId}/${bootId}`, 32);
}

/** @param id of a span as the agent made it, or of an assignment */
export function spanIdOf(id: string): string {
  return hash(id, 16);
}

/** The caller's own trace where it named one, else one for the assignment. */
export function traceOf({
  assignmentId,
  traceparent,
}: Pick<Assignment, 'assignmentId' | 'traceparent'>): string {
  return traceparentOf(traceparent)?.traceId ?? hash(assignmentId, 32);
}

/** What a container is told, so that its own steps are below the call to Assign. */
export function traceparentBelow(assignment: Pick<Assignment, 'assignmentId' | 'traceparent'>): string {
  const { traceFlags = 1 } = traceparentOf(assignment.traceparent) ?? {};
  const flags = traceFlags.toString(16).padStart(2, '0');
  return `00-${traceOf(assignment)}-${spanIdOf(assignment.assignmentId)}-${flags}`;
}

/** Whether the caller wants its trace kept; one that names none leaves it to us. */
export function isSampled({ traceparent }: Pick<Assignment, 'traceparent'>): boolean {
  return ((traceparentOf(traceparent)?.traceFlags ?? 1) & 1) === 1;
}

export function parentOf(traceparent: string): SpanContext | undefined {
  const parsed = traceparentOf(traceparent);
  return parsed && { ...parsed, isRemote: true };
}

function hash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
