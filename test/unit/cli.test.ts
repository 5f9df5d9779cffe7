import { expect, test } from 'vitest';
import { bytes, printable, table, time } from '../../coordinator/insight/format.ts';
import { instancesCommand } from '../../coordinator/cli/instances-command.ts';
import { sparklines } from '../../coordinator/cli/sparkline.ts';
import { waterfall } from '../../coordinator/cli/waterfall.ts';
import { runCommand } from '../support/run-command.ts';

const aSpan = (spanId: string, startMs: number, endMs: number, parentId = '') => ({
  spanId,
  parentId,
  name: spanId,
  startUnixNs: startMs * 1e6,
  endUnixNs: endMs * 1e6,
  attributes: {},
});

test('control characters of what others named do not reach the terminal', () => {
  expect(printable('a\u001b[31mb\n')).toBe('a\\x1b[31mb\\x0a');
  expect(table(['NAME'], [['a\nb']])).toBe('NAME\na\\x0ab\n');
});

test.each([
  [0.4, '0.4 ms'],
  [75, '75 ms'],
  [1500, '1.5 s'],
  [600_000, '10 min'],
  [3 * 3_600_000, '3 h'],
])('%d ms is %s', (ms, text) => {
  expect(time(ms)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [155_140_423, '155.1 MB'],
])('%d bytes are %s', (count, text) => {
  expect(bytes(count)).toBe(text);
});

test('a waterfall draws children on the axis of their root and fits the terminal', () => {
  const spans = [aSpan('root', 0, 100), aSpan('late', 50, 100, 'root'), aSpan('early', 0, 50, 'root')];
  const lines = waterfall(spans, 79).trimEnd().split('\n');
  expect(lines.map((line) => line.trim().split(' ')[0])).toEqual(['root', 'early', 'late']);
  const bars = lines.map((line) => [line.indexOf('#'), line.lastIndexOf('#')] as const);
  const [[rootFrom, rootTo] = [0, 0], [earlyFrom, earlyTo] = [0, 0], [lateFrom, lateTo] = [0, 0]] = bars;
  expect([earlyFrom, lateTo]).toEqual([rootFrom, rootTo]);
  expect(lateFrom).toBe(earlyTo + 1);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(79);
});

test('a span whose parent was lost is drawn as a root', () => {
  expect(waterfall([aSpan('orphan', 0, 1, 'gone')], 80)).toContain('orphan');
});

test('what no step accounts for has a line, and a span that goes on is told so', () => {
  const spans = [
    aSpan('root', 0, 100),
    aSpan('part', 0, 60, 'root'),
    { ...aSpan('open', 10, 0), endUnixNs: 0 },
  ];
  const lines = waterfall(spans, 80).trimEnd().split('\n');
  expect(lines[2]).toMatch(/^ {2}\(between steps\) +40 ms/);
  expect(lines[3]).toMatch(/^open +running +>$/);
});

test('thousands of spans are counted, not drawn', () => {
  const children = Array.from({ length: 10_000 }, (_, index) => aSpan(`c${index}`, index, index + 1, 'root'));
  const text = waterfall([aSpan('root', 0, 10_000), ...children], 80);
  expect(text.split('\n').length).toBeLessThan(70);
  expect(text).toContain('… and 9940 more');
});

test('samples are drawn with their peak, on one axis, and nothing is drawn for what was never read', () => {
  const aSample = (startMs: number, diskReadBytes: number, container = '') => ({
    container,
    startMs,
    intervalMs: 1000,
    diskReadBytes,
  });
  const samples = [aSample(0, 1000), aSample(1000, 8_000_000), aSample(1000, 500, 'web/a\u001b')];
  const text = sparklines(samples, 60, false);
  expect(text.split('\n').map((line) => line.trim().replace(/ {2,}.*  /, ' | '))).toEqual([
    'the whole host',
    'disk read | 8.0 MB/s',
    'container web/a\\x1b',
    'disk read | 500 B/s',
    '',
  ]);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
});

test('a coordinator that is away is said to be so in one sentence', async () => {
  // Nobody listens at the first port of all.
  const { exit, stderr } = await runCommand(instancesCommand, ['--coordinator', '127.0.0.1:1']);
  expect(exit).toBe(1);
  expect(stderr.split('\n')[0]).toMatch(
    /: no coordinator answers at 127\.0\.0\.1:1: connect ECONNREFUSED 127\.0\.0\.1:1 \[COORDINATOR_UNREACHABLE\]$/,
  );
});
