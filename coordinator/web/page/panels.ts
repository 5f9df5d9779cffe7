import { criticalPath, type Stretch } from '../../insight/critical-path.ts';
import { flattened, spanTrees, type SpanNode } from '../../insight/timeline.ts';
import type { InstanceDocument, PageSpan, ShownAssignment } from '../documents.ts';
import { endOf, padded, startOf, type Window } from './window.ts';

/** One bar of a panel. */
export interface PanelRow {
  node: SpanNode<PageSpan>;
  /** The parts of it that somebody waited for; empty for what ran beside. */
  critical: readonly Stretch[];
  /** Measured by the coordinator; an instance's steps are only as exact as its clock. */
  isOurs: boolean;
}

/** Steps that belong together, on an axis of their own. */
export interface PanelModel {
  /** Names it in the address. */
  id: 'assignment' | 'ready' | 'other';
  title: string;
  /** Where its axis has 0. Milliseconds since the epoch. */
  zero: number;
  /** What is shown first: from its beginning to the moment that was waited for. */
  whole: Window;
  rows: readonly PanelRow[];
  /** How long it took, in milliseconds; absent while it goes on. */
  tookMs?: number;
}

const callSpan = 'assign';

/** The panels of one instance: its assignment, how it became ready, and what its agent does besides. */
export function panelsOf(
  { assignment, spans }: Pick<InstanceDocument, 'assignment' | 'spans'>,
  now: number,
): PanelModel[] {
  const trees = spanTrees(spans);
  const own = treesOf(trees, assignment);
  const prepare = trees.find(({ span }) => span.name === 'prepare');
  const readyAt = prepare === undefined ? 0 : endOf(prepare.span, now);
  const until = trees.filter(
    (node) => !own.includes(node) && node.span.name !== 'assignment' && startOf(node.span) < readyAt,
  );
  const rest = trees.filter((node) => !own.includes(node) && !until.includes(node));
  return [
    ...(assignment === null ? [] : [assignmentPanel(assignment, own, now)]),
    ...(prepare === undefined ? [] : [readyPanel(until, prepare, now)]),
    ...(rest.length === 0 ? [] : [otherPanel(rest, now)]),
  ];
}

/** What the instance did for an assignment. Agents name the assignment in each of these spans. */
function treesOf(
  trees: readonly SpanNode<PageSpan>[],
  assignment: ShownAssignment | null,
): SpanNode<PageSpan>[] {
  if (assignment === null) return [];
  const named = trees.filter(({ span }) => span.assignmentId === assignment.assignmentId);
  if (named.length > 0) return named;
  return trees.filter(({ span }) => span.name === 'assignment' && span.assignmentId === '').slice(-1);
}

function assignmentPanel(
  { assignmentId, createTime, wait, releaseTime }: ShownAssignment,
  own: readonly SpanNode<PageSpan>[],
  now: number,
): PanelModel {
  const ours = (
    spanId: string,
    parentId: string,
    name: string,
    fromMs: number,
    toMs: number,
    attributes: PageSpan['attributes'] = {},
  ): PageSpan => ({
    ...{ spanId, parentId, name, assignmentId, attributes },
    startUnixNs: fromMs * 1e6,
    endUnixNs: toMs * 1e6,
  });
  const waitedMs = wait?.totalMs ?? Math.max(0, (releaseTime || now) - createTime);
  const call = ours(callSpan, '', 'Assign', createTime, createTime + waitedMs);
  const steps = (wait?.parts ?? []).map(({ step, fromMs, ms, isPlaced }) =>
    ours(
      `${callSpan} ${step}`,
      callSpan,
      step,
      createTime + fromMs,
      createTime + fromMs + ms,
      isPlaced === true ? { end: "as the instance's clock has it" } : {},
    ),
  );
  const waited = flattened(spanTrees([call, ...steps])).map((node): PanelRow => ({
    node,
    critical: [{ from: node.span.startUnixNs, to: node.span.endUnixNs }],
    isOurs: true,
  }));
  const served = own.filter(({ span }) => span.name === 'assignment');
  const ends = served.map(({ span }) => endOf(span, now));
  const path = criticalPath(served, Math.max(0, ...ends) * 1e6);
  const whole = { from: createTime, to: Math.max(createTime + waitedMs, ...ends) };
  return {
    id: 'assignment',
    title: 'The assignment',
    zero: createTime,
    whole: padded(whole),
    rows: [...waited, ...rowsOf(own, path)],
    ...(wait === undefined ? {} : { tookMs: wait.totalMs }),
  };
}

function readyPanel(
  until: readonly SpanNode<PageSpan>[],
  { span: prepare }: SpanNode<PageSpan>,
  now: number,
): PanelModel {
  const from = Math.min(...until.map(({ span }) => startOf(span)));
  const to = endOf(prepare, now);
  return {
    id: 'ready',
    title: 'Until ready',
    zero: from,
    whole: padded({ from, to }),
    rows: rowsOf(until, criticalPath(until, to * 1e6)),
    ...(prepare.endUnixNs === 0 ? {} : { tookMs: to - from }),
  };
}

function otherPanel(rest: readonly SpanNode<PageSpan>[], now: number): PanelModel {
  const from = Math.min(...rest.map(({ span }) => startOf(span)));
  const to = Math.max(...rest.map(({ span }) => endOf(span, now)));
  const whole = padded({ from, to });
  return { id: 'other', title: 'Other work of the agent', zero: from, whole, rows: rowsOf(rest, new Map()) };
}

function rowsOf(
  trees: readonly SpanNode<PageSpan>[],
  path: ReadonlyMap<string, readonly Stretch[]>,
): PanelRow[] {
  return flattened(trees).map((node) => ({
    node,
    critical: path.get(node.span.spanId) ?? [],
    isOurs: false,
  }));
}
