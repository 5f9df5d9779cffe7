import { array, assert, integer, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { LogLines } from '../../agent/docker/log-lines.ts';

function frame(stream: number, text: string): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

test('lines of both streams come whole, and what is left at the end, too', () => {
  const lines = new LogLines();
  expect(lines.take(frame(1, 'a\nb'))).toEqual(['a']);
  expect(lines.take(frame(2, 'error\r\n'))).toEqual(['error']);
  expect(lines.take(frame(1, 'c\n'))).toEqual(['bc']);
  expect(lines.take(frame(2, 'end'))).toEqual([]);
  expect(lines.rest()).toEqual(['end']);
});

test('a line without an end does not fill the memory', () => {
  const lines = new LogLines();
  for (let count = 0; count < 100; count++) lines.take(frame(1, 'x'.repeat(10_000)));
  expect(lines.rest()[0]).toHaveLength(16_384);
});

test('A11: the same lines come out, however the output is cut', () => {
  assert(
    property(array(string()), array(integer({ min: 1, max: 20 })), (texts, sizes) => {
      const whole = Buffer.concat(texts.map((text) => frame(1, text)));
      const expected = new LogLines().take(whole);
      const lines = new LogLines();
      const found: string[] = [];
      for (let at = 0, turn = 0; at < whole.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 7;
        found.push(...lines.take(whole.subarray(at, at + size)));
        at += size;
      }
      expect(found).toEqual(expected);
    }),
  );
});
