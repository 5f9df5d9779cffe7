import assert from 'node:assert/strict';
import { userDataFor } from '../../coordinator/core/pool/user-data.ts';
import { aPool } from './pool-builders.ts';
import { PoolWorld, type Passing } from './pool-world.ts';

/** A place where a coordinator dies, and what must hold after it. */
export interface CrashPoint {
  name: string;
  /** @throws AssertionError when it does not hold */
  run(world: PoolWorld): Promise<void>;
}

/** Ends a coordinator at one of its calls; nothing of it goes on. */
function dyingAt(point: string): Passing {
  let isDead = false;
  return async (passed) => {
    if (passed === point) isDead = true;
    if (isDead) throw new Error(`killed ${point}`);
  };
}

/** Runs a coordinator until it dies at a point. */
async function killed(world: PoolWorld, point: string, seconds = 60): Promise<void> {
  await assert.rejects(world.run(world.coordinator(dyingAt(point)), seconds), { message: `killed ${point}` });
}

/** What always holds: the pool fills, nothing is bought twice, and nothing runs without an owner. */
async function fillsWith(world: PoolWorld, machines: number): Promise<void> {
  await world.run(world.coordinator(), 300);
  const { condition, counts } = (await world.status()) ?? {};
  assert.deepEqual([condition, counts?.ready], ['OK', 3]);
  assert.equal(world.provider.machines.size, machines);
  assert.deepEqual(await world.unowned(), []);
}

const aliveIds = (world: PoolWorld): string[] => world.provider.alive.map(({ instanceId }) => instanceId);

function diesAt(name: string, point: string): CrashPoint {
  return {
    name,
    async run(world) {
      await killed(world, point);
      await fillsWith(world, 3);
    },
  };
}

function endsOnce(name: string, point: string): CrashPoint {
  return {
    name,
    async run(world) {
      await world.run(world.coordinator(), 120);
      await world.apply(aPool({ idle: { target: 2 } }));
      await killed(world, point, 120);
      await world.run(world.coordinator(), 240);
      assert.deepEqual([world.provider.alive.length, world.provider.machines.size], [2, 3]);
    },
  };
}

/** Each on a world of its own, with one pool that wants three. */
export const crashPoints: readonly CrashPoint[] = [
  diesAt('C1: before it commits the plan, nothing is lost', 'before commitPlan'),
  diesAt('C2: before it commits that it asks, nothing is lost', 'before askLaunch'),
  diesAt('C3: before the call leaves, the first call is made later', 'before launch'),
  {
    name: 'C4: when the answer is lost, the same bytes are sent again, also over a restart',
    async run(world) {
      world.failNext('launch', 'lost after');
      await world.run(world.coordinator(), 5);
      assert.notEqual(world.provider.machines.size, 0);
      await fillsWith(world, 3);
      const bodies = world.provider.launches.map((request) => JSON.stringify(request));
      assert.ok(bodies.length > new Set(bodies).size);
    },
  },
  diesAt('C5: with the answer, before it commits it, nothing is bought twice', 'before launchAnswered'),
  {
    name: 'C5: machines that checked in meanwhile become its own',
    async run(world) {
      await killed(world, 'before launchAnswered');
      world.pass(60);
      await world.boot();
      await fillsWith(world, 3);
    },
  },
  diesAt('C6: after it committed the answer, nothing is left to do', 'after launchAnswered'),
  {
    name: 'C7: after a refusal, before it commits it, the same is asked again',
    async run(world) {
      world.provider.dry.add('on-demand:m7i.large:subnet-a');
      await killed(world, 'before launchFailed');
      await fillsWith(world, 3);
      assert.ok(!world.provider.alive.some(({ subnetId }) => subnetId === 'subnet-a'));
    },
  },
  {
    name: 'C8: with an older copy of the store it takes in what carries its tag, and ends what nobody needs',
    async run(world) {
      await world.run(world.coordinator(), 120);
      const assigned = await world.assign('as-1');
      await world.run(world.coordinator(), 120);
      for (const machine of world.provider.alive) machine.isAssigned = machine.instanceId === assigned;
      // The agent that carries an assignment which the store does not know stays away.
      world.cutOff.add(assigned);
      await world.restore(aPool());
      await world.run(world.coordinator(), 1200);
      assert.equal((await world.status())?.counts.ready, 3);
      assert.ok(aliveIds(world).includes(assigned));
      assert.equal(world.provider.alive.length, 4);
    },
  },
  endsOnce('C9: before a termination, it is asked for later', 'before terminate'),
  endsOnce('C9: after a termination, it happens once', 'after terminate'),
  {
    name: 'C10: when no coordinator comes back, each machine has what powers it off',
    async run(world) {
      await world.run(world.coordinator(), 60);
      for (const { userData } of world.provider.launches) {
        assert.match(userData, /systemd-run .*--on-active=800/);
        assert.match(userData, /\[ -e \/run\/parbake\/checked-in \] \|\| systemctl poweroff/);
      }
      assert.equal(world.provider.launches[0]?.userData, userDataFor('', 200_000));
    },
  },
  {
    name: 'C11: while another one works on the same store, nothing is bought twice',
    async run(world) {
      const [one, other] = [world.coordinator(), world.coordinator()];
      for (let round = 0; round < 40; round++) {
        world.pass(5);
        await world.boot();
        await Promise.all([one.observe(), other.observe()]);
        await Promise.all([one.plan(), other.plan()]);
        const due = [...(await one.due()), ...(await other.due())];
        await Promise.all(due.map(({ launchId }, index) => (index % 2 === 0 ? one : other).launch(launchId)));
      }
      assert.equal(world.provider.machines.size, 3);
    },
  },
  {
    name: 'C12: a call that began before the specification changed is finished, and then replaced',
    async run(world) {
      await killed(world, 'before launch');
      await world.apply(aPool({ imageId: 'ami-2' }));
      await world.run(world.coordinator(), 900);
      const { condition, counts, outdated } = (await world.status()) ?? {};
      assert.deepEqual([condition, counts?.ready, outdated], ['OK', 3, 0]);
      assert.ok(world.provider.alive.every(({ imageId }) => imageId === 'ami-2'));
      assert.equal(world.provider.machines.size, 6);
    },
  },
];

/** Runs one on a world of its own. */
export async function holdsAt(point: CrashPoint): Promise<void> {
  const world = new PoolWorld();
  try {
    await world.apply(aPool());
    await point.run(world);
  } finally {
    await world.close();
  }
}
