import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { poolNotFound } from '../core/not-found.ts';
import type { AppliedPool, Expectation, KnownPool, PoolUseCases } from '../store/pools.ts';

export interface PoolOperatorParts {
  store: Pick<PoolUseCases, 'applyPools' | 'pools' | 'pausePool' | 'deletePool' | 'expectDemand'>;
  /** Something is there to launch machines. */
  hasProvider: boolean;
  /** Makes a name for this store, by which the provider's list shows its machines. */
  newFleetId: () => string;
  /** A plan is due. */
  changed: () => void;
  logger: Logger;
}

/** What operators change about pools. Each is a line of the log. */
export class PoolOperator {
  readonly #parts: PoolOperatorParts;

  constructor(parts: PoolOperatorParts) {
    this.#parts = parts;
  }

  /** @throws ParbakeError PROVIDER_MISSING */
  async apply(pools: readonly AppliedPool[], isTrial: boolean): Promise<KnownPool[]> {
    const { store, hasProvider, newFleetId } = this.#parts;
    if (!hasProvider)
      throw new ParbakeError('PROVIDER_MISSING', 'this coordinator has no provider that launches machines');
    const names = pools.map(({ spec }) => spec.name);
    if (isTrial) return pools.map(({ spec }) => ({ spec, isDeleted: false }));
    await store.applyPools(pools, newFleetId());
    this.#tell('pools applied', names);
    const known = new Map((await store.pools()).map((pool) => [pool.spec.name, pool]));
    return names.flatMap((name) => known.get(name) ?? []);
  }

  async list(): Promise<KnownPool[]> {
    return await this.#parts.store.pools();
  }

  /** @throws ParbakeError POOL_NOT_FOUND, as all that follow */
  async get(name: string): Promise<KnownPool> {
    const found = (await this.list()).find(({ spec }) => spec.name === name);
    if (found === undefined) throw poolNotFound(name);
    return found;
  }

  async pause(name: string, reason: string): Promise<void> {
    if (!(await this.#parts.store.pausePool(name, reason))) throw poolNotFound(name);
    this.#tell('pool paused', [name]);
  }

  async resume(name: string): Promise<void> {
    if (!(await this.#parts.store.pausePool(name, ''))) throw poolNotFound(name);
    this.#tell('pool resumed', [name]);
  }

  async delete(name: string): Promise<void> {
    if (!(await this.#parts.store.deletePool(name))) throw poolNotFound(name);
    this.#tell('pool deleted', [name]);
  }

  async expect(expectation: Expectation): Promise<void> {
    if (!(await this.#parts.store.expectDemand(expectation))) throw poolNotFound(expectation.pool);
    this.#tell('demand announced', [expectation.pool]);
  }

  #tell(action: string, pools: readonly string[]): void {
    const { logger, changed } = this.#parts;
    logger.info({ action, pools }, 'changed by an operator');
    changed();
  }
}
