import type { Logger } from '../../proto/process/log.ts';
import type { TrustUseCases } from '../store/trust.ts';
import type { KnownSerials } from './active-serials.ts';
import { joinTokenHash, newJoinToken } from './join-token.ts';

/** What operators decide about who is trusted. */
export class TrustOperator {
  readonly #store: TrustUseCases;
  readonly #serials: KnownSerials;
  readonly #logger: Logger;

  constructor(store: TrustUseCases, serials: KnownSerials, logger: Logger) {
    this.#store = store;
    this.#serials = serials;
    this.#logger = logger;
  }

  /** @param instanceId the only one that it admits; empty for any. @returns the token, which is shown once */
  async createJoinToken(instanceId: string, ttlMs: number): Promise<{ token: string; expireTime: number }> {
    const [token, now] = [newJoinToken(), Date.now()];
    const expireTime = now + ttlMs;
    await this.#store.createJoinToken({ hash: joinTokenHash(token) ?? '', instanceId, expireTime }, now);
    this.#logger.info({ instanceId, expires: new Date(expireTime).toISOString() }, 'join token created');
    return { token, expireTime };
  }

  /** Ends the instance's calls at once. @throws ParbakeError INSTANCE_NOT_FOUND */
  async lock(instanceId: string, reason: string): Promise<void> {
    const said = reason === '' ? 'an operator locked it' : reason;
    this.#serials.put(await this.#store.lock(instanceId, said, Date.now()));
    this.#logger.warn({ instanceId, reason: said }, 'instance locked');
  }

  /** @throws ParbakeError INSTANCE_NOT_FOUND */
  async readmit(instanceId: string): Promise<void> {
    this.#serials.put(await this.#store.readmit(instanceId, Date.now()));
    this.#logger.info({ instanceId }, 'instance readmitted');
  }
}
