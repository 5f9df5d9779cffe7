import { expect, test } from 'vitest';
import { criticalPath } from '../../coordinator/insight/critical-path.ts';
import { spanTrees, type TimelineSpan } from '../../coordinator/insight/timeline.ts';

/** Each as `id parent from to`, in milliseconds; a parent of `-` is none. */
function pathOf(to: number, ...lines: string[]): Record<string, string> {
  const spans = lines.map((line): TimelineSpan => {
    const [spanId = '', parent = '', from, end] = line.split(' ');
    const [startUnixNs, endUnixNs] = [Number(from) * 1e6, Number(end) * 1e6];
    return {
      spanId,
      parentId: parent === '-' ? '' : parent,
      name: spanId,
      startUnixNs,
      endUnixNs,
      attributes: {},
    };
  });
  const path = criticalPath(spanTrees(spans), to * 1e6);
  const text = ([id, stretches]: [string, { from: number; to: number }[]]): [string, string] => [
    id,
    stretches.map((stretch) => `${stretch.from / 1e6}-${stretch.to / 1e6}`).join(' '),
  ];
  return Object.fromEntries([...path].map(text));
}

test('time between the steps belongs to what they are part of', () => {
  expect(pathOf(77, 'assignment - 0 77', 'exec assignment 1 6', 'ready assignment 7 76')).toEqual({
    assignment: '76-77 6-7 0-1',
    exec: '1-6',
    ready: '7-76',
  });
});

test('of steps side by side the one that ended last was waited for, and what still ran when it began was not', () => {
  expect(pathOf(100, 'all - 0 100', 'a all 0 60', 'b all 0 100')).toEqual({ b: '0-100' });
  expect(pathOf(100, 'all - 0 100', 'a all 0 60', 'b all 50 100')).toEqual({
    all: '0-50',
    b: '50-100',
  });
});

test('nobody waits for what ends later or begins at the end', () => {
  expect(pathOf(77, 'assignment - 0 77', 'remove assignment 77 120', 'long assignment 10 200')).toEqual({
    assignment: '0-77',
  });
});

test('a step may outlast its whole by the rounding of its start', () => {
  expect(pathOf(77, 'assignment - 0 77', 'ready assignment 7 77.6')).toEqual({
    assignment: '0-7',
    ready: '7-77',
  });
});

test("several roots follow each other, and gaps between them are nobody's", () => {
  expect(pathOf(50, 'boot - 0 20', 'prepare - 25 50', 'start prepare 30 50')).toEqual({
    boot: '0-20',
    prepare: '25-30',
    start: '30-50',
  });
  expect(pathOf(50, 'boot - 0 30', 'prepare - 25 50', 'upload - 40 90')).toEqual({
    boot: '0-25',
    prepare: '25-50',
  });
});
