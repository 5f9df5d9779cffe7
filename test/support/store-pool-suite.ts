import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../coordinator/store/store.ts';
import { ImageOperator } from '../../coordinator/pools/image-operator.ts';
import { createLogger } from '../../proto/process/log.ts';
import { aPool, aWantedImage } from './pool-builders.ts';
import { PoolWorld } from './pool-world.ts';
import { aRole } from './store-builders.ts';
import type { StoreUnderTest } from './store-histories.ts';

/** What every store must do for pools, whatever database is behind it. */
export function storePoolSuite(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(`pools in the store on ${name}`, () => {
    let place: StoreUnderTest;
    let store: Store;
    let world: PoolWorld;

    beforeEach(async () => {
      place = await prepare();
      store = await place.open();
      world = new PoolWorld({ store, close: () => store.close() });
    });

    afterEach(async () => {
      await world.close();
      await place.remove();
    });

    test('a pool fills, refills, loses machines, rolls to another image and is deleted', async () => {
      await world.apply(aPool(), aPool({ name: 'other', idle: { target: 0 } }));
      world.failNext('launch', 'lost after');
      const rounds = world.coordinator();
      await world.run(rounds, 60);
      expect(await world.status()).toMatchObject({ condition: 'OK', counts: { ready: 3 } });
      const taken = await world.assign('as-1');
      world.provider.endNow(
        world.provider.alive.find(({ instanceId }) => instanceId !== taken)?.instanceId ?? '',
      );
      world.provider.dry.add('on-demand:m7i.large:subnet-b');
      await world.apply(aPool({ imageId: 'ami-2' }));
      await world.run(rounds, 400, 10);
      expect(await world.status()).toMatchObject({ condition: 'OK', outdated: 0, counts: { ready: 3 } });
      expect(await store.pausePool('web', 'maintenance')).toBe(true);
      expect(await store.pausePool('nothing', '')).toBe(false);
      expect(await store.deletePool('web')).toBe(true);
      await world.run(rounds, 200, 10);
      expect(world.provider.alive.map(({ instanceId }) => instanceId)).toEqual([taken]);
      expect((await store.pools()).map(({ spec }) => spec.name)).toEqual(['other', 'web']);
      world.pass(100_000);
      expect(await store.removePoolRows(world.at.steady - 50_000, 1_000)).toBeGreaterThan(3);
    });

    test('a plan from an older revision is not committed, and a call is made by one coordinator only', async () => {
      await world.apply(aPool());
      const [one, other] = [world.coordinator(), world.coordinator()];
      const planned = await Promise.all([one.plan(), other.plan()]);
      expect(planned.filter(Boolean)).toHaveLength(1);
      const [due] = await one.due();
      const asked = await Promise.all([one, other].map((each) => each.launch(due?.launchId ?? '')));
      expect(asked.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    });

    test('an image is built, followed, replaced by another one and removed', async () => {
      const logger = createLogger('test', 'silent');
      const operator = new ImageOperator({ store, hasProvider: true, moment: () => world.at, logger });
      await world.apply(aPool({ imageId: 'web', idle: { target: 1 } }));
      const rounds = world.coordinator();
      const builds = world.builds();
      await operator.build(aWantedImage({ isPromoted: true }));
      await world.run(rounds, 300, 10, builds);
      expect(await world.status()).toMatchObject({ condition: 'OK', counts: { ready: 1 } });
      await operator.build(aWantedImage({ buildId: 'build-2', isPromoted: true }));
      await world.run(rounds, 400, 10, builds);
      const states = (await store.images()).map(({ buildId, isCurrent }) => [buildId, isCurrent]);
      expect(states).toEqual([
        ['build-2', true],
        ['build-1', false],
      ]);
      await expect(operator.deprecate('build-2')).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
      await operator.deprecate('build-1');
      world.pass(8 * 86_400);
      await builds.retain();
      expect((await store.images()).map(({ buildId }) => buildId)).toEqual(['build-2']);
    });

    test('demand is counted, kept after its slot, and announced', async () => {
      const forecast = { mode: 'on', quantile: 0.99, lead: 100_000 } as const;
      await store.applyRoles([aRole('web')]);
      await world.apply(aPool({ idle: { forecast } }));
      for (let index = 0; index < 3; index++) await world.assign(`as-${index}`);
      const { now } = world.at;
      const announced = { requestId: 'class', pool: 'web', count: 5, start: now, end: now + 3_600_000 };
      expect(await store.expectDemand(announced)).toBe(true);
      const told = await store.poolDemand('web', world.at);
      expect(told?.announced).toBe(2);
      expect(told?.demand?.recent.at(-1)).toBe(3);
      world.pass(600);
      await store.recordDemand(world.at);
      await store.recordDemand(world.at);
      world.pass(86_400 - 600 - 100);
      const later = await store.poolDemand('web', world.at);
      expect(later?.demand?.history.at(-1)?.reduce((sum, count) => sum + count, 0)).toBe(3);
      expect(await store.poolDemand('nothing', world.at)).toBeUndefined();
    });
  });
}
