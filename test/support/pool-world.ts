import type { Facts, Moment } from '../../coordinator/core/model.ts';
import { ProviderError, type Machine, type Provider } from '../../coordinator/core/pool/provider.ts';
import { PoolRounds } from '../../coordinator/pools/pool-rounds.ts';
import { ImageRounds } from '../../coordinator/pools/image-rounds.ts';
import type { ImageUseCases } from '../../coordinator/store/images.ts';
import { commandsOf, type CommandName } from '../../coordinator/store/sql/commands.ts';
import { SqliteDatabase } from '../../coordinator/store/sqlite/database.ts';
import { migrations } from '../../coordinator/store/sqlite/migrations.ts';
import type { AppliedPool, PoolUseCases } from '../../coordinator/store/pools.ts';
import type { UseCases } from '../../coordinator/store/store.ts';
import { runBatch } from '../../coordinator/store/threads/batch.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { pino } from 'pino';
import type { Operated } from '../../coordinator/store/fleet.ts';
import { MemoryProvider, type Action, type Fault } from '../fakes/memory-provider.ts';
import { aCheckIn, anObserved, aRequest } from './store-builders.ts';

/** A store of our own kind in this thread: every call is a transaction of its own, one after the other. */
function storeInProcess(): { store: UseCases; close: () => Promise<void> } {
  const db = SqliteDatabase.writer(':memory:', migrations);
  const commands = commandsOf(db, () => 0);
  let last: Promise<unknown> = Promise.resolve();
  const call = async (name: CommandName, args: readonly unknown[]): Promise<unknown> => {
    const [answer] = await runBatch(db, commands, [{ id: 0, name, args }]);
    if (answer === undefined || 'failure' in answer) {
      const { code = 'INTERNAL', message = 'no answer' } = answer?.failure ?? {};
      throw new ParbakeError(code, message);
    }
    return answer.result;
  };
  const inTurn = (name: CommandName, args: readonly unknown[]): Promise<unknown> => {
    const next = last.then(() => call(name, args));
    last = next.catch(() => {});
    return next;
  };
  const names = Object.keys(commands) as CommandName[];
  const calls = names.map((name) => [name, (...args: unknown[]) => inTurn(name, args)]);
  return { store: Object.fromEntries(calls) as UseCases, close: () => db.close() };
}

/** Is told of every call of a coordinator's to its store and its provider, before and after it. */
export type Passing = (point: string) => Promise<void>;

interface Changed {
  provider?: (provider: Provider) => Provider;
  store?: (store: PoolUseCases, provider: Provider) => Partial<PoolUseCases>;
}

/** One store, one provider and a clock; coordinators come and go, and machines boot. */
export class PoolWorld {
  readonly provider: MemoryProvider;
  store: UseCases;
  close: () => Promise<void>;
  /** Seconds that a machine takes from its launch to its check-in. */
  bootSeconds = 40;
  /** What a builder says before it powers itself off; undefined while it bakes. */
  said: string | undefined = 'sealed';
  /** What agents tell of their machines. */
  told: (machine: Machine) => Partial<Facts> = ({ imageId }) => ({ imageId });
  /** Machines whose agents reach nobody. */
  readonly cutOff = new Set<string>();
  /** The call whose answers go wrong next, by action; or one function for all. */
  fault: ((action: Action) => Fault | undefined) | undefined;
  /** Is told which instances a listing took for who waited. */
  claimed: (instanceIds: string[]) => void = () => {};
  #now = 1_000_000_000_000;
  #ids = 0;

  /** @param place where everything is kept; in memory unless said otherwise */
  constructor(place: Pick<PoolWorld, 'store' | 'close'> = storeInProcess()) {
    ({ store: this.store, close: this.close } = place);
    this.provider = new MemoryProvider({ now: () => this.#now, fault: (action) => this.fault?.(action) });
  }

  get at(): Moment {
    return { now: this.#now, steady: this.#now };
  }

  pass(seconds: number): void {
    this.#now += seconds * 1000;
  }

  /** The wrong answer of the next call of one action. */
  failNext(action: Action, fault: Fault): void {
    this.fault = (called) => {
      if (called !== action) return undefined;
      this.fault = undefined;
      return fault;
    };
  }

  /** The store is an older copy, from before anything was launched. */
  async restore(...pools: AppliedPool[]): Promise<void> {
    await this.close();
    ({ store: this.store, close: this.close } = storeInProcess());
    await this.apply(...pools);
  }

  async apply(...pools: AppliedPool[]): Promise<void> {
    await this.store.applyPools(pools, 'fleet-1');
  }

  /**
   * A coordinator that just started.
   * @param passing may throw or never resolve: then it dies there
   * @param changed what works otherwise than it should
   */
  coordinator(
    passing: Passing = async () => {},
    { provider: wrap = (provider) => provider, store: change = () => ({}) }: Changed = {},
  ): PoolRounds {
    const provider = watched<Provider>(wrap(this.provider), passing);
    const store = watched<PoolUseCases>(this.store, passing);
    return new PoolRounds({
      store: overridden(store, change(store, provider)),
      provider,
      concluded: (operated) => this.claimed(claimedBy(operated)),
      logger: silent,
      moment: () => this.at,
      newId: () => `id-${++this.#ids}`,
      random: () => 0.5,
      settling: 0,
    });
  }

  /** Every agent whose machine has booted checks in, and is READY. Builders do their work. */
  async boot(): Promise<void> {
    for (const { instanceId, launchTime, specHash, pool, state } of this.provider.alive) {
      const isUp = this.#now - launchTime >= this.bootSeconds * 1000;
      if (!isUp || this.cutOff.has(instanceId)) continue;
      if (specHash === 'builder') {
        if (state === 'running' && this.said !== undefined)
          this.provider.powerOff(instanceId, `boot\nparbake-${pool.replace('/', ' ')} ${this.said}\nbye`);
        continue;
      }
      if ((await this.store.instance(instanceId))?.instance.connected !== true) await this.join(instanceId);
    }
  }

  /** One agent checks in, and is READY. @returns the instances that were taken for who waited */
  async join(instanceId: string): Promise<string[]> {
    const session = `session-${instanceId}`;
    const machine = this.provider.machines.get(instanceId);
    const facts = machine === undefined ? {} : this.told(machine);
    await this.store.admit(aCheckIn(instanceId, { facts }), session, this.at);
    const { claimed } = await this.store.openSession(instanceId, session, this.at);
    const observed = await this.store.observe(instanceId, anObserved(), this.at);
    return [...claimed, ...(observed?.claimed ?? [])].map(({ instance }) => instance.instanceId);
  }

  /** An instance is lost, and its user moves to another one if there is one. @returns the instances that were taken */
  async leave(instanceId: string): Promise<string[]> {
    await this.store.closeSession(instanceId, `session-${instanceId}`, this.#now, this.at);
    return claimedBy(await this.store.retire(instanceId, true, this.at));
  }

  /** These agents fall silent. */
  async cut(instanceIds: Iterable<string>): Promise<void> {
    for (const id of instanceIds) {
      this.cutOff.add(id);
      await this.store.closeSession(id, `session-${id}`, this.#now, this.at);
    }
  }

  async assign(assignmentId: string): Promise<string> {
    const { assignment } = await this.store.request(aRequest(assignmentId, { received: this.at }));
    return assignment.instanceId;
  }

  /** The image builds of a coordinator that just started. */
  builds(passing: Passing = async () => {}): ImageRounds {
    return new ImageRounds({
      store: watched<ImageUseCases>(this.store, passing),
      provider: watched<Provider>(this.provider, passing),
      logger: silent,
      moment: () => this.at,
      newId: () => `id-${++this.#ids}`,
    });
  }

  /** Seconds pass, and a coordinator does everything that is due in each of them. */
  async run(rounds: PoolRounds, seconds: number, step = 5, builds?: ImageRounds): Promise<void> {
    for (let passed = 0; passed < seconds; passed += step) {
      this.pass(step);
      await this.boot();
      await orLater(rounds.observe());
      await rounds.plan();
      if (builds !== undefined) await orLater(builds.build());
      for (const { launchId } of await rounds.due()) await rounds.launch(launchId);
      await orLater(rounds.end());
    }
  }

  async status(name = 'web') {
    const pools = await this.store.pools();
    return pools.find(({ spec }) => spec.name === name)?.status;
  }

  /** A call has no answer yet. */
  async isLaunching(): Promise<boolean> {
    const views = await this.store.poolViews(this.at);
    return views?.pools.some(({ open }) => open.length > 0) ?? false;
  }

  /** Machines that run and that no row of the store would ever end or use. */
  async unowned(): Promise<string[]> {
    const views = await this.store.poolViews(this.at);
    const all = views?.pools.flatMap(({ machines }) => machines) ?? [];
    const owned = new Set(all.map(({ instanceId }) => instanceId));
    return this.provider.alive.map(({ instanceId }) => instanceId).filter((id) => !owned.has(id));
  }
}

function claimedBy({ claimed }: Operated): string[] {
  return claimed.map(({ instance }) => instance.instanceId);
}

const silent = pino({ level: 'silent' });

/** A store some of whose use cases are replaced. */
function overridden(store: PoolUseCases, changes: Partial<PoolUseCases>): PoolUseCases {
  return new Proxy(store, {
    get: (target, name): unknown => Reflect.get(changes, name) ?? Reflect.get(target, name),
  });
}

/** A provider that does not answer is asked again in the next round. */
async function orLater(work: Promise<unknown>): Promise<void> {
  await work.catch((cause: unknown) => {
    if (!(cause instanceof ProviderError)) throw cause;
  });
}

/** Lets somebody stop a program before and after each of its calls. */
function watched<T extends object>(port: T, passing: Passing): T {
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]): Promise<unknown> => {
        await passing(`before ${String(name)}`);
        const result: unknown = await Reflect.apply(method, target, args);
        await passing(`after ${String(name)}`);
        return result;
      };
    },
  });
}
