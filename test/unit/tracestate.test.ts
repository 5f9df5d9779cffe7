import { createTraceState } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import { tracestateOf } from '../../coordinator/core/tracestate.ts';

/** @returns an entry of so many characters */
const entry = (name: string, length: number): string => `${name}=${'v'.repeat(length - name.length - 1)}`;

describe('a tracestate is passed on', () => {
  test.each([
    [['rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'], 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'],
    [['a=1', 'b=2'], 'a=1,b=2'],
    [[' a=1 ,\tb=2,,'], 'a=1,b=2'],
    [['fw529a3039@dt=FfD !~'], 'fw529a3039@dt=FfD !~'],
    [['0vendor=x', 'a_-*/z=y'], '0vendor=x,a_-*/z=y'],
    [[`${'k'.repeat(256)}=v`], `${'k'.repeat(256)}=v`],
    [[entry('a', 256), entry('b', 255)], `${entry('a', 256)},${entry('b', 255)}`],
    [[], ''],
    [[''], ''],
  ])('%j', (headers, passed) => {
    expect(tracestateOf(headers)).toBe(passed);
  });

  test('with 32 entries', () => {
    const list = Array.from({ length: 32 }, (_, index) => `k${index}=v`).join(',');
    expect(tracestateOf([list])).toBe(list);
    // The library that puts it on spans takes it as it is.
    expect(createTraceState(list).serialize()).toBe(list);
  });
});

test.each([
  ['33 entries', Array.from({ length: 33 }, (_, index) => `k${index}=v`).join(',')],
  ['a name twice', 'a=1,b=2,a=3'],
  ['a name twice in two headers', ['a=1', 'a=2']],
  ['no value', 'a='],
  ['no name', '=1'],
  ['no equals sign', 'a=1,nonsense'],
  ['two equals signs', 'a=1=2'],
  ['capitals in a name', 'A=1'],
  ['a name that is too long', `${'k'.repeat(257)}=v`],
  ['a tenant that is too long', `${'k'.repeat(242)}@s=v`],
  ['a system that is too long', `k@${'s'.repeat(15)}=v`],
  ['a control character', 'a=1\u00072'],
  ['a line break', 'a=1\r\nb: 2'],
  ['what is no ASCII', 'a=ä'],
  ['a value that is too long', `a=${'v'.repeat(257)}`],
])('nothing is passed on of one with %s', (_, headers) => {
  expect(tracestateOf([headers].flat())).toBe('');
});

describe('of more than 512 characters', () => {
  test('long entries go first, from the end, as far as needed', () => {
    const list = [entry('a', 200), entry('b', 100), entry('c', 200), entry('d', 100)];
    expect(tracestateOf(list)).toBe([list[0], list[1], list[3]].join(','));
  });

  test('then the last ones', () => {
    const list = Array.from({ length: 6 }, (_, index) => entry(`k${index}`, 100));
    expect(tracestateOf(list)).toBe(list.slice(0, 5).join(','));
  });
});
