import { expect, test } from 'vitest';
import { phaseText } from '../../coordinator/cli/phase-text.ts';
import { phasesOf } from '../../coordinator/insight/phases.ts';
import {
  compareTimelines,
  flattened,
  percentile,
  spanTrees,
  type TimelineSpan,
} from '../../coordinator/insight/timeline.ts';

function aSpan(
  name: string,
  startMs: number,
  endMs: number,
  parentId = '',
  container?: string,
): TimelineSpan {
  const attributes: Record<string, string> = container === undefined ? {} : { 'container.name': container };
  return {
    spanId: `${name}-${startMs}`,
    parentId,
    name,
    startUnixNs: startMs * 1e6,
    endUnixNs: endMs * 1e6,
    attributes,
  };
}

test('spans are trees by start, and what children leave is the gap', () => {
  const spans = [
    aSpan('late', 70, 90, 'root-0'),
    aSpan('root', 0, 100),
    aSpan('early', 10, 50, 'root-0'),
    // Both at once, and one longer than its parent: counted once, and only inside.
    aSpan('beside', 20, 40, 'root-0'),
    aSpan('over', 80, 200, 'root-0'),
    aSpan('below', 12, 20, 'early-10'),
  ];
  const [root] = spanTrees(spans);
  expect(flattened(root === undefined ? [] : [root]).map(({ span, depth }) => [span.name, depth])).toEqual([
    ['root', 0],
    ['early', 1],
    ['below', 2],
    ['beside', 1],
    ['late', 1],
    ['over', 1],
  ]);
  expect(root?.gapMs).toBe(30);
  expect(root?.children[0]).toMatchObject({ durationMs: 40, gapMs: 32 });
});

test('a parent that was lost makes a root, and spans that name each other end nothing', () => {
  expect(spanTrees([aSpan('orphan', 0, 1, 'gone')])).toHaveLength(1);
  const circle = [aSpan('a', 0, 1, 'b-0'), aSpan('b', 0, 1, 'a-0')];
  expect(spanTrees(circle)).toEqual([]);
  expect(spanTrees([{ ...aSpan('open', 5, 0), endUnixNs: 0 }])[0]).toMatchObject({ durationMs: 0, gapMs: 0 });
});

test('two timelines are compared by what steps are, the largest difference first', () => {
  const a = [
    aSpan('run', 0, 100),
    aSpan('start', 0, 20, 'run-0', 'app'),
    aSpan('start', 20, 30, 'run-0', 'db'),
  ];
  const b = [aSpan('run', 500, 560), aSpan('start', 500, 555, 'run-500', 'app'), aSpan('pull', 0, 7)];
  expect(compareTimelines(a, b)).toEqual([
    { path: 'run', aMs: 100, bMs: 60 },
    { path: 'run / start (app)', aMs: 20, bMs: 55 },
    { path: 'run / start (db)', aMs: 10 },
    { path: 'pull', bMs: 7 },
  ]);
});

test('a percentile is one of the values', () => {
  const values = [5, 1, 4, 2, 3];
  expect([0, 0.5, 0.9, 1].map((rank) => percentile(values, rank))).toEqual([1, 3, 5, 5]);
  expect(percentile([], 0.5)).toBeNaN();
});

test('each moment until ready goes to one step, and the parts are the wall time', () => {
  const spans = [
    aSpan('agent.start', 0, 100),
    aSpan('docker.ready', 20, 90),
    aSpan('prepare', 110, 1000),
    aSpan('container.create', 200, 400, 'prepare-110', 'app'),
    aSpan('container.start', 300, 900, 'prepare-110', 'app'),
    aSpan('inventory', 950, 5000),
    aSpan('assignment', 6000, 6100),
  ];
  const [ready, assignment] = phasesOf(spans);
  expect(ready?.wallMs).toBe(1000);
  expect(ready?.parts).toEqual([
    { step: 'container.start app', ms: 500 },
    { step: 'container.create app', ms: 200 },
    { step: 'prepare, between its steps', ms: 190 },
    { step: 'agent.start', ms: 100 },
    { step: '', ms: 10 },
  ]);
  expect(assignment?.parts).toEqual([{ step: 'assignment', ms: 100 }]);
  const text = phaseText(
    ready ?? { name: 'until ready', assignmentRole: '', wallMs: 0, parts: [] },
    80,
    false,
  );
  expect(text).toMatch(/^ {2}container\.start app +500 ms {2}50 % #+$/m);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(phasesOf([])).toEqual([]);
});
