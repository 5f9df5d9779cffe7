import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { AppliedRole, FleetUseCases, Operated } from '../store/fleet.ts';
import type { Tenancy } from '../store/agents.ts';
import { moment } from './moment.ts';
import type { Outcomes } from './outcomes.ts';

export interface OperatorParts {
  store: Pick<FleetUseCases, 'drain' | 'retire' | 'clearQuarantine' | 'applyRoles' | 'deleteRole'>;
  outcomes: Outcomes;
  logger: Logger;
}

/** What operators change. Each is a line of the log, and what changes an instance is an event of it. */
export class Operator {
  readonly #parts: OperatorParts;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  async applyRoles(roles: readonly AppliedRole[]): Promise<void> {
    const { store, logger } = this.#parts;
    await store.applyRoles(roles);
    logger.info({ action: 'roles applied', roles: roles.map(({ name }) => name) }, 'changed by an operator');
  }

  /** @throws ParbakeError ROLE_UNKNOWN */
  async deleteRole(name: string): Promise<void> {
    const { store, logger } = this.#parts;
    if (!(await store.deleteRole(name)))
      throw new ParbakeError('ROLE_UNKNOWN', `no role "${name}" was applied`);
    logger.info({ action: 'role deleted', roles: [name] }, 'changed by an operator');
  }

  /** @throws ParbakeError INSTANCE_NOT_FOUND, ILLEGAL_TRANSITION, as all that follow */
  async drain(instanceId: string): Promise<Tenancy> {
    return this.#tell('drained', await this.#parts.store.drain(instanceId, moment()));
  }

  async retire(instanceId: string, isLost: boolean): Promise<Tenancy> {
    return this.#tell(
      isLost ? 'lost' : 'retired',
      await this.#parts.store.retire(instanceId, isLost, moment()),
    );
  }

  async clearQuarantine(instanceId: string): Promise<Tenancy> {
    return this.#tell('quarantine cleared', await this.#parts.store.clearQuarantine(instanceId, moment()));
  }

  #tell(action: string, operated: Operated): Tenancy {
    const { outcomes, logger } = this.#parts;
    const { instanceId, state } = operated.tenancy.instance;
    logger.info({ instanceId, state, action }, 'changed by an operator');
    outcomes.operated(operated);
    return operated.tenancy;
  }
}
