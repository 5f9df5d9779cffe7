import { describe, expect, test } from 'vitest';
import { circleIn, startInOrder } from '../../proto/recipe/start-order.ts';

describe('starting in order', () => {
  test('finds a circle, and names it', () => {
    const circle = [
      { name: 'a', after: ['b'] },
      { name: 'b', after: ['c'] },
      { name: 'c', after: ['b'] },
    ];
    expect(circleIn(circle)).toEqual(['b', 'c', 'b']);
    expect(circleIn([{ name: 'a', after: ['a'] }])).toEqual(['a', 'a']);
    expect(
      circleIn([
        { name: 'a', after: ['gone'] },
        { name: 'b', after: ['a'] },
      ]),
    ).toBeUndefined();
  });

  test('begins each when those before it are up, and not at all when one of them fails', async () => {
    const log: string[] = [];
    const opened = Promise.withResolvers<void>();
    const containers = [{ name: 'app', after: ['db', 'cache'] }, { name: 'db' }, { name: 'cache' }];
    const done = startInOrder(containers, async ({ name }) => {
      log.push(`${name} begins`);
      if (name === 'db') await opened.promise;
      log.push(`${name} is up`);
    });
    await new Promise(setImmediate);
    expect(log).toEqual(['db begins', 'cache begins', 'cache is up']);
    opened.resolve();
    await done;
    expect(log.slice(3)).toEqual(['db is up', 'app begins', 'app is up']);
    const begun: string[] = [];
    const failing = startInOrder(containers, async ({ name }) => {
      begun.push(name);
      if (name === 'db') throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(begun).toEqual(['db', 'cache']);
  });
});
