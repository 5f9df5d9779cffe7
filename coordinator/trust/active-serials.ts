import type { Logger } from '../../proto/process/log.ts';
import { activated, type Trust } from '../core/trust.ts';
import type { TrustUseCases } from '../store/trust.ts';

/**
 * Which certificate of each instance is the valid one, in memory: every call asks. What is decided is first in the store
 * and then here.
 */
export class KnownSerials {
  readonly #store: Pick<TrustUseCases, 'activate' | 'trust' | 'trusts'>;
  readonly #logger: Logger;
  readonly #known: Map<string, Trust>;
  /** Called after a certificate ended to be valid: calls that are open may have been made with it. */
  onRevoked: () => void = () => {};
  /** Called after something was decided here. */
  onDecided: (instanceId: string) => void = () => {};

  private constructor(
    store: Pick<TrustUseCases, 'activate' | 'trust' | 'trusts'>,
    known: readonly Trust[],
    logger: Logger,
  ) {
    this.#store = store;
    this.#logger = logger;
    this.#known = new Map(known.map((trust) => [trust.instanceId, trust]));
  }

  static async load(store: TrustUseCases, logger: Logger): Promise<KnownSerials> {
    return new KnownSerials(store, await store.trusts(), logger);
  }

  /** The first use of a renewed certificate makes it the active one. */
  isActive(instanceId: string, serial: string): boolean {
    const trust = this.#known.get(instanceId);
    if (trust === undefined || trust.state === 'LOCKED' || serial === '') return false;
    if (trust.activeSerial === serial) return true;
    const next = activated(trust, serial);
    if (next === undefined) return false;
    this.#known.set(instanceId, next);
    // Until it is stored, a restart would accept both certificates, as before this call.
    this.#store.activate(instanceId, serial).then(
      () => this.onDecided(instanceId),
      (cause: unknown) => {
        this.#logger.error({ err: cause, instanceId }, 'cannot store which certificate is valid');
      },
    );
    // Not within the call that asks: it is one of those that are open.
    queueMicrotask(() => this.onRevoked());
    return true;
  }

  /** Whether the instance has proved who it is, and was not locked since. */
  hasProved(instanceId: string): boolean {
    const trust = this.#known.get(instanceId);
    return trust !== undefined && trust.state !== 'LOCKED';
  }

  /** What was decided last about an instance. */
  put(trust: Trust): void {
    this.#remember(trust);
    this.onDecided(trust.instanceId);
  }

  /** Reads again what another coordinator decided. @param instanceId absent: about all of them */
  async readAgain(instanceId?: string): Promise<void> {
    const read =
      instanceId === undefined ? await this.#store.trusts() : [await this.#store.trust(instanceId)];
    for (const trust of read) if (trust !== undefined) this.#remember(trust);
  }

  #remember(trust: Trust): void {
    const before = this.#known.get(trust.instanceId);
    this.#known.set(trust.instanceId, trust);
    if (before !== undefined && before.activeSerial !== trust.activeSerial) this.onRevoked();
  }
}
