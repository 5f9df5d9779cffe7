import type { Assignment } from '../core/model.ts';
import type { Secrets } from './secrets.ts';
import type { OrderContent, Vault } from './vault.ts';

/** What orders set, as their instances get it: opened, and with secrets in place of references. */
export class OrderContents {
  readonly #vault: Vault;
  readonly #secrets: Secrets;

  constructor(vault: Vault, secrets: Secrets) {
    this.#vault = vault;
    this.#secrets = secrets;
  }

  /**
   * @returns a promise only where a secret has to be fetched
   * @throws ParbakeError STORE_KEY_INVALID and what `Secrets.resolve` throws; also as a rejection
   */
  of(assignment: Assignment): OrderContent | Promise<OrderContent> {
    const { assignmentId, role, owner } = assignment;
    const { env, files } = this.#vault.open(assignmentId, assignment);
    const resolved = this.#secrets.resolve({ role, owner, env });
    return resolved instanceof Promise
      ? resolved.then((values) => ({ env: values, files }))
      : { env: resolved, files };
  }
}
