import { ParbakeError } from '../../proto/errors/errors.ts';
import { Pace } from './pace.ts';

/** A storm of one instance's own making: after a failure its agent waits for longer than this. */
const checkIns = { perSecond: 1, burst: 20 };
/** What an agent says in its session, heartbeats too: it gathers changes, and beats every ten seconds. */
const messages = { perSecond: 50, burst: 200 };
/** What it sees, which is a transaction each. An order takes four, and preparations change a few times a second. */
const observed = { perSecond: 20, burst: 60 };
/** Spans, samples and whatever else it reports. A boot has some hundred, and after an outage its spool has thousands. */
const reported = { perSecond: 200, burst: 20_000 };

/** Milliseconds between two looks at whose budgets are whole again. */
const forgetEvery = 60_000;

/** What one instance may have of the coordinator, over all of its connections. */
export class AgentBudget {
  readonly #checkIns = new Pace(checkIns);
  readonly messages = new Pace(messages);
  readonly observed = new Pace(observed);
  readonly reported = new Pace(reported);

  get isWhole(): boolean {
    return [this.#checkIns, this.messages, this.observed, this.reported].every(({ isRested }) => isRested);
  }

  /** @throws ParbakeError COORDINATOR_BUSY, with the time to wait */
  checkIn(instanceId: string): void {
    const retryAfterMs = Math.ceil(this.#checkIns.wait);
    if (retryAfterMs > 0)
      throw new ParbakeError(
        'COORDINATOR_BUSY',
        `${instanceId} checks in more than once a second: ask again in ${Math.ceil(retryAfterMs / 1000)} s`,
        { retryAfterMs },
      );
    this.#checkIns.note(1);
  }
}

/** Whoever sends more than an agent does waits for it alone: nobody else is served later. */
export class AgentBudgets {
  readonly #budgets = new Map<string, AgentBudget>();
  #forgotAt = performance.now();

  /** Instances that are remembered; for tests. */
  get size(): number {
    return this.#budgets.size;
  }

  of(instanceId: string): AgentBudget {
    this.#forget();
    const known = this.#budgets.get(instanceId) ?? new AgentBudget();
    this.#budgets.set(instanceId, known);
    return known;
  }

  /** A session keeps the budget that it began with. */
  #forget(): void {
    const now = performance.now();
    if (now - this.#forgotAt < forgetEvery) return;
    this.#forgotAt = now;
    for (const [instanceId, budget] of this.#budgets) if (budget.isWhole) this.#budgets.delete(instanceId);
  }
}
