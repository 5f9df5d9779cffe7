import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../coordinator/store/store.ts';
import { aPool } from './pool-builders.ts';
import { PoolWorld } from './pool-world.ts';
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
  });
}
