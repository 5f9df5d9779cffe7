import { flattened, percentile, spanTrees, type SpanNode, type TimelineSpan } from './timeline.ts';

/** Milliseconds, and how many values they come from. */
export interface Spread {
  n: number;
  p50: number;
  p90: number;
  p99: number;
}

/** The part of an instance that the figures need. Empty text means unknown. */
export interface FleetMember {
  instanceId: string;
  imageId: string;
  zone: string;
  /** The roles that it carries. */
  roles: readonly string[];
  spans: readonly TimelineSpan[];
}

/** The figures of each instance, in the order in which they happen. */
export const figures = ['boot_to_ready', 'agent_to_ready', 'order_to_exec', 'order_to_answer'] as const;
export type Figure = (typeof figures)[number];

export interface FigureGroup {
  by: 'role' | 'image' | 'zone';
  name: string;
  spreads: Partial<Record<Figure, Spread>>;
}

export interface SlowInstance {
  instanceId: string;
  figure: Figure;
  ms: number;
  /** The value of all instances, for comparison. */
  medianMs: number;
  /** The step that exceeds its own median most. Absent when none does. */
  reason?: { step: string; ms: number; medianMs: number };
}

export interface FleetFigures {
  groups: FigureGroup[];
  /** For each figure, the slowest first. */
  slowest: SlowInstance[];
}

/** One value of a figure, with the steps that it is made of. */
interface Value {
  member: FleetMember;
  figure: Figure;
  /** The order's role. Before an order, the roles of the instance, joined. */
  role: string;
  ms: number;
  steps: ReadonlyMap<string, number>;
}

/** Any of these ends the wait for the user's own command. */
const execSpans = ['container.exec', 'container.unpause', 'container.start'];
/** An instance is slow when it takes this many times the median. */
const worthTelling = 1.1;

/** @param maxSlow slow instances of each figure */
export function fleetFigures(members: readonly FleetMember[], maxSlow: number): FleetFigures {
  const values = members.flatMap(valuesOf);
  const groupsBy = (by: FigureGroup['by'], nameOf: (value: Value) => string): FigureGroup[] =>
    [...Map.groupBy(values, nameOf)]
      .filter(([name]) => name !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => ({ by, name, spreads: spreadsOf(each) }));
  return {
    groups: [
      ...groupsBy('role', ({ role }) => role),
      ...groupsBy('image', ({ member }) => member.imageId),
      ...groupsBy('zone', ({ member }) => member.zone),
    ],
    slowest: figures.flatMap((figure) =>
      slowestOf(
        values.filter((value) => value.figure === figure),
        maxSlow,
      ),
    ),
  };
}

/** @returns undefined without values */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const [p50, p90, p99] = [percentile(values, 0.5), percentile(values, 0.9), percentile(values, 0.99)];
  return { n: values.length, p50, p90, p99 };
}

function spreadsOf(values: readonly Value[]): Partial<Record<Figure, Spread>> {
  const spreads: Partial<Record<Figure, Spread>> = {};
  for (const figure of figures) {
    const spread = spreadOf(values.filter((value) => value.figure === figure).map(({ ms }) => ms));
    if (spread !== undefined) spreads[figure] = spread;
  }
  return spreads;
}

function valuesOf(member: FleetMember): Value[] {
  const trees = spanTrees(member.spans);
  const role = member.roles.join(',');
  const values: Value[] = [];
  // An instance may have booted, or its agent started, more than once: the first start made it ready.
  const prepare = trees.find(({ span }) => span.name === 'prepare' && span.endUnixNs > 0);
  if (prepare !== undefined) {
    const end = prepare.span.endUnixNs;
    const until = trees.filter(({ span }) => span.endUnixNs > 0 && span.startUnixNs <= end);
    const steps = stepsOf(until.filter(({ span }) => span.name !== 'assignment'));
    for (const [figure, name] of [
      ['boot_to_ready', 'boot'],
      ['agent_to_ready', 'agent.start'],
    ] as const) {
      const from = until.find(({ span }) => span.name === name)?.span.startUnixNs;
      if (from !== undefined && end >= from)
        values.push({ member, figure, role, ms: (end - from) / 1e6, steps });
    }
  }
  for (const node of trees) {
    const { span, durationMs } = node;
    if (span.name !== 'assignment' || span.endUnixNs === 0) continue;
    const steps = stepsOf(node.children.length === 0 ? [node] : node.children, node);
    const ordered = { member, role: span.attributes['parbake.role'] ?? role, steps };
    const executed = node.children.filter((child) => execSpans.includes(child.span.name));
    const execEnd = Math.max(0, ...executed.map((child) => child.span.endUnixNs));
    if (execEnd > 0) {
      // Later steps cannot be the cause.
      const until = stepsOf(node.children.filter((child) => child.span.endUnixNs <= execEnd));
      const ms = (execEnd - span.startUnixNs) / 1e6;
      values.push({ ...ordered, steps: until, figure: 'order_to_exec', ms });
    }
    values.push({ ...ordered, figure: 'order_to_answer', ms: durationMs });
  }
  return values;
}

/** Adds up the milliseconds of each step without children, and of the gaps between steps. */
function stepsOf(nodes: readonly SpanNode[], root?: SpanNode): Map<string, number> {
  const steps = new Map<string, number>();
  const add = (name: string, ms: number): void => void steps.set(name, (steps.get(name) ?? 0) + ms);
  for (const { span, children, durationMs, gapMs } of flattened(nodes)) {
    if (children.length === 0) add(labelOf(span), durationMs);
    else if (gapMs > 0) add(`between steps of ${span.name}`, gapMs);
  }
  if (root !== undefined && root.gapMs > 0) add(`between steps of ${root.span.name}`, root.gapMs);
  return steps;
}

function labelOf({ name, attributes }: TimelineSpan): string {
  const what = attributes['container.name'] ?? attributes['image'];
  return what === undefined ? name : `${name} (${what})`;
}

function slowestOf(values: readonly Value[], most: number): SlowInstance[] {
  const spread = spreadOf(values.map(({ ms }) => ms));
  if (spread === undefined || values.length < 2) return [];
  const names = new Set(values.flatMap(({ steps }) => [...steps.keys()]));
  // An instance without this step spent no time on it.
  const medians = new Map(
    [...names].map((name) => [
      name,
      percentile(
        values.map(({ steps }) => steps.get(name) ?? 0),
        0.5,
      ),
    ]),
  );
  return values
    .filter(({ ms }) => ms > spread.p50 * worthTelling)
    .sort((a, b) => b.ms - a.ms)
    .slice(0, most)
    .map(({ member, figure, ms, steps }) => {
      const [worst] = [...steps]
        .map(([step, took]) => ({ step, ms: took, medianMs: medians.get(step) ?? 0 }))
        .filter((step) => step.ms > step.medianMs)
        .sort((a, b) => b.ms - b.medianMs - (a.ms - a.medianMs));
      const slow = { instanceId: member.instanceId, figure, ms, medianMs: spread.p50 };
      return worst === undefined ? slow : { ...slow, reason: worst };
    });
}
