import type { Sample } from '../core/sample.ts';
import { flattened, spanTrees, type TimelineSpan } from './timeline.ts';

/** One event of the Chrome trace event format; `ts` and `dur` are microseconds. */
export interface TraceEvent {
  name: string;
  /** X: complete, C: counter, i: instant, M: metadata. */
  ph: 'X' | 'C' | 'i' | 'M';
  pid: number;
  tid: number;
  ts?: number;
  dur?: number;
  cat?: string;
  /** The scope of an instant: the whole process. */
  s?: 'p';
  args?: Record<string, unknown>;
}

export interface ChromeTrace {
  traceEvents: TraceEvent[];
  displayTimeUnit: 'ms';
  otherData: Record<string, string>;
}

/** The part of an instance that the trace needs. */
export interface Traced {
  instanceId: string;
  spans: readonly (TimelineSpan & { io?: object | null; containerIo?: object | null })[];
  /** Pulls on the instance itself; `startMs` since the epoch. */
  pulls: readonly { ref: string; startMs: number; pullMs: number; layers: readonly object[] }[];
  samples: readonly Sample[];
  /** Changes of state; `at` in milliseconds since the epoch. */
  events: readonly { at: number; event: string; state: string; reason: string }[];
}

const process = 1;
/** The lane of counters and instants, which belong to the whole process. */
const noLane = 0;

/** Makes a Chrome trace of an instance's timeline. Perfetto and chrome://tracing open it. */
export function chromeTrace({ instanceId, spans, pulls, samples, events }: Traced): ChromeTrace {
  const pullLane = 1;
  const placed = lanesOf(spans);
  const laneCount = Math.max(0, ...placed.map(({ lane }) => lane + 1));
  const named = (tid: number, name: string): TraceEvent => ({
    name: 'thread_name',
    ph: 'M',
    pid: process,
    tid,
    args: { name },
  });
  return {
    traceEvents: [
      { name: 'process_name', ph: 'M', pid: process, tid: noLane, args: { name: instanceId } },
      ...(pulls.length === 0 ? [] : [named(pullLane, 'pulls')]),
      ...Array.from({ length: laneCount }, (_, lane) => named(pullLane + 1 + lane, `steps ${lane + 1}`)),
      ...placed.map(({ span, lane }) => spanEvent(span, pullLane + 1 + lane)),
      ...pulls.map(({ ref, startMs, pullMs, layers }): TraceEvent => {
        const when = { ts: startMs * 1000, dur: pullMs * 1000 };
        return {
          name: ref,
          cat: 'pull',
          ph: 'X',
          pid: process,
          tid: pullLane,
          ...when,
          args: { layers: layers.map(snakeCased) },
        };
      }),
      ...samples.flatMap(counters),
      ...events.map(({ at, event, state, reason }): TraceEvent => {
        const args = { state, ...(reason === '' ? {} : { reason }) };
        return { name: event, cat: 'state', ph: 'i', s: 'p', pid: process, tid: noLane, ts: at * 1000, args };
      }),
    ],
    displayTimeUnit: 'ms',
    otherData: { instance: instanceId },
  };
}

function spanEvent(span: Traced['spans'][number], tid: number): TraceEvent {
  const { name, startUnixNs, endUnixNs, attributes, spanId, parentId, io, containerIo } = span;
  const isRunning = endUnixNs === 0;
  return {
    name,
    cat: name.split('.')[0] ?? name,
    ph: 'X',
    pid: process,
    tid,
    ts: startUnixNs / 1000,
    dur: isRunning ? 0 : Math.max(0, endUnixNs - startUnixNs) / 1000,
    args: {
      ...attributes,
      span_id: spanId,
      parent_id: parentId,
      ...(isRunning ? { running: true } : {}),
      ...(io ? { io: snakeCased(io) } : {}),
      ...(containerIo ? { container_io: snakeCased(containerIo) } : {}),
    },
  };
}

/** One spelling for all names in a trace. The loader's own members, which begin with `_`, are left out. */
function snakeCased(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => !name.startsWith('_'))
      .map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

/** Complete events of one thread must nest: a span beside another that it only overlaps gets a lane of its own. */
function lanesOf(spans: Traced['spans']): { span: Traced['spans'][number]; lane: number }[] {
  const open: number[][] = [];
  const nodes = flattened(spanTrees(spans)).sort(
    (a, b) => a.span.startUnixNs - b.span.startUnixNs || b.durationMs - a.durationMs || a.depth - b.depth,
  );
  return nodes.map(({ span }) => {
    const end = Math.max(span.startUnixNs, span.endUnixNs);
    let lane = open.findIndex((ends) => {
      while ((ends.at(-1) ?? Infinity) <= span.startUnixNs) ends.pop();
      return (ends.at(-1) ?? Infinity) >= end;
    });
    if (lane === -1) lane = open.push([]) - 1;
    open[lane]?.push(end);
    return { span, lane };
  });
}

function counters(sample: Sample): TraceEvent[] {
  const { container, startMs, intervalMs, cpuMs, memoryBytes } = sample;
  const where = container === '' ? 'host' : container;
  const each = (of: Record<string, number | undefined>, scale: number): Record<string, number> =>
    Object.fromEntries(
      Object.entries(of).flatMap(([key, value]) => (value === undefined ? [] : [[key, value * scale]])),
    );
  const perSecond = 1000 / Math.max(1, intervalMs);
  const series: [string, Record<string, number>][] = [
    ['disk, bytes/s', each({ read: sample.diskReadBytes, written: sample.diskWriteBytes }, perSecond)],
    [
      'network, bytes/s',
      each({ received: sample.networkReceiveBytes, sent: sample.networkTransmitBytes }, perSecond),
    ],
    ['processor, cores', each({ cores: cpuMs }, perSecond / 1000)],
    ['memory, bytes', each({ used: memoryBytes }, 1)],
  ];
  return series
    .filter(([, args]) => Object.keys(args).length > 0)
    .map(([name, args]) => ({
      name: `${where}: ${name}`,
      ph: 'C',
      pid: process,
      tid: noLane,
      ts: startMs * 1000,
      args,
    }));
}
