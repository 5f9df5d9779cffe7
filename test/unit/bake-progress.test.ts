import { expect, test } from 'vitest';
import type { LayerProgress } from '../../agent/core/pull-progress.ts';
import { barText } from '../../agent/bake/progress.ts';
import { formatBytes, formatMs } from '../../agent/bake/units.ts';

function layer(part: Partial<LayerProgress>): LayerProgress {
  return { id: 'a'.repeat(12), phase: 'waiting', cached: false, downloadedBytes: 0, ...part };
}

test('the bar counts bytes once every size is known', () => {
  const text = barText([
    layer({ phase: 'done', cached: true }),
    layer({ phase: 'done', sizeBytes: 1_000_000, downloadedBytes: 1_000_000 }),
    layer({ phase: 'downloading', sizeBytes: 3_000_000, downloadedBytes: 1_000_000 }),
  ]);
  expect(text).toBe('[########--------] 50 % of 4.0 MB, 2 of 3 layers');
});

test('until then it counts layers', () => {
  const text = barText([layer({ phase: 'done', sizeBytes: 10, downloadedBytes: 10 }), layer({})]);
  expect(text).toBe('[########--------] 1 of 2 layers');
});

test('nothing known is an empty bar, and extraction is named', () => {
  expect(barText([])).toBe('[----------------] 0 of 0 layers');
  expect(barText([layer({ phase: 'extracting' })])).toContain('0 of 1 layers, extracting');
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [31_982_256, '32.0 MB'],
  [4.2e12, '4.2 TB'],
  [5e15, '5000.0 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('milliseconds become seconds', () => {
  expect([formatMs(12.3), formatMs(1234)]).toEqual(['12 ms', '1.2 s']);
});
