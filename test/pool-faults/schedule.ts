import { ProviderError, type Provider } from '../../coordinator/core/pool/provider.ts';
import type { PoolRounds } from '../../coordinator/pools/pool-rounds.ts';
import type { Fault } from '../fakes/memory-provider.ts';
import { aPool } from '../support/pool-builders.ts';
import { PoolWorld } from '../support/pool-world.ts';
import { aRole } from '../support/store-builders.ts';
import type { Mutant } from './mutants.ts';
import { randomOf } from '../../coordinator/core/pool/seeded-random.ts';

/** Machines that may be alive at once. */
const max = 12;
const zones = ['subnet-a', 'subnet-b', 'subnet-c'];
/** Seconds with faults, and then without. */
const phases = { faulty: 1_000, quiet: 1_800 };
/** Seconds from one step to the next when nothing goes wrong. */
const quietStep = 10;

export interface Ran {
  violations: string[];
  launched: number;
  /** Machines that ever had a user. */
  used: number;
}

/** One coordinator: loops that go on one call at a time, in whatever order, until it dies. */
class Coordinator {
  /** Calls that wait to go on. */
  readonly #parked: (() => void)[] = [];
  #isDead = false;

  /** @param failed is told of what no round may throw */
  constructor(world: PoolWorld, mutant: Mutant | undefined, failed: (cause: unknown) => void) {
    const rounds = world.coordinator(() => this.#park(), mutant);
    const loops = [
      () => rounds.plan(),
      () => this.#launch(rounds),
      () => rounds.observe(),
      () => rounds.end(),
    ];
    for (const work of loops) void this.#loop(work).catch(failed);
  }

  die(): void {
    this.#isDead = true;
    this.#parked.length = 0;
  }

  /** Lets one call go on. */
  step(random: number): void {
    this.#parked.splice(Math.floor(random * this.#parked.length), 1)[0]?.();
  }

  async #launch(rounds: PoolRounds): Promise<void> {
    const [first] = await rounds.due();
    if (first !== undefined) await rounds.launch(first.launchId);
  }

  async #loop(work: () => Promise<unknown>): Promise<never> {
    for (;;) {
      await this.#park();
      await work().catch((cause: unknown) => {
        if (!(cause instanceof ProviderError)) throw cause;
      });
    }
  }

  /** Never fulfilled once it is dead. */
  #park(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#isDead) this.#parked.push(resolve);
    });
  }
}

/** A schedule of kills, faults, users and changes that is the same for the same seed. */
export async function runSchedule(seed: number, mutant?: Mutant): Promise<Ran> {
  const world = new PoolWorld();
  try {
    return await new Schedule(world, seed, mutant).run();
  } finally {
    await world.close();
  }
}

class Schedule {
  readonly #world: PoolWorld;
  readonly #random: () => number;
  readonly #mutant: Mutant | undefined;
  readonly #violations: string[] = [];
  readonly #joined = new Set<string>();
  /** Machines with a user now, and ever. */
  readonly #users = new Set<string>();
  readonly #used = new Set<string>();
  #coordinators: Coordinator[] = [];
  #downFor = 0;
  #image = 1;
  #target = 6;

  constructor(world: PoolWorld, seed: number, mutant: Mutant | undefined) {
    this.#world = world;
    this.#random = randomOf(seed);
    this.#mutant = mutant;
    const { provider } = world;
    const terminate = provider.terminate.bind(provider);
    provider.terminate = async (ids) => {
      for (const id of ids) if (this.#users.has(id)) this.#violated(`${id} ended under its user`);
      await terminate(ids);
    };
    const launch: Provider['launch'] = provider.launch.bind(provider);
    provider.launch = async (request) => {
      try {
        return await launch(request);
      } finally {
        if (provider.alive.length > max) this.#violated(`${provider.alive.length} machines are alive`);
      }
    };
  }

  async run(): Promise<Ran> {
    await this.#world.store.applyRoles([aRole('web')]);
    await this.#apply();
    this.#start();
    this.#world.fault = (action) => this.#fault(action);
    this.#world.claimed = (instanceIds) => {
      for (const taken of instanceIds) this.#took(taken);
    };
    for (let step = 0; step < phases.faulty; step++) {
      await this.#step(1);
      await this.#trouble();
    }
    this.#world.fault = undefined;
    this.#world.provider.dry.clear();
    this.#target = 6;
    await this.#apply();
    for (let step = 0; step < phases.quiet / quietStep; step++) await this.#step(quietStep);
    await this.#check();
    return {
      violations: this.#violations,
      launched: this.#world.provider.machines.size,
      used: this.#used.size,
    };
  }

  #start(): void {
    const failed = (cause: unknown): void => this.#violated(`a round threw ${String(cause)}`);
    this.#coordinators = [0, 1].map(() => new Coordinator(this.#world, this.#mutant, failed));
  }

  async #apply(): Promise<void> {
    const replace = { bootTimeout: 120_000, prepareTimeout: 60_000 };
    const idle = { target: this.#target };
    await this.#world.apply(aPool({ max, idle, replace, imageId: `ami-${this.#image}` }));
  }

  #fault(action: string): Fault | undefined {
    const drawn = this.#random();
    if (drawn < 0.06) return 'throttled';
    if (drawn < 0.12) return 'lost before';
    if (drawn < 0.22) return 'lost after';
    if (action !== 'list' || drawn > 0.34) return undefined;
    return drawn < 0.3 ? 'stale' : 'missing page';
  }

  /** What people, the provider and the machine of the coordinator do. */
  async #trouble(): Promise<void> {
    const random = this.#random;
    if (this.#downFor === 0 && random() < 0.01) {
      for (const coordinator of this.#coordinators) coordinator.die();
      this.#coordinators = [];
      this.#downFor = 1 + Math.floor(random() * 30);
    }
    const zone = zones[Math.floor(random() * zones.length)] ?? '';
    const { dry } = this.#world.provider;
    const key = `on-demand:m7i.large:${zone}`;
    if (random() < 0.004 && !dry.delete(key)) dry.add(key);
    const isChanged = random() < 0.008;
    if (isChanged && random() < 0.3) this.#image += 1;
    if (isChanged) this.#target = 1 + Math.floor(random() * 7);
    if (isChanged) await this.#apply();
  }

  async #step(seconds: number): Promise<void> {
    this.#world.pass(seconds);
    if (this.#downFor > 0) {
      this.#downFor = Math.max(0, this.#downFor - seconds);
      if (this.#downFor === 0) this.#start();
    }
    for (let turn = 0; turn < (seconds === 1 ? 4 : 16); turn++) {
      const { length } = this.#coordinators;
      this.#coordinators[Math.floor(this.#random() * length)]?.step(this.#random());
      await new Promise(setImmediate);
    }
    if (this.#coordinators.length > 0) await this.#machines(seconds);
  }

  /** Agents check in, users come and go. */
  async #machines(seconds: number): Promise<void> {
    const world = this.#world;
    for (const { instanceId, launchTime } of world.provider.alive) {
      if (this.#joined.has(instanceId) || world.at.now - launchTime < 40_000) continue;
      this.#joined.add(instanceId);
      if (this.#random() > 0.03) for (const taken of await world.join(instanceId)) this.#took(taken);
    }
    // When it is quiet nobody comes any more, so that the pool can be full.
    if (seconds === 1 && this.#random() < 0.03) {
      const taken = await world.assign(`as-${this.#used.size}-${world.at.now}`);
      if (taken !== '') this.#took(taken);
    }
    for (const instanceId of this.#users) {
      if (this.#random() > 0.01 * seconds) continue;
      this.#users.delete(instanceId);
      for (const taken of await world.leave(instanceId)) this.#took(taken);
    }
  }

  #took(instanceId: string): void {
    this.#users.add(instanceId);
    this.#used.add(instanceId);
  }

  #violated(what: string): void {
    if (this.#violations.length < 5) this.#violations.push(what);
  }

  async #check(): Promise<void> {
    // A call that is under way owns what it launches.
    for (let step = 0; step < 100 && (await this.#world.isLaunching()); step++) await this.#step(quietStep);
    for (const id of await this.#world.unowned()) this.#violated(`${id} runs and nobody owns it`);
    for (const id of this.#users)
      if (this.#world.provider.machines.get(id)?.state === 'terminated')
        this.#violated(`${id} lost its user`);
    // A machine in 33 never checks in, and is replaced after its timeout.
    for (let step = 0; step < 100 && (await this.#missing()) > 0; step++) await this.#step(quietStep);
    const missing = await this.#missing();
    if (missing > 0)
      this.#violated(`${missing} never ready again: ${(await this.#world.status())?.condition}`);
  }

  async #missing(): Promise<number> {
    return this.#target - ((await this.#world.status())?.counts.ready ?? 0);
  }
}
