import { defined } from '../../proto/errors/defined.ts';

/** The part of a span that decides how it is drawn and compared. */
export interface TimelineSpan {
  spanId: string;
  /** Empty for a root. */
  parentId: string;
  name: string;
  startUnixNs: number;
  /** 0 while it is running. */
  endUnixNs: number;
  attributes: Readonly<Record<string, string>>;
}

export interface SpanNode<S extends TimelineSpan = TimelineSpan> {
  span: S;
  /** 0 for a root. */
  depth: number;
  /** Sorted by start time. */
  children: SpanNode<S>[];
  durationMs: number;
  /** Time in which no child ran, in milliseconds. 0 without children. */
  gapMs: number;
}

/** Agents nest three or four deep. Deeper spans are moved up to here, so that a broken reporter cannot exhaust the stack. */
const deepest = 32;

/** Builds trees of spans, sorted by start time. A span whose parent was lost is a root. */
export function spanTrees<S extends TimelineSpan>(spans: readonly S[]): SpanNode<S>[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const children = Map.groupBy(
    spans.filter(({ parentId }) => byId.has(parentId)),
    ({ parentId }) => parentId,
  );
  const roots = spans
    .filter(({ parentId }) => !byId.has(parentId))
    .sort(byStart)
    .map((span) => newNode(span, 0));
  // A broken reporter may report a span twice, or as its own ancestor.
  const seen = new Set(roots.map(({ span }) => span.spanId));
  const nodes = [...roots];
  const hosts = new Map(roots.map((root) => [root, root]));
  for (const node of nodes) {
    // Children of a span that was moved up go where it went.
    const host = node.depth < deepest ? node : (hosts.get(node) ?? node);
    for (const span of children.get(node.span.spanId) ?? []) {
      if (seen.has(span.spanId)) continue;
      seen.add(span.spanId);
      const child = newNode(span, host.depth + 1);
      host.children.push(child);
      hosts.set(child, host);
      nodes.push(child);
    }
  }
  for (const node of nodes) {
    node.children.sort((a, b) => byStart(a.span, b.span));
    if (node.children.length > 0)
      node.gapMs = Math.max(0, node.durationMs - coveredMs(node.span, node.children));
  }
  return roots;
}

function newNode<S extends TimelineSpan>(span: S, depth: number): SpanNode<S> {
  return { span, depth, children: [], durationMs: durationOf(span), gapMs: 0 };
}

/** Moves spans to another clock. @param offsetMs how much more it shows, see Clock in telemetry.proto */
export function onClock<S extends Pick<TimelineSpan, 'startUnixNs' | 'endUnixNs'>>(
  spans: readonly S[],
  offsetMs: number,
): S[] {
  const shift = Math.round(offsetMs * 1e6);
  return spans.map((span) => ({
    ...span,
    startUnixNs: span.startUnixNs + shift,
    endUnixNs: span.endUnixNs === 0 ? 0 : span.endUnixNs + shift,
  }));
}

/** Lists all nodes of some trees, parents first. */
export function flattened<S extends TimelineSpan>(nodes: readonly SpanNode<S>[]): SpanNode<S>[] {
  return nodes.flatMap((node) => [node, ...flattened(node.children)]);
}

export function durationOf({ startUnixNs, endUnixNs }: TimelineSpan): number {
  return Math.max(0, endUnixNs - startUnixNs) / 1e6;
}

/** @returns how long at least one child ran, in milliseconds */
function coveredMs(span: TimelineSpan, children: readonly SpanNode[]): number {
  let covered = 0;
  let until = span.startUnixNs;
  for (const { span: child } of children) {
    const from = Math.max(until, child.startUnixNs);
    const to = Math.min(child.endUnixNs, span.endUnixNs);
    if (to > from) covered += to - from;
    until = Math.max(until, to);
  }
  return covered / 1e6;
}

function byStart(a: TimelineSpan, b: TimelineSpan): number {
  return a.startUnixNs - b.startUnixNs;
}

/** One step of two timelines, side by side. */
export interface StepDifference {
  /** Names from the root down, such as `assignment / container.ready (app)`. */
  path: string;
  /** Milliseconds; absent where the step did not happen. */
  aMs?: number;
  bMs?: number;
}

/** Compares the steps of two timelines, the largest difference first. Steps with the same path are added up. */
export function compareTimelines(a: readonly TimelineSpan[], b: readonly TimelineSpan[]): StepDifference[] {
  const [inA, inB] = [stepsOf(a), stepsOf(b)];
  const differences = [...new Set([...inA.keys(), ...inB.keys()])].map((path): StepDifference => {
    const [aMs, bMs] = [inA.get(path), inB.get(path)];
    return { path, ...defined({ aMs, bMs }) };
  });
  const weight = ({ aMs = 0, bMs = 0 }: StepDifference): number => Math.abs(aMs - bMs);
  return differences.sort((x, y) => weight(y) - weight(x));
}

function stepsOf(spans: readonly TimelineSpan[]): Map<string, number> {
  const steps = new Map<string, number>();
  const visit = (node: SpanNode, above: string): void => {
    const container = node.span.attributes['container.name'];
    const own = container === undefined ? node.span.name : `${node.span.name} (${container})`;
    const path = above === '' ? own : `${above} / ${own}`;
    steps.set(path, (steps.get(path) ?? 0) + node.durationMs);
    for (const child of node.children) visit(child, path);
  };
  for (const root of spanTrees(spans)) visit(root, '');
  return steps;
}

/** @param values at least one. @param rank 0 to 1. @returns the smallest value with that part of all at or below it */
export function percentile(values: readonly number[], rank: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * rank) - 1)] ?? Number.NaN;
}
