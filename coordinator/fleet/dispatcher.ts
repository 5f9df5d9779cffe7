import { randomUUID } from 'node:crypto';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { ProtoTime } from '../../proto/wire/time.ts';
import { isOver } from '../core/assignment-state.ts';
import type { Clock } from '../core/model.ts';
import type { Observed } from '../core/observed.ts';
import { nobody, type Observer } from '../core/observer.ts';
import type { AgentUseCases, CheckIn, OrderChange, Tenancy } from '../store/agents.ts';
import type { FleetUseCases } from '../store/fleet.ts';
import type { Changes } from './changes.ts';
import { moment } from './moment.ts';
import { Session, type SessionChannel, type Sessions } from './sessions.ts';

/** Tells agents what was decided for their instances. */
export interface Deliveries {
  /** Sends each instance what it should do, if its agent is connected. Call it once that is durable. */
  deliver(tenancies: readonly Tenancy[]): void;
}

export interface DispatcherParts {
  store: AgentUseCases & Pick<FleetUseCases, 'instance'>;
  sessions: Sessions;
  changes: Changes;
  logger: Logger;
  observer?: Observer;
}

/** What agents do and are told. The store is the truth; sessions only carry it. */
export class Dispatcher implements Deliveries {
  readonly #store: DispatcherParts['store'];
  readonly #sessions: Sessions;
  readonly #changes: Changes;
  readonly #logger: Logger;
  readonly #observer: Observer;

  constructor({ store, sessions, changes, logger, observer = nobody }: DispatcherParts) {
    this.#store = store;
    this.#sessions = sessions;
    this.#changes = changes;
    this.#logger = logger;
    this.#observer = observer;
  }

  /** @returns why the instance is QUARANTINED, if it is */
  async checkIn(checkIn: CheckIn): Promise<{ sessionId: string; tenancy: Tenancy; quarantined: string }> {
    const { instanceId, bakeId } = checkIn.facts;
    const sessionId = randomUUID();
    const tenancy = await this.#store.admit(checkIn, sessionId, Date.now());
    const { state, stateReason } = tenancy.instance;
    const isQuarantined = state === 'QUARANTINED';
    if (isQuarantined) this.#logger.warn({ instanceId, reason: stateReason }, 'instance quarantined');
    this.#logger.info({ instanceId, state, bakeId }, 'instance checked in');
    this.#observer.checkedIn();
    this.#changes.instanceChanged(instanceId);
    return { sessionId, tenancy, quarantined: isQuarantined ? stateReason : '' };
  }

  /** @throws ParbakeError SESSION_UNKNOWN when the instance did not check in with this id */
  async openSession(instanceId: string, sessionId: string, channel: SessionChannel): Promise<Session> {
    const session = new Session(instanceId, sessionId, channel);
    const { tenancy, claimed } = await this.#store.openSession(instanceId, sessionId, Date.now());
    // Nothing else runs between the commit's answer and this: whatever is decided from now on finds the session.
    this.#sessions.open(session);
    session.send(tenancy);
    this.#announce(claimed);
    this.#changes.instanceChanged(instanceId);
    return session;
  }

  async closeSession(session: Session): Promise<void> {
    const { instanceId, sessionId, lastSeenTime } = session;
    this.#sessions.close(session);
    const isClosed = await this.#store.closeSession(instanceId, sessionId, lastSeenTime);
    if (isClosed) this.#changes.instanceChanged(instanceId);
  }

  /** Answers a heartbeat, and says again what should be done when the agent has not got that far. */
  async heartbeat(session: Session, observedGeneration: number, sendTime: ProtoTime | null): Promise<void> {
    session.acknowledge(sendTime);
    if (observedGeneration >= session.generation) return;
    const tenancy = await this.#store.instance(session.instanceId);
    if (tenancy !== undefined) session.send(tenancy);
  }

  /** Its agent measured how its clock stands to ours. */
  async measureClock(instanceId: string, clock: Clock): Promise<void> {
    await this.#store.measureClock(instanceId, clock, Date.now());
  }

  /** Takes in what an agent sees. Repetitions are normal and change nothing. */
  async observe(session: Session, observed: Observed): Promise<void> {
    const { instanceId } = session;
    const observation = await this.#store.observe(instanceId, observed, moment());
    // One that was silent for so long that it was removed checks in again.
    if (observation === undefined)
      throw new ParbakeError('SESSION_UNKNOWN', `instance ${instanceId} is not known any more`);
    const { tenancy, change, claimed } = observation;
    if (tenancy.instance.generation > session.generation) session.send(tenancy);
    if (change !== undefined) this.#tell(change);
    this.#announce(claimed);
    this.#changes.instanceChanged(instanceId);
  }

  deliver(tenancies: readonly Tenancy[]): void {
    for (const tenancy of tenancies) this.#sessions.get(tenancy.instance.instanceId)?.send(tenancy);
  }

  #announce(claimed: readonly Tenancy[]): void {
    this.deliver(claimed);
    for (const { instance, assignment } of claimed) {
      if (assignment === undefined) continue;
      const { instanceId } = instance;
      const { assignmentId, role, attempt, timings } = assignment;
      this.#logger.info({ assignmentId, instanceId, attempt }, 'instance assigned');
      if (timings.claimed !== undefined) this.#observer.step(role, 'claimed', timings.claimed);
      this.#changes.assignmentChanged(assignment);
      this.#changes.instanceChanged(instanceId);
    }
  }

  #tell({ kind, before, after }: OrderChange): void {
    const { assignmentId, instanceId, attempt, role } = before;
    this.#changes.assignmentChanged(after);
    if (kind === 'failed') {
      const reason = after.failureReason;
      this.#logger.warn({ assignmentId, instanceId, reason, attempt }, 'attempt failed');
      this.#observer.attemptFailed(role, reason);
      if (after.state === 'FAILED')
        this.#observer.failed(
          { ...after, instanceId },
          new ParbakeError('ASSIGNMENT_FAILED', reason),
          Date.now(),
        );
    }
    for (const step of ['delivered', 'started', 'ready'] as const) {
      const ms = after.timings[step];
      if (ms !== undefined && before.timings[step] === undefined) this.#observer.step(role, step, ms);
    }
    if (before.timings.ready === undefined && after.timings.ready !== undefined) this.#observer.served(after);
    if (isOver(after.state)) this.#logger.info({ assignmentId, state: after.state }, 'assignment over');
  }
}
