import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RouteRequest } from '../../coordinator/core/route.ts';
import { targetHold } from '../../coordinator/core/route.ts';
import { defaultLimits } from '../../coordinator/core/limits.ts';
import type { NewRequest } from '../../coordinator/store/requests.ts';
import type { Store } from '../../coordinator/store/store.ts';
import type { StoreUnderTest } from './store-histories.ts';
import { aCheckIn, anObserved, anObservedOrder, aRequest, aRole, at } from './store-builders.ts';

const aRoute = (name: string, more: Partial<RouteRequest> = {}): RouteRequest => ({
  name,
  container: 'app',
  port: 8080,
  scheme: 'HTTP',
  ...more,
});

/** Where names lead, as every store must decide it. */
export function storeRouteSuite(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(`routes in the store on ${name}`, () => {
    let place: StoreUnderTest;
    let store: Store;

    beforeEach(async () => {
      place = await prepare();
      store = await place.open();
      await store.applyRoles([aRole('web')]);
      await store.setPublishers({ own: ['dns'], external: [] }, at(0));
    });

    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    const join = async (instanceId: string): Promise<void> => {
      await store.admit(aCheckIn(instanceId), `session-${instanceId}`, at(1));
      await store.openSession(instanceId, `session-${instanceId}`, at(1));
      await store.observe(instanceId, anObserved(), at(1));
    };
    const ask = (assignmentId: string, routes: RouteRequest[], more: Partial<NewRequest> = {}) =>
      store.request(aRequest(assignmentId, { routes, wait: 'ROUTED', ...more }));
    /** @param host of its endpoint; an address of its own unless given */
    const serve = (
      instanceId: string,
      assignmentId: string,
      now = 2,
      host = `10.0.0.${instanceId.slice(2)}`,
    ) => {
      const endpoints = [{ container: 'app', host, port: 8080 }];
      return store.observe(
        instanceId,
        anObserved({ order: anObservedOrder(assignmentId, { endpoints }) }),
        at(now),
      );
    };
    const routeOf = async (route: string) =>
      (await store.routes({ limit: 100 })).find((one) => one.name === route);
    const confirmAll = async (now: number, publisher = 'dns') =>
      store.confirmRoutes(publisher, (await store.routeChanges(0, 1_000)).newest, '', at(now));
    const release = (assignmentId: string, now: number) => store.release({ assignmentId }, at(now));

    test('a name is reserved with its request, and leads to the instance from the commit in which it serves', async () => {
      await join('i-1');
      await ask('as-1', [aRoute('a.example.com')]);
      expect(await routeOf('a.example.com')).toMatchObject({ state: 'RESERVED', assignmentId: 'as-1' });
      await serve('i-1', 'as-1');
      expect(await routeOf('a.example.com')).toMatchObject({
        state: 'PUBLISHED',
        target: { host: '10.0.0.1', port: 8080 },
        publishedTime: 2,
      });
      const generation = (await routeOf('a.example.com'))?.generation;
      // An agent says the same again with each observation.
      await serve('i-1', 'as-1', 3);
      expect((await routeOf('a.example.com'))?.generation).toBe(generation);
    });

    test('a name belongs to one assignment at a time', async () => {
      await ask('as-1', [aRoute('a.example.com')]);
      await expect(ask('as-2', [aRoute('b.example.com'), aRoute('a.example.com')])).rejects.toMatchObject({
        code: 'ROUTE_NAME_TAKEN',
      });
      expect(await store.assignment('as-2')).toBeUndefined();
      expect(await routeOf('b.example.com')).toBeUndefined();
    });

    test('names of requests that are forgotten or released are free, and their history goes on', async () => {
      await ask('as-1', [aRoute('a.example.com')]);
      await store.forget('as-1', at(2));
      await ask('as-2', [aRoute('a.example.com')]);
      await release('as-2', 3);
      await ask('as-3', [aRoute('a.example.com')]);
      const { changes, newest } = await store.routeChanges(0, 100);
      expect(changes).toMatchObject([{ name: 'a.example.com', assignmentId: 'as-3', state: 'RESERVED' }]);
      expect(newest).toBe(5);
    });

    test('an assignment is routed once every publisher has confirmed, and not before', async () => {
      await store.setPublishers({ own: ['dns'], external: ['haproxy'] }, at(0));
      await join('i-1');
      await ask('as-1', [aRoute('a.example.com')]);
      await serve('i-1', 'as-1', 10);
      const { newest } = await store.routeChanges(0, 100);
      expect((await store.confirmRoutes('dns', newest, '', at(11))).steps).toEqual([]);
      expect((await store.confirmRoutes('haproxy', newest - 1, '', at(12))).steps).toEqual([]);
      expect((await store.confirmRoutes('haproxy', 0, 'ROUTER_FAILED: no', at(12))).steps).toEqual([]);
      const { steps } = await store.confirmRoutes('haproxy', newest, '', at(13));
      expect(steps).toMatchObject([{ after: { assignmentId: 'as-1', timings: { routed: 13 } } }]);
      expect((await routeOf('a.example.com'))?.routedTime).toBe(13);
      // Once only.
      expect((await confirmAll(14)).steps).toEqual([]);
      expect((await store.assignment('as-1'))?.timings.routed).toBe(13);
    });

    test('a word about changes that there are not confirms none of those that come', async () => {
      await store.confirmRoutes('dns', 1_000_000, '', at(1));
      await join('i-1');
      await ask('as-1', [aRoute('a.example.com')]);
      await serve('i-1', 'as-1');
      expect((await store.confirmRoutes('dns', 1, '', at(3))).steps).toEqual([]);
      await expect(store.confirmRoutes('other', 1, '', at(3))).rejects.toMatchObject({
        code: 'PUBLISHER_UNKNOWN',
      });
    });

    test('a release withdraws names at once, and containers stop only after every publisher dropped them', async () => {
      await join('i-1');
      await ask('as-1', [aRoute('a.example.com')]);
      await serve('i-1', 'as-1');
      await confirmAll(3);
      const { after, tenancy } = await release('as-1', 4);
      expect(tenancy).toBeUndefined();
      expect(after).toMatchObject({ state: 'RELEASING', isStopHeld: true });
      expect(await routeOf('a.example.com')).toBeUndefined();
      expect((await store.instance('i-1'))?.instance.generation).toBe(1);
      // Its containers still run, and its agent says so.
      expect((await serve('i-1', 'as-1', 5))?.tenancy.instance).toMatchObject({ state: 'RELEASING' });
      const { tenancies } = await confirmAll(6);
      expect(tenancies).toMatchObject([{ instance: { generation: 2 }, assignment: { isStopHeld: false } }]);
    });

    test('a publisher that does not answer holds containers up for two seconds, and the address until it does', async () => {
      await join('i-1');
      await ask('as-1', [aRoute('a.example.com')]);
      await serve('i-1', 'as-1');
      await confirmAll(3);
      await release('as-1', 1_000);
      expect((await store.sweep(defaultLimits, 0, at(2_900))).tenancies).toEqual([]);
      const { tenancies } = await store.sweep(defaultLimits, 0, at(3_100));
      expect(tenancies).toMatchObject([{ instance: { instanceId: 'i-1', generation: 2 } }]);
      await join('i-2');
      await ask('as-2', [aRoute('b.example.com')]);
      await serve('i-2', 'as-2', 600_000, '10.0.0.1');
      expect(await routeOf('b.example.com')).toMatchObject({
        state: 'RESERVED',
        problem: expect.stringContaining('ROUTE_TARGET_HELD') as string,
      });
    });

    test('an address is not given to another assignment for a minute after the last publisher dropped it', async () => {
      await join('i-1');
      await ask('as-1', [aRoute('a.example.com')]);
      await serve('i-1', 'as-1');
      await confirmAll(3);
      await release('as-1', 4);
      await confirmAll(5);
      await join('i-2');
      await ask('as-2', [aRoute('b.example.com')]);
      await serve('i-2', 'as-2', 6, '10.0.0.1');
      expect(await routeOf('b.example.com')).toMatchObject({ state: 'RESERVED' });
      await store.sweep(defaultLimits, 0, at(4 + targetHold));
      expect(await routeOf('b.example.com')).toMatchObject({ state: 'RESERVED' });
      await store.sweep(defaultLimits, 0, at(6 + targetHold));
      expect(await routeOf('b.example.com')).toMatchObject({
        state: 'PUBLISHED',
        target: { host: '10.0.0.1' },
        problem: '',
      });
    });

    test('a port that no container publishes is said', async () => {
      await join('i-1');
      await ask('as-1', [aRoute('a.example.com', { port: 9 }), aRoute('b.example.com', { container: '' })]);
      await serve('i-1', 'as-1');
      expect((await routeOf('a.example.com'))?.problem).toContain('ROUTE_TARGET_MISSING');
      expect(await routeOf('b.example.com')).toMatchObject({ state: 'PUBLISHED' });
      expect((await confirmAll(3)).steps).toEqual([]);
    });

    test('a name passes from the assignment that is replaced in one step, without a gap', async () => {
      await join('i-1');
      await ask('as-1', [aRoute('a.example.com')]);
      await serve('i-1', 'as-1');
      await confirmAll(3);
      await join('i-2');
      await ask('as-2', [aRoute('a.example.com')], { ifExists: 'REPLACE' });
      expect(await routeOf('a.example.com')).toMatchObject({ state: 'PUBLISHED', assignmentId: 'as-1' });
      const { newest: before } = await store.routeChanges(0, 100);
      await serve('i-2', 'as-2', 5);
      const { changes } = await store.routeChanges(before, 100);
      expect(changes).toMatchObject([
        { state: 'PUBLISHED', assignmentId: 'as-2', target: { host: '10.0.0.2' } },
      ]);
      // The one before stops when nobody is sent to it any more.
      expect(await store.assignment('as-1')).toMatchObject({ state: 'RELEASING', isStopHeld: true });
      const { tenancies, steps } = await confirmAll(6);
      expect(tenancies).toMatchObject([{ instance: { instanceId: 'i-1' } }]);
      expect(steps).toMatchObject([{ after: { assignmentId: 'as-2' } }]);
    });

    test('a successor that ends leaves the name where it is, and inherits it when its holder ends first', async () => {
      await join('i-1');
      await ask('as-1', [aRoute('a.example.com')]);
      await serve('i-1', 'as-1');
      await ask('as-2', [aRoute('a.example.com')], { ifExists: 'REPLACE' });
      await store.forget('as-2', at(3));
      expect(await routeOf('a.example.com')).toMatchObject({ state: 'PUBLISHED', assignmentId: 'as-1' });
      await ask('as-3', [aRoute('a.example.com')], { ifExists: 'REPLACE', requestId: 'third' });
      await release('as-1', 4);
      expect(await routeOf('a.example.com')).toMatchObject({ state: 'RESERVED', assignmentId: 'as-3' });
    });

    test('a failed attempt leaves the name reserved for the next one', async () => {
      await join('i-1');
      await ask('as-1', [aRoute('a.example.com')]);
      await serve('i-1', 'as-1');
      await store.applyRoles([aRole('web', { onLoss: 'REPLACE' })]);
      const order = anObservedOrder('as-1', {
        state: 'FAILED',
        error: 'DOCKER_FAILED: no',
        fault: 'MACHINE',
      });
      await store.observe('i-1', anObserved({ order }), at(3));
      expect(await store.assignment('as-1')).toMatchObject({ state: 'PENDING' });
      expect(await routeOf('a.example.com')).toMatchObject({ state: 'RESERVED', assignmentId: 'as-1' });
      await join('i-2');
      await serve('i-2', 'as-1', 5);
      expect(await routeOf('a.example.com')).toMatchObject({
        state: 'PUBLISHED',
        target: { host: '10.0.0.2' },
      });
    });

    test('without publishers an address is held for a minute all the same, and nothing waits', async () => {
      await store.setPublishers({ own: [], external: [] }, at(1));
      await join('i-1');
      await ask('as-1', [aRoute('a.example.com')]);
      await serve('i-1', 'as-1');
      const { tenancy } = await release('as-1', 4);
      expect(tenancy).toMatchObject({ instance: { generation: 2 } });
    });
  });
}
