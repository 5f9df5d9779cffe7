import { describe, expect, test } from 'vitest';
import { Leadership } from '../../coordinator/fleet/leadership.ts';
import { NewsBatch, readNews } from '../../coordinator/store/postgres/news.ts';

describe('news for other coordinators', () => {
  test('are told once each, in messages that PostgreSQL takes', () => {
    const batch = new NewsBatch();
    const instances = Array.from({ length: 1_000 }, (_, index) => `i-${index}-ü`);
    batch.add({ instances, assignments: ['as-1'] });
    batch.add({ instances, tokens: true, missed: true });
    const messages = batch.take('co-1');
    expect(messages.every((message) => Buffer.byteLength(message) < 8_000)).toBe(true);
    const read = messages.map(readNews);
    expect(read.flatMap((news) => news?.instances ?? [])).toEqual(instances);
    expect(read.flatMap((news) => news?.assignments ?? [])).toEqual(['as-1']);
    expect(read.filter((news) => news?.tokens === true)).toHaveLength(1);
    expect(read.filter((news) => news?.missed === true)).toHaveLength(1);
    expect(read.every((news) => news?.from === 'co-1')).toBe(true);
    expect(batch.isEmpty).toBe(true);
    expect(batch.take('co-1')).toEqual([]);
  });

  test.each([
    ['no JSON', '{'],
    ['no object', '"co-1"'],
    ['nothing', 'null'],
    ['no sender', '{"instances":["i-1"]}'],
    ['a sender that is no text', '{"from":1}'],
  ])('with %s are ignored', (_, payload) => {
    expect(readNews(payload)).toBeUndefined();
  });

  test('have only ids that are texts', () => {
    expect(readNews('{"from":"co-1","instances":[1,"i-1",null],"trust":"i-2","tokens":1}')).toEqual({
      from: 'co-1',
      instances: ['i-1'],
    });
  });
});

test('what a leader does ends with its term, and begins again with the next', async () => {
  const leadership = new Leadership();
  const ended = new AbortController();
  const terms: string[] = [];
  const running = leadership.during(async (signal) => {
    terms.push('begun');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    terms.push('over');
  }, ended.signal);
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await settled();
  expect([leadership.since, terms]).toEqual([undefined, []]);
  leadership.set(true);
  leadership.set(true);
  await settled();
  expect(terms).toEqual(['begun']);
  expect(leadership.since).toBeGreaterThan(0);
  leadership.set(false);
  await settled();
  leadership.set(true);
  await settled();
  expect(terms).toEqual(['begun', 'over', 'begun']);
  ended.abort();
  await running;
  expect(terms).toEqual(['begun', 'over', 'begun', 'over']);
});
