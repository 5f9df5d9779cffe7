import { durationOf, flattened, spanTrees, type SpanNode, type TimelineSpan } from './timeline.ts';

/** A phase of an instance's life, and how long each step of it took. */
export interface Phase {
  name: 'until ready' | 'assignment';
  /** The assignment's role. Empty before there is one. */
  assignmentRole: string;
  /** Wall time, milliseconds. */
  wallMs: number;
  /** The longest first. Together they are the wall time. */
  parts: PhasePart[];
}

export interface PhasePart {
  /** The step, with its container or image. Empty for time that no step accounts for. */
  step: string;
  ms: number;
}

/**
 * From the first step until the instance was ready, then each assignment. Each moment goes to the step that is deepest
 * at that time, of several the one that began first, so that nothing counts twice and nothing is left out.
 */
export function phasesOf(spans: readonly TimelineSpan[]): Phase[] {
  const trees = spanTrees(spans.filter(({ endUnixNs }) => endUnixNs > 0));
  const prepared = trees.find(({ span }) => span.name === 'prepare');
  const phases: Phase[] = [];
  if (prepared !== undefined) {
    const to = prepared.span.endUnixNs;
    const until = trees.filter(({ span }) => span.startUnixNs < to && span.name !== 'assignment');
    const from = Math.min(...until.map(({ span }) => span.startUnixNs));
    phases.push({ name: 'until ready', assignmentRole: '', ...partsOf(until, from, to) });
  }
  for (const node of trees) {
    if (node.span.name !== 'assignment') continue;
    const { startUnixNs, endUnixNs, attributes } = node.span;
    const role = attributes['parbake.role'] ?? '';
    phases.push({ name: 'assignment', assignmentRole: role, ...partsOf([node], startUnixNs, endUnixNs) });
  }
  return phases;
}

function partsOf(nodes: readonly SpanNode[], from: number, to: number): Pick<Phase, 'wallMs' | 'parts'> {
  const all = flattened(nodes).filter(
    ({ span }) => durationOf(span) > 0 && span.endUnixNs > from && span.startUnixNs < to,
  );
  const edges = all.flatMap((node) => [
    { at: Math.max(from, node.span.startUnixNs), node, isStart: true },
    { at: Math.min(to, node.span.endUnixNs), node, isStart: false },
  ]);
  edges.sort((a, b) => a.at - b.at);
  const parts = new Map<string, number>();
  const running = new Set<SpanNode>();
  let at = from;
  for (const edge of edges) {
    const until = Math.min(to, edge.at);
    if (until > at) {
      const step = stepAt(running);
      parts.set(step, (parts.get(step) ?? 0) + (until - at) / 1e6);
      at = until;
    }
    if (edge.isStart) running.add(edge.node);
    else running.delete(edge.node);
  }
  if (to > at) parts.set('', (parts.get('') ?? 0) + (to - at) / 1e6);
  const sorted = [...parts].map(([step, ms]) => ({ step, ms })).sort((a, b) => b.ms - a.ms);
  return { wallMs: (to - from) / 1e6, parts: sorted };
}

function stepAt(running: ReadonlySet<SpanNode>): string {
  let found: SpanNode | undefined;
  for (const node of running) {
    const isBetter =
      found === undefined ||
      node.depth > found.depth ||
      (node.depth === found.depth && node.span.startUnixNs < found.span.startUnixNs);
    if (isBetter) found = node;
  }
  if (found === undefined) return '';
  const { name, attributes } = found.span;
  // A step whose own steps do not run at that moment.
  if (found.children.length > 0) return `${name}, between its steps`;
  const what = attributes['container.name'] ?? attributes['image'];
  return what === undefined ? name : `${name} ${what}`;
}
