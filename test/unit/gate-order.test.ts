import { describe, expect, test } from 'vitest';
import { decodeAnswer, encodeOrder } from '../../agent/core/order/gate-order.ts';

describe('an order for the gate', () => {
  test('is a header and strings that end in NUL', () => {
    const frame = encodeOrder({ USER: 'alice', EMPTY: '' }, ['serve', '--port']);
    expect(frame.subarray(0, 4).toString('latin1')).toBe('PBG1');
    expect([4, 8, 12].map((at) => frame.readUInt32LE(at))).toEqual([frame.length - 16, 2, 2]);
    expect(frame.subarray(16).toString()).toBe('USER=alice\0EMPTY=\0serve\0--port\0');
  });

  test('counts bytes, not characters', () => {
    const frame = encodeOrder({ NAME: 'Zoë' });
    expect(frame.readUInt32LE(4)).toBe(Buffer.byteLength('NAME=Zoë\0'));
  });

  test.each([
    ['an empty name', { '': 'x' }],
    ['a name with an equals sign', { 'A=B': 'x' }],
    ['a value with a NUL', { A: 'x\0B=y' }],
  ])('is refused with %s', (_what, env) => {
    expect(() => encodeOrder(env)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });

  test('is refused when it is larger than the gate takes', () => {
    const env = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`V${i}`, 'x'.repeat(32_000)]));
    expect(() => encodeOrder(env)).toThrow(expect.objectContaining({ code: 'ORDER_TOO_LARGE' }));
  });
});

describe("the gate's answer", () => {
  test.each([
    ['nothing', [], { kind: 'partial' }],
    ['A', [0x41], { kind: 'accepted' }],
    ['half a refusal', [0x52, 1, 0], { kind: 'partial' }],
    ['a refusal', [0x52, 1, 0, 0, 0], { kind: 'refused', reason: 'it is malformed' }],
    ['a failed exec', [0x41, 0x45, 2, 0, 0, 0], { kind: 'exec_failed', errno: 2 }],
    ['half a failed exec', [0x41, 0x45, 2], { kind: 'accepted' }],
    ['something else', [0x00], { kind: 'refused', reason: 'the answer starts with byte 0' }],
  ])('%s', (_what, bytes, expected) => {
    expect(decodeAnswer(Buffer.from(bytes))).toEqual(expected);
  });
});
