import type { Logger } from '../../proto/process/log.ts';
import type { FleetUseCases, Operated } from '../store/fleet.ts';
import type { Tenancy } from '../store/agents.ts';
import { moment } from './moment.ts';
import type { Outcomes } from './outcomes.ts';

export interface OperatorParts {
  store: Pick<FleetUseCases, 'drain' | 'retire' | 'clearQuarantine'>;
  outcomes: Outcomes;
  logger: Logger;
}

/** What operators do to instances. Each is an event of the instance. */
export class Operator {
  readonly #parts: OperatorParts;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  /** @throws ParbakeError INSTANCE_NOT_FOUND, ILLEGAL_TRANSITION, as all of this class */
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
