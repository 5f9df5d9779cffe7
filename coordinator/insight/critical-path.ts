import type { SpanNode, TimelineSpan } from './timeline.ts';

/** A stretch of a span, in nanoseconds since the epoch. */
export interface Stretch {
  from: number;
  to: number;
}

/** Agents tell when a span began in whole milliseconds, so that a step may seem to outlast the one that it is part of. */
const jitterNs = 1e6;

/**
 * Finds what has to become shorter for the whole to end sooner: from the end backwards, each moment belongs to the step
 * that ended last by then. Steps that nothing waits for, such as clearing up, are not on it.
 * @param roots the trees that together are the whole
 * @param to when it ends, in nanoseconds since the epoch
 * @returns the stretches of each span on the path, by its id
 */
export function criticalPath(roots: readonly SpanNode[], to: number): Map<string, Stretch[]> {
  const path = new Map<string, Stretch[]>();
  const from = Math.min(...roots.map(({ span }) => span.startUnixNs));
  follow(roots, from, to, undefined, path);
  return path;
}

/** @param owner has the time in which none of its children ran */
function follow(
  children: readonly SpanNode[],
  from: number,
  to: number,
  owner: TimelineSpan | undefined,
  path: Map<string, Stretch[]>,
): void {
  const add = (start: number, end: number): void => {
    if (owner === undefined || end <= start) return;
    path.set(owner.spanId, [...(path.get(owner.spanId) ?? []), { from: start, to: end }]);
  };
  let at = to;
  for (const { span, children: below } of [...children].sort(
    (a, b) => endOf(b.span, to) - endOf(a.span, to),
  )) {
    const end = endOf(span, to);
    // What ends later was not waited for. Of several wholes that overlap, the earlier one was.
    const latest = owner === undefined ? to : at;
    if (span.startUnixNs >= at || end > latest + jitterNs || end <= from) continue;
    const reached = Math.min(at, end);
    add(reached, at);
    const start = Math.max(from, span.startUnixNs);
    follow(below, start, reached, span, path);
    at = start;
  }
  add(from, at);
}

/** One that is running is taken to end with the whole. */
function endOf({ startUnixNs, endUnixNs }: TimelineSpan, to: number): number {
  return endUnixNs === 0 ? Math.max(startUnixNs, to) : Math.max(startUnixNs, endUnixNs);
}
