import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PoolRounds } from '../../coordinator/pools/pool-rounds.ts';
import { aPool, aPoolSpec } from '../support/pool-builders.ts';
import { aCheckIn, anObserved } from '../support/store-builders.ts';
import { PoolWorld } from '../support/pool-world.ts';

describe('a pool', () => {
  let world: PoolWorld;
  let rounds: PoolRounds;

  beforeEach(() => {
    world = new PoolWorld();
    rounds = world.coordinator();
  });

  afterEach(() => world.close());

  const fill = async (...pool: Parameters<typeof aPool>): Promise<void> => {
    await world.apply(aPool(...pool));
    await world.run(rounds, 60);
  };
  const aliveIn = (subnetId: string): string[] =>
    world.provider.alive.filter((one) => one.subnetId === subnetId).map(({ instanceId }) => instanceId);

  test('fills to its target over all zones, and refills when some are taken', async () => {
    await fill({ idle: { target: 6 } });
    expect(['subnet-a', 'subnet-b', 'subnet-c'].map((zone) => aliveIn(zone).length)).toEqual([2, 2, 2]);
    for (let index = 0; index < 4; index++) expect(await world.assign(`as-${index}`)).not.toBe('');
    await world.run(rounds, 60);
    expect(await world.status()).toMatchObject({ condition: 'OK', counts: { ready: 6, assigned: 4 } });
  });

  test('wants a share of what is assigned, when that is more than its floor', async () => {
    await fill({ idle: { target: 4, share: 1 } });
    for (let index = 0; index < 4; index++) await world.assign(`as-${index}`);
    await world.apply(aPool({ idle: { target: 1, share: 0.5 } }));
    await world.run(rounds, 60);
    expect((await world.status())?.terms).toContainEqual(
      expect.objectContaining({ name: 'share', value: 2 }),
    );
    expect(await world.status()).toMatchObject({ target: 2, counts: { ready: 2 } });
  });

  test('never has more machines alive than its maximum, however many requests wait', async () => {
    await fill({ max: 5 });
    for (let index = 0; index < 20; index++) {
      await world.assign(`as-${index}`);
      world.failNext('launch', index % 2 === 0 ? 'lost after' : 'lost before');
      await world.run(rounds, 10);
      expect(world.provider.alive.length).toBeLessThanOrEqual(5);
    }
    expect(await world.status()).toMatchObject({ condition: 'CAPPED', counts: { assigned: 5 } });
  });

  test('stops at its launches in an hour', async () => {
    await fill({ idle: { target: 8 }, launchesPerHour: 4 });
    expect(world.provider.machines.size).toBe(4);
    expect(await world.status()).toMatchObject({ condition: 'CAPPED' });
    world.pass(3_600);
    await world.run(rounds, 60);
    expect(world.provider.machines.size).toBe(8);
  });

  test('goes to other zones and types without capacity in one, and comes back to it', async () => {
    world.provider.dry.add('on-demand:m7i.large:subnet-a');
    await fill();
    expect(aliveIn('subnet-a')).toEqual([]);
    expect(await world.status()).toMatchObject({ counts: { ready: 3 } });
    expect((await world.status())?.problems).toContainEqual(
      expect.objectContaining({ code: 'InsufficientInstanceCapacity' }),
    );
    world.provider.dry.clear();
    await world.run(rounds, 200);
    await world.apply(aPool({ idle: { target: 5 } }));
    await world.run(rounds, 60);
    expect(aliveIn('subnet-a').length).toBeGreaterThan(0);
  });

  test('says that it starves when no offering can be asked', async () => {
    world.provider.quota = 0;
    await fill();
    expect(await world.status()).toMatchObject({ condition: 'STARVED' });
    expect(world.provider.launches.length).toBeLessThanOrEqual(3);
  });

  test('launches nothing for an instance that has checked in, and whose session is not open yet', async () => {
    await world.apply(aPool({ idle: { target: 1 } }));
    await world.run(rounds, 5);
    const [first] = world.provider.alive;
    await world.store.admit(aCheckIn(first?.instanceId ?? ''), 'session-1', world.at);
    await rounds.plan();
    expect(await world.status()).toMatchObject({ counts: { preparing: 1 }, launching: 0 });
  });

  test('makes no room for silent machines when it may not', async () => {
    await fill({ idle: { target: 6 }, max: 6, replace: { maxSilent: 0 } });
    await world.cut(aliveIn('subnet-a'));
    await world.run(rounds, world.bootSeconds + 10);
    expect(await world.status()).toMatchObject({ condition: 'CAPPED', counts: { ready: 4, silent: 2 } });
  });

  test('loses a zone: the others make up for it within a lead time and two rounds', async () => {
    await fill({ idle: { target: 6 }, max: 10 });
    await world.cut(aliveIn('subnet-a'));
    await world.run(rounds, world.bootSeconds + 10);
    expect(await world.status()).toMatchObject({ counts: { ready: 6, silent: 2 } });
  });

  test('ends nothing when many fall silent at once, and launches nothing where they are', async () => {
    await fill({ idle: { target: 18 }, max: 30 });
    world.cutOff.clear();
    const lost = aliveIn('subnet-a');
    await world.cut(lost);
    await world.run(rounds, 55);
    expect((await world.status())?.problems.map(({ code }) => code)).toContain('ZONE_SILENT');
    expect(aliveIn('subnet-a')).toEqual(lost);
    expect(await world.status()).toMatchObject({ counts: { silent: 6, ready: 18 } });
  });

  test('replaces outdated machines one after the other, never below its target and never under a user', async () => {
    await fill({ idle: { target: 4 } });
    const taken = await world.assign('as-1');
    await world.run(rounds, 60);
    await world.apply(aPool({ imageId: 'ami-2', idle: { target: 4 } }));
    for (let passed = 0; passed < 600; passed += 5) {
      await world.run(rounds, 5);
      expect((await world.status())?.counts.ready).toBeGreaterThanOrEqual(4);
    }
    const old = world.provider.alive.filter(({ imageId }) => imageId !== 'ami-2');
    expect(old.map(({ instanceId }) => instanceId)).toEqual([taken]);
  });

  test('stops after an image whose machines do not become READY, and tries one at a time', async () => {
    await fill({ idle: { target: 6 } });
    const healthy = world.provider.alive.map(({ instanceId }) => instanceId);
    world.bootSeconds = Infinity;
    await world.apply(aPool({ imageId: 'ami-broken', idle: { target: 6 } }));
    await world.run(rounds, 1_500);
    expect(await world.status()).toMatchObject({ condition: 'BREAKER_OPEN', counts: { ready: 6 } });
    expect(world.provider.machines.size - healthy.length).toBeLessThanOrEqual(5);
    world.bootSeconds = 40;
    await world.apply(aPool({ imageId: 'ami-mended', idle: { target: 6 } }));
    await world.run(rounds, 900);
    expect(await world.status()).toMatchObject({ condition: 'OK', outdated: 0 });
  });

  test('is broken when the provider refuses its specification, until that changes', async () => {
    world.provider.refusal = { kind: 'spec', code: 'InvalidAMIID.NotFound' };
    await fill();
    expect(await world.status()).toMatchObject({ condition: 'BROKEN' });
    const asked = world.provider.launches.length;
    await world.run(rounds, 300);
    expect(world.provider.launches.length).toBe(asked);
    world.provider.refusal = undefined;
    await world.apply(aPool({ imageId: 'ami-2' }));
    await world.run(rounds, 60);
    expect(await world.status()).toMatchObject({ condition: 'OK' });
  });

  test('shrinks after its hold, and not before', async () => {
    const schedules = [{ days: [0, 1, 2, 3, 4, 5, 6], from: 0, until: 0, timeZone: 'UTC', target: 6 }];
    await fill({ idle: { target: 2, hold: 600_000, schedules } });
    expect(await world.status()).toMatchObject({ target: 6 });
    const held = aPool({ idle: { target: 2, hold: 600_000 } });
    await world.store.applyPools([held], 'fleet-1');
    await world.run(rounds, 300);
    expect(await world.status()).toMatchObject({ target: 2, counts: { ready: 2 } });
  });

  test('replaces what somebody terminated by hand, also when listings are wrong', async () => {
    await fill();
    world.provider.endNow(world.provider.alive[0]?.instanceId ?? '');
    world.fault = (action) => (action === 'list' ? 'missing page' : undefined);
    await world.run(rounds, 200);
    world.fault = undefined;
    await world.run(rounds, 200);
    expect(await world.status()).toMatchObject({ counts: { ready: 3 } });
    expect(world.provider.alive.length).toBe(3);
  });

  test('takes in and then ends what a provider launches beyond the call', async () => {
    world.failNext('launch', 'extra machine');
    await fill();
    await world.run(rounds, 300);
    expect(world.provider.alive).toHaveLength(3);
  });

  test('paused launches nothing; deleted it ends all but those with a user, and is gone with them', async () => {
    await fill();
    const taken = await world.assign('as-1');
    await world.store.pausePool('web', 'maintenance');
    await world.run(rounds, 60);
    expect(await world.status()).toMatchObject({ condition: 'PAUSED', counts: { ready: 2 } });
    await world.store.deletePool('web');
    await world.run(rounds, 120);
    expect(world.provider.alive.map(({ instanceId }) => instanceId)).toEqual([taken]);
    await world.cut([taken]);
    await world.store.retire(taken, true, world.at);
    await world.run(rounds, 120);
    expect(world.provider.alive).toEqual([]);
    expect(await world.store.pools()).toEqual([]);
  });

  test('asks for nothing while the provider does not answer, and takes a user all the same', async () => {
    await fill();
    world.fault = () => 'lost before';
    expect(await world.assign('as-1')).not.toBe('');
    await world.run(rounds, 300);
    expect(world.provider.alive).toHaveLength(3);
    world.fault = undefined;
    await world.run(rounds, 120);
    expect(await world.status()).toMatchObject({ counts: { ready: 3, assigned: 1 } });
  });

  test('takes back a machine that listings had lacked, and keeps nothing of an ended one for more than a day', async () => {
    await fill({ idle: { target: 1 } });
    const [first] = world.provider.alive.map(({ instanceId }) => instanceId);
    await world.cut([first ?? '']);
    const list = world.provider.list.bind(world.provider);
    world.provider.list = async () => [];
    await world.run(rounds, 200);
    world.provider.list = list;
    await world.run(rounds, 120);
    expect(await world.unowned()).toEqual([]);
    expect(world.provider.alive.map(({ instanceId }) => instanceId)).not.toContain(first);
    world.pass(90_000);
    await world.run(rounds, 5);
    expect(await world.store.removePoolRows(world.at.steady, 1_000)).toBeLessThan(10);
  });

  test('is filled before announced requests come, and no longer than they are waited for', async () => {
    await fill({ idle: { target: 1 } });
    const [now, expected] = [world.at.now, { requestId: 'class', pool: 'web', count: 6 }];
    const start = now + 600_000;
    expect(await world.store.expectDemand({ ...expected, start, end: start + 300_000 })).toBe(true);
    expect(await world.store.expectDemand({ ...expected, pool: 'no', start, end: start })).toBe(false);
    await world.run(rounds, 300);
    expect(await world.status()).toMatchObject({ target: 1 });
    await world.run(rounds, 300);
    expect(await world.status()).toMatchObject({ target: 6, counts: { ready: 6 } });
    for (let index = 0; index < 4; index++) await world.assign(`as-${index}`);
    await world.run(rounds, 60);
    expect(await world.status()).toMatchObject({ target: 2, counts: { assigned: 4 } });
    await world.run(rounds, 600);
    expect(await world.status()).toMatchObject({ target: 1, counts: { ready: 1 } });
  });

  test.each([
    ['on', true],
    ['watch', false],
  ] as const)('follows the rate of the last minutes when its forecast is %s', async (mode, isFollowed) => {
    const forecast = { mode, quantile: 0.99, lead: 100_000 };
    await fill({ idle: { target: 1, forecast }, max: 40 });
    for (let index = 0; index < 8; index++) {
      await world.assign(`as-${index}`);
      await world.run(rounds, 75);
    }
    await rounds.recordDemand();
    const { terms = [], target: wanted = 0 } = (await world.status()) ?? {};
    expect(terms.find(({ name }) => name === 'recent')?.value).toBeGreaterThanOrEqual(4);
    expect(wanted >= 4).toBe(isFollowed);
  });

  test('remembers when requests came, for the same time of the next day', async () => {
    const forecast = { mode: 'on', quantile: 0.99, lead: 100_000 } as const;
    await fill({ idle: { target: 1, forecast }, max: 40 });
    for (let index = 0; index < 5; index++) await world.assign(`as-${index}`);
    world.pass(400);
    await rounds.recordDemand();
    world.pass(86_400 - 400 - 100 - 60);
    await world.run(rounds, 60);
    expect((await world.status())?.terms).toContainEqual(
      expect.objectContaining({ name: 'history', value: 5 }),
    );
  });

  test('buys its share of spot machines, and on-demand where there are none', async () => {
    const [spot, onDemand] = [
      { market: 'spot', instanceTypes: ['m7i.large'], share: 0.5 },
      { market: 'on-demand', instanceTypes: ['m7i.large'] },
    ] as const;
    const { launch } = aPoolSpec();
    const bought = (): number => world.provider.alive.filter(({ market }) => market === 'spot').length;
    await fill({ idle: { target: 6 }, launch: { ...launch, offerings: [spot, onDemand] } });
    expect([bought(), world.provider.alive.length]).toEqual([3, 6]);
    for (const zone of launch.subnetIds) world.provider.dry.add(`spot:m7i.large:${zone}`);
    await world.apply(aPool({ idle: { target: 10 }, launch: { ...launch, offerings: [spot, onDemand] } }));
    await world.run(rounds, 100);
    expect([bought(), world.provider.alive.length]).toEqual([3, 10]);
  });

  test('replaces a machine that the provider takes back, elsewhere, and leaves a user alone', async () => {
    const { launch } = aPoolSpec();
    const offerings = [{ market: 'spot', instanceTypes: ['m7i.large'] }] as const;
    await fill({ idle: { target: 3 }, launch: { ...launch, offerings } });
    const taken = await world.assign('as-1');
    await world.run(rounds, 60);
    const [free] = world.provider.alive.filter(({ instanceId }) => instanceId !== taken);
    const observed = anObserved({ interruptTime: world.at.now + 120_000 });
    for (const id of [taken, free?.instanceId ?? '']) await world.store.observe(id, observed, world.at);
    await world.run(rounds, 60);
    const alive = world.provider.alive.map(({ instanceId }) => instanceId);
    expect(alive).toContain(taken);
    expect(alive).not.toContain(free?.instanceId);
    expect((await world.store.instance(taken))?.instance).toMatchObject({
      state: 'DRAINING',
      stateReason: expect.stringContaining('INSTANCE_INTERRUPTED'),
    });
    expect(await world.status()).toMatchObject({ counts: { ready: 3 } });
    expect((await world.status())?.problems).toContainEqual(
      expect.objectContaining({ code: 'SpotInterruption' }),
    );
  });
});
