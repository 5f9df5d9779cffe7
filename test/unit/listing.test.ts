import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { listText, watchOutputOf, type Listing } from '../../coordinator/cli/listing.ts';

const nothing: Parameters<typeof listText>[0] = {
  output: undefined,
  columns: undefined,
  sort: undefined,
  json: false,
};

const listing: Listing<{ id: string; ms: number; user?: string }> = {
  header: ['ID', 'INSTANCE TIME', 'USER'],
  items: [
    { id: 'i-10', ms: 61_000, user: 'bob' },
    { id: 'i-9', ms: 900_000 },
  ],
  cellsOf: ({ id, ms, user = '-' }) => [id, { text: `${ms / 60_000} min`, by: ms }, user],
  document: () => ({ instances: [{ id: 'i-10', user: undefined }, { id: 'i-9' }] }),
};

const linesOf = (more: Partial<Parameters<typeof listText>[0]>): string[] =>
  listText({ ...nothing, ...more }, listing)
    .trimEnd()
    .split('\n')
    .slice(1);

describe('a list', () => {
  test('is a table for people', () => {
    expect(listText(nothing, listing)).toMatch(/^ID +INSTANCE TIME +USER\ni-10 /);
  });

  test('is one JSON document, or the same as YAML', () => {
    const text = listText({ ...nothing, json: true }, listing);
    expect(listText({ ...nothing, output: 'json' }, listing)).toBe(text);
    expect(parse(listText({ ...nothing, output: 'yaml' }, listing))).toEqual(JSON.parse(text));
  });

  test('shows some columns, in the order in which they are named', () => {
    expect(listText({ ...nothing, columns: 'user, id' }, listing).split('\n')).toEqual([
      'USER  ID',
      'bob   i-10',
      '-     i-9',
      '',
    ]);
  });

  test.each([
    ['id', ['i-9', 'i-10']],
    ['-id', ['i-10', 'i-9']],
    ['instance-time', ['i-10', 'i-9']],
    ['-instance-time', ['i-9', 'i-10']],
  ])('sorted by %s', (sort, expected) => {
    expect(linesOf({ sort, columns: 'id' })).toEqual(expected);
  });

  test.each<[Parameters<typeof linesOf>[0], string]>([
    [{ columns: 'id,name' }, '--columns: there is no column "name", but id, instance-time, user'],
    [{ sort: 'size' }, '--sort: there is no column "size", but id, instance-time, user'],
    [
      { output: 'json', sort: 'id' },
      '--columns and --sort are for the table; --output json prints everything',
    ],
    [{ output: 'yaml', json: true }, '--json and --output yaml exclude each other: give one of them'],
  ])('refuses %o', (given, message) => {
    expect(() => linesOf(given)).toThrow(message);
  });

  test('that is followed has a line for each change', () => {
    expect(watchOutputOf(nothing)).toEqual({ json: false });
    expect(watchOutputOf({ ...nothing, output: 'json' })).toEqual({ json: true });
    expect(() => watchOutputOf({ ...nothing, sort: 'id' })).toThrow('--watch prints a line for each change');
    expect(() => watchOutputOf({ ...nothing, output: 'yaml' })).toThrow(
      '--watch prints a line for each change',
    );
  });
});
