import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InstanceFilter } from '../../coordinator/store/fleet.ts';
import type { AssignmentFilter } from '../../coordinator/store/requests.ts';
import type { Store } from '../../coordinator/store/store.ts';
import type { StoreUnderTest } from './store-histories.ts';
import { aCheckIn, anObserved, aRequest, at } from './store-builders.ts';

/** How every store finds and sorts what people look for. */
export function storeListSuite(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(`lists of the store on ${name}`, () => {
    let place: StoreUnderTest;
    let store: Store;

    beforeEach(async () => {
      place = await prepare();
      store = await place.open();
      for (const [instanceId, now] of [
        ['i-b', 1],
        ['i-a', 3],
        ['i-c', 2],
      ] as const) {
        await store.admit(aCheckIn(instanceId), `session-${instanceId}`, at(now));
        await store.openSession(instanceId, `session-${instanceId}`, at(now));
      }
      await store.observe('i-c', anObserved(), at(9));
    });

    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    const idsOf = async (filter: Partial<InstanceFilter>): Promise<string[]> =>
      (await store.instances({ limit: 10, ...filter })).map(({ instance }) => instance.instanceId);

    test.each<[NonNullable<InstanceFilter['order']>, string[]]>([
      ['ID', ['i-a', 'i-b', 'i-c']],
      ['STATE', ['i-a', 'i-b', 'i-c']],
      ['CHECK_IN', ['i-a', 'i-c', 'i-b']],
      ['CHANGE', ['i-c', 'i-a', 'i-b']],
    ])('instances in the order of %s, page by page', async (order, expected) => {
      expect(await idsOf({ order })).toEqual(expected);
      const [first = '', second = ''] = expected;
      expect(await idsOf({ order, limit: 1, after: first })).toEqual([second]);
      expect(await idsOf({ order, after: second })).toEqual(expected.slice(2));
    });

    test('assignments by a part of what names them', async () => {
      await store.request(aRequest('as-1', { user: 'alice', environment: 'feature/login' }));
      await store.request(aRequest('as-2', { user: 'bob', environment: '' }));
      const found = async (filter: Partial<AssignmentFilter>): Promise<string[]> =>
        (await store.assignments({ liveOnly: false, limit: 10, ...filter })).map((each) => each.assignmentId);
      expect(await found({ find: 'login' })).toEqual(['as-1']);
      expect(await found({ find: 'bo' })).toEqual(['as-2']);
      expect(await found({ find: 's-2' })).toEqual(['as-2']);
      expect(await found({ find: 'i-c' })).toEqual(['as-1']);
      expect(await found({ find: '%' })).toEqual([]);
      expect(await found({ find: 'bo', user: 'alice' })).toEqual([]);
    });
  });
}
