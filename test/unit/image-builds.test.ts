import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImageBuild } from '../../coordinator/core/image/image-build.ts';
import { ImageOperator } from '../../coordinator/pools/image-operator.ts';
import type { ImageRounds } from '../../coordinator/pools/image-rounds.ts';
import type { PoolRounds } from '../../coordinator/pools/pool-rounds.ts';
import { createLogger } from '../../proto/process/log.ts';
import { aPool, aWantedImage } from '../support/pool-builders.ts';
import { PoolWorld } from '../support/pool-world.ts';
import { aRole } from '../support/store-builders.ts';

const day = 86_400;

describe('an image build', () => {
  let world: PoolWorld;
  let rounds: PoolRounds;
  let builds: ImageRounds;
  let operator: ImageOperator;

  beforeEach(async () => {
    world = new PoolWorld();
    rounds = world.coordinator();
    builds = world.builds();
    const logger = createLogger('test', 'silent');
    operator = new ImageOperator({ store: world.store, hasProvider: true, moment: () => world.at, logger });
    await world.store.applyRoles([aRole('web')]);
    await world.apply(aPool({ imageId: 'web' }));
  });

  afterEach(() => world.close());

  const run = (seconds: number, step = 5) => world.run(rounds, seconds, step, builds);
  /** @returns once it holds; its test fails when that takes an hour of the builder's time */
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    for (let passed = 0; passed < 3_600 && !(await holds()); passed += 5) await run(5);
    expect(await holds()).toBe(true);
  };
  const image = async (buildId = 'build-1'): Promise<ImageBuild> => {
    const found = (await operator.list()).find((one) => one.buildId === buildId);
    if (found === undefined) throw new Error(`no build ${buildId}`);
    return found;
  };
  const machinesOf = (purpose: string) =>
    world.provider.alive.filter(({ specHash }) => specHash === purpose).map(({ instanceId }) => instanceId);
  const nothingIsLeft = async (): Promise<void> => {
    expect(world.provider.alive).toEqual([]);
    expect(await world.provider.images('fleet-1')).toEqual([]);
    expect(world.provider.snapshots.size).toBe(0);
  };

  test('ends in an image that two clones have proven, and pools follow it once it is promoted', async () => {
    await operator.build(aWantedImage());
    await until(() => machinesOf('clone').length === 2);
    expect(await world.status()).toMatchObject({ condition: 'BROKEN' });
    expect(await image()).toMatchObject({ state: 'PROVING' });
    await run(120);
    expect(await image()).toMatchObject({ state: 'AVAILABLE', isCurrent: false });
    expect((await image()).facts.proof).toHaveLength(3);
    expect(world.provider.alive).toEqual([]);
    await operator.promote('build-1');
    await run(60);
    expect(await world.status()).toMatchObject({ condition: 'OK', counts: { ready: 3 } });
    const { imageId } = await image();
    expect(new Set(world.provider.alive.map((one) => one.imageId))).toEqual(new Set([imageId]));
  });

  test('rolls pools to a promoted image, and back to the one before it', async () => {
    await operator.build(aWantedImage({ isPromoted: true }));
    await run(240);
    await operator.build(aWantedImage({ buildId: 'build-2', isPromoted: true }));
    await run(600);
    expect(await image()).toMatchObject({ isCurrent: false });
    const second = (await image('build-2')).imageId;
    expect(world.provider.alive.map(({ imageId }) => imageId)).toEqual([second, second, second]);
    await operator.promote('build-1');
    await run(600);
    const first = (await image()).imageId;
    expect(world.provider.alive.map(({ imageId }) => imageId)).toEqual([first, first, first]);
    await expect(operator.deprecate('build-1')).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  test('gives no clone to somebody who waits, even before the answer to its launch', async () => {
    world.fault = (action) =>
      action === 'launch' && machinesOf('clone').length > 0 ? 'lost after' : undefined;
    await operator.build(aWantedImage());
    await until(() => machinesOf('clone').length > 0);
    expect(await world.assign('as-1')).toBe('');
    await run(45);
    world.fault = undefined;
    await run(200);
    expect(await image()).toMatchObject({ state: 'AVAILABLE' });
    expect((await world.store.assignment('as-1'))?.state).toBe('PENDING');
  });

  test.each([
    ['fails to bake', 'failed: bake: no space left', /^BAKE_FAILED: .*no space left/],
    ['never powers itself off', undefined, /^BUILD_TIMEOUT/],
  ])('keeps nothing of a builder that %s', async (_, said, reason) => {
    world.said = said;
    await operator.build(aWantedImage());
    await run(3_700, 20);
    expect(await image()).toMatchObject({
      state: 'FAILED',
      facts: { reason: expect.stringMatching(reason) },
    });
    await run(300);
    await nothingIsLeft();
  });

  const proofs: [string, (place: PoolWorld) => void, RegExp][] = [
    [
      'share an Engine id',
      (place) => (place.told = ({ imageId }) => ({ imageId, engineId: 'E' })),
      /DUPLICATE_IDENTITY/,
    ],
    ['have no manifest', (place) => (place.told = ({ imageId }) => ({ imageId, bakeId: '' })), /^NOT_BAKED/],
  ];
  test.each(proofs)('keeps nothing of an image whose clones %s', async (_, make, reason) => {
    make(world);
    await operator.build(aWantedImage({ isPromoted: true }));
    await run(600);
    expect(await image()).toMatchObject({ state: 'FAILED', isCurrent: false });
    expect((await image()).facts.reason).toMatch(reason);
    await nothingIsLeft();
  });

  test('keeps nothing of an image whose clones never check in, or of a build that an operator ends', async () => {
    await operator.build(aWantedImage());
    await until(() => machinesOf('clone').length === 2);
    for (const id of machinesOf('clone')) world.cutOff.add(id);
    await run(600);
    expect((await image()).facts.reason).toMatch(/^NEVER_CHECKED_IN/);
    await nothingIsLeft();
    await operator.build(aWantedImage({ buildId: 'build-2' }));
    await run(20);
    expect(await operator.deprecate('build-2')).toMatchObject({ state: 'FAILED' });
    await run(300);
    await nothingIsLeft();
  });

  test('is asked for once with one id, and refused without a pool or with a recipe that does not fit', async () => {
    await operator.build(aWantedImage());
    await operator.build(aWantedImage());
    expect(await operator.list()).toHaveLength(1);
    await expect(operator.build(aWantedImage({ buildId: 'b', pool: 'no' }))).rejects.toMatchObject({
      code: 'POOL_NOT_FOUND',
    });
    const recipe = Array.from({ length: 30_000 }, (_, index) => Math.sin(index)).join();
    await expect(operator.build(aWantedImage({ buildId: 'b', recipe }))).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  test('is taken up again wherever a coordinator dies, and makes one image', async () => {
    const logger = createLogger('test', 'silent');
    for (let at = 1, isKilled = true; isKilled; at++) {
      const place = new PoolWorld();
      const { store } = place;
      await place.apply(aPool({ imageId: 'web' }));
      await new ImageOperator({ store, hasProvider: true, moment: () => place.at, logger }).build(
        aWantedImage(),
      );
      let calls = 0;
      isKilled = false;
      const dying = place.builds(async (point) => {
        // Nothing depends on a look.
        if (point.endsWith('buildViews') || ++calls !== at) return;
        isKilled = true;
        await Promise.reject(new Error('killed'));
      });
      await place.run(place.coordinator(), 200, 10, dying).catch((cause: unknown) => {
        if (!isKilled) throw cause;
      });
      await place.run(place.coordinator(), 200, 10, place.builds());
      expect((await store.images()).map(({ state }) => state)).toEqual(['AVAILABLE']);
      expect(await place.provider.images('fleet-1')).toHaveLength(1);
      expect(place.provider.alive).toEqual([]);
      expect(place.provider.machines.size).toBe(3);
      await place.close();
    }
  });

  test('answers that are lost make no second image', async () => {
    world.fault = (action) => (action === 'create image' ? 'lost after' : undefined);
    await operator.build(aWantedImage());
    await run(100);
    world.fault = undefined;
    await run(100);
    expect(await image()).toMatchObject({ state: 'AVAILABLE' });
    expect(await world.provider.images('fleet-1')).toHaveLength(1);
  });

  test('its image is removed a week after nothing needs it, and not before', async () => {
    await operator.build(aWantedImage({ isPromoted: true }));
    await run(240);
    await operator.build(aWantedImage({ buildId: 'build-2' }));
    await run(240);
    const taken = await world.assign('as-1');
    await operator.promote('build-2');
    await operator.deprecate('build-1');
    await run(600);
    world.pass(8 * day);
    await world.boot();
    await builds.retain();
    // A user's machine still runs from it.
    expect(await world.provider.images('fleet-1')).toHaveLength(2);
    await world.leave(taken);
    await run(200);
    world.pass(day);
    await builds.retain();
    expect((await operator.list()).map(({ buildId }) => buildId)).toEqual(['build-2']);
    expect(await world.provider.images('fleet-1')).toHaveLength(1);
    expect(world.provider.snapshots.size).toBe(1);
  });
});
