import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { LayerProgress } from '../../agent/core/image/pull-progress.ts';
import { bakeProgress, barText } from '../../agent/bake/progress.ts';
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

/** What is on the screen after all of that was written to it. */
function screenOf(text: string): string[] {
  const lines = [''];
  let row = 0;
  // Another sign for escape, which a pattern may hold.
  const written = text.replaceAll('\u001b', '~').matchAll(/([^\r\n~]+)|~\[(\d+)A|(~\[J)|(\n)|\r/g);
  for (const [, plain, up, erase, newline] of written) {
    if (plain !== undefined) lines[row] = (lines[row] ?? '') + plain;
    else if (up !== undefined) row -= Number(up);
    else if (newline !== undefined) lines[++row] ??= '';
    else if (erase !== undefined) lines.splice(row, lines.length, '');
  }
  return lines;
}

class Terminal extends Writable {
  readonly isTTY = true;
  readonly columns = 60;
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

test('a terminal shows one bar for each image under way, below what stays', () => {
  const terminal = new Terminal();
  const progress = bakeProgress(terminal, () => 0);
  progress.start('acme/app:1.0');
  progress.start('acme/db:2.0');
  progress.update('acme/app:1.0', [layer({ phase: 'done' }), layer({})]);
  progress.retry('acme/db:2.0', { at: '', code: 'IMAGE_PULL_STALLED', reason: 'no progress', waitMs: 500 });
  expect(screenOf(terminal.text)).toEqual([
    'acme/db:2.0: no progress; trying again in 500 ms',
    'acme/app:1.0  [########--------] 1 of 2 layers',
    'acme/db:2.0  waiting to try again',
  ]);
  progress.note('done');
  progress.close();
  expect(screenOf(terminal.text).slice(1)).toEqual([
    'done',
    'acme/app:1.0  [########--------] 1 of 2 layers',
    'acme/db:2.0  waiting to try again',
    '',
  ]);
});

test('a line never gets longer than the terminal, which would break it', () => {
  const terminal = new Terminal();
  const progress = bakeProgress(terminal, () => 0);
  progress.start('a/very/long/name/of/an/image/that/goes/on:1.0');
  progress.update('a/very/long/name/of/an/image/that/goes/on:1.0', [
    layer({ phase: 'extracting', sizeBytes: 1e9 }),
  ]);
  progress.close();
  expect(Math.max(...screenOf(terminal.text).map((line) => line.length))).toBeLessThan(60);
});

test('where there is no terminal, a long pull says now and then how far it is', () => {
  const plain = Object.assign(new Terminal(), { isTTY: false });
  let now = 0;
  const progress = bakeProgress(plain, () => now);
  progress.start('app');
  for (now of [1000, 14_000, 15_000, 16_000, 30_000]) progress.update('app', [layer({})]);
  expect(plain.text.split('\n').filter((line) => line.includes('layers'))).toHaveLength(2);
});
