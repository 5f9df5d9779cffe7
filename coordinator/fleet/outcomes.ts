import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isOver } from '../core/assignment-state.ts';
import type { Assignment } from '../core/model.ts';
import { nobody, type Observer } from '../core/observer.ts';
import type { AssignmentStep, Tenancy } from '../store/agents.ts';
import type { Operated } from '../store/fleet.ts';
import type { Changes } from './changes.ts';
import type { Sessions } from './sessions.ts';

export interface OutcomesParts {
  sessions: Sessions;
  changes: Changes;
  logger: Logger;
  observer?: Observer;
}

/** Tells everybody what was committed: agents what to do, callers how far it is, and the log and the metrics. */
export class Outcomes {
  readonly #sessions: Sessions;
  readonly #changes: Changes;
  readonly #logger: Logger;
  readonly #observer: Observer;

  constructor({ sessions, changes, logger, observer = nobody }: OutcomesParts) {
    this.#sessions = sessions;
    this.#changes = changes;
    this.#logger = logger;
    this.#observer = observer;
  }

  /** Sends each instance what it should do, if its agent is connected. */
  deliver(tenancies: readonly Tenancy[]): void {
    for (const tenancy of tenancies) this.#sessions.get(tenancy.instance.instanceId)?.send(tenancy);
  }

  /** Sends what a session was never sent. */
  deliverMissed(tenancies: readonly Tenancy[]): void {
    for (const tenancy of tenancies) {
      const { instanceId, generation } = tenancy.instance;
      const session = this.#sessions.get(instanceId);
      if (session !== undefined && session.generation < generation) session.send(tenancy);
    }
  }

  /** Instances were taken. The orders are on their way first; what is said about them follows. */
  claimed(tenancies: readonly Tenancy[]): void {
    this.deliver(tenancies);
    for (const { instance, assignment } of tenancies) {
      if (assignment === undefined) continue;
      const { instanceId } = instance;
      const { assignmentId, role, attempt, timings } = assignment;
      this.#changes.assignmentChanged(assignment);
      this.#changes.instanceChanged(instanceId);
      this.#logger.info({ assignmentId, instanceId, attempt }, 'instance assigned');
      const { claimed, queued = 0 } = timings;
      if (claimed !== undefined && attempt === 1) this.#observer.step(role, 'claimed', claimed - queued);
    }
  }

  /** Assignments came further, or ended. */
  stepped(steps: readonly AssignmentStep[]): void {
    for (const { before, after } of steps) {
      this.#changes.assignmentChanged(after);
      if (after.routes.length > 0) this.#changes.routesChanged();
      this.#changes.instanceChanged(before.instanceId);
      this.#tellTimes(before, after);
      this.#tellAttempt(before, after);
      if (isOver(after.state)) {
        const { assignmentId, state } = after;
        this.#logger.info({ assignmentId, state }, 'assignment over');
      }
      if (isEnding(after.state) && !isEnding(before.state)) this.#tellEnd(before, after);
    }
  }

  /** An operator or the provider changed an instance. */
  operated({ tenancy, steps, claimed }: Operated): void {
    this.deliver([tenancy]);
    this.stepped(steps);
    this.claimed(claimed);
    this.#changes.instanceChanged(tenancy.instance.instanceId);
  }

  #tellTimes(before: Assignment, after: Assignment): void {
    const [then, now] = [before.attempts.at(-1)?.timings ?? {}, after.attempts.at(-1)?.timings ?? {}];
    for (const step of ['delivered', 'started', 'ready'] as const) {
      const ms = now[step];
      if (ms !== undefined && then[step] === undefined) this.#observer.step(after.role, step, ms);
    }
    if (before.timings.ready === undefined && after.timings.ready !== undefined) this.#observer.served(after);
  }

  #tellAttempt(before: Assignment, after: Assignment): void {
    const [then, now] = [before.attempts.at(-1), after.attempts.at(-1)];
    const isFailed = now?.outcome === 'FAILED' || now?.outcome === 'UNDELIVERED';
    if (!isFailed || then?.outcome !== 'RUNNING') return;
    const { assignmentId, role } = after;
    const { instanceId, number: attempt, fault, reason } = now;
    this.#logger.warn({ assignmentId, instanceId, reason, fault, attempt }, 'attempt failed');
    this.#observer.attemptFailed(role, reason);
  }

  /** Reports an assignment that ends without ever having served; its caller waited in vain. */
  #tellEnd(before: Assignment, after: Assignment): void {
    const { state, failureReason } = after;
    const hasServed = after.attempts.some(({ timings }) => timings.ready !== undefined);
    if (hasServed || state === 'COMPLETED') return;
    const error =
      state === 'FAILED'
        ? new ParbakeError('ASSIGNMENT_FAILED', failureReason)
        : new ParbakeError('INTERRUPTED', `${state === 'EXPIRED' ? 'expired' : 'released'} before it served`);
    this.#observer.failed({ ...after, instanceId: before.instanceId }, error, Date.now());
  }
}

/** A release is final for the user, although the instance still removes the containers. */
function isEnding(state: Assignment['state']): boolean {
  return state === 'RELEASING' || isOver(state);
}
