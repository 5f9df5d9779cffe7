import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aPool } from '../support/pool-builders.ts';
import { PoolWorld } from '../support/pool-world.ts';

/** Ends a coordinator at one of its calls; nothing of it goes on. */
function dyingAt(point: string): (passed: string) => Promise<void> {
  let isDead = false;
  return async (passed) => {
    if (passed === point) isDead = true;
    if (isDead) throw new Error(`killed ${point}`);
  };
}

describe('a coordinator that dies', () => {
  let world: PoolWorld;

  beforeEach(async () => {
    world = new PoolWorld();
    await world.apply(aPool());
  });

  afterEach(() => world.close());

  /** What always holds: the pool fills, nothing is bought twice, and nothing runs without an owner. */
  const fillsWith = async (machines: number): Promise<void> => {
    await world.run(world.coordinator(), 300);
    expect(await world.status()).toMatchObject({ condition: 'OK', counts: { ready: 3 } });
    expect(world.provider.machines.size).toBe(machines);
    expect(await world.unowned()).toEqual([]);
  };

  test.each([
    ['C1: before it commits the plan', 'before commitPlan'],
    ['C2: before it commits that it asks', 'before askLaunch'],
    ['C3: before the call leaves', 'before launch'],
    ['C5: with the answer, before it commits it', 'before launchAnswered'],
    ['C6: after it committed the answer', 'after launchAnswered'],
  ])('%s, loses and doubles nothing', async (_, point) => {
    await expect(world.run(world.coordinator(dyingAt(point)), 60)).rejects.toThrow('killed');
    await fillsWith(3);
  });

  test('C4: asks again with the same bytes when the answer is lost, also over a restart', async () => {
    world.failNext('launch', 'lost after');
    await world.run(world.coordinator(), 5);
    expect(world.provider.machines.size).toBeGreaterThan(0);
    await fillsWith(3);
    const bodies = world.provider.launches.map((request) => JSON.stringify(request));
    expect(bodies.length).toBeGreaterThan(new Set(bodies).size);
  });

  test('C5: whose machines checked in meanwhile makes them its own', async () => {
    await expect(world.run(world.coordinator(dyingAt('before launchAnswered')), 60)).rejects.toThrow(
      'killed',
    );
    world.pass(60);
    await world.boot();
    await fillsWith(3);
  });

  test('C7: after a refusal, before it commits it, asks the same again', async () => {
    world.provider.dry.add('on-demand:m7i.large:subnet-a');
    await expect(world.run(world.coordinator(dyingAt('before launchFailed')), 60)).rejects.toThrow('killed');
    await fillsWith(3);
    expect(world.provider.alive.map(({ subnetId }) => subnetId)).not.toContain('subnet-a');
  });

  test('C8: with a store from an older copy takes in what carries its tag, and ends what nobody needs', async () => {
    await world.run(world.coordinator(), 120);
    const assigned = await world.assign('as-1');
    await world.run(world.coordinator(), 120);
    for (const machine of world.provider.alive) machine.isAssigned = machine.instanceId === assigned;
    // The agent that carries an assignment that the store does not know stays away.
    world.cutOff.add(assigned);
    await world.restore(aPool());
    await world.run(world.coordinator(), 1200);
    expect(await world.status()).toMatchObject({ counts: { ready: 3 } });
    expect(world.provider.alive.map(({ instanceId }) => instanceId)).toContain(assigned);
    expect(world.provider.alive).toHaveLength(4);
  });

  test.each(['before terminate', 'after terminate'])('C9: %s, ends it in the end, once', async (point) => {
    await world.run(world.coordinator(), 120);
    await world.apply(aPool({ idle: { target: 2 } }));
    await expect(world.run(world.coordinator(dyingAt(point)), 120)).rejects.toThrow('killed');
    await world.run(world.coordinator(), 240);
    expect(world.provider.alive).toHaveLength(2);
    expect(world.provider.machines.size).toBe(3);
  });

  test('C11: while another one works on the same store, buys nothing twice', async () => {
    const [one, other] = [world.coordinator(), world.coordinator()];
    for (let round = 0; round < 40; round++) {
      world.pass(5);
      await world.boot();
      await Promise.all([one.observe(), other.observe()]);
      await Promise.all([one.plan(), other.plan()]);
      const due = [...(await one.due()), ...(await other.due())];
      await Promise.all(due.map(({ launchId }, index) => (index % 2 === 0 ? one : other).launch(launchId)));
    }
    expect(world.provider.machines.size).toBe(3);
  });

  test('C12: finishes the call that it began before it replaces what the new specification does not want', async () => {
    await expect(world.run(world.coordinator(dyingAt('before launch')), 60)).rejects.toThrow('killed');
    await world.apply(aPool({ imageId: 'ami-2' }));
    await world.run(world.coordinator(), 900);
    expect(await world.status()).toMatchObject({ condition: 'OK', counts: { ready: 3 }, outdated: 0 });
    expect(new Set(world.provider.alive.map(({ imageId }) => imageId))).toEqual(new Set(['ami-2']));
    expect(world.provider.machines.size).toBe(6);
  });
});
