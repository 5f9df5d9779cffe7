import { randomUUID } from 'node:crypto';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { pause } from '../../proto/process/tasks.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import type { ProtoTime } from '../../proto/wire/time.ts';
import { idTaken, isSameBoot } from '../core/identity.ts';
import type { Clock, Facts } from '../core/model.ts';
import type { Observed } from '../core/observed.ts';
import { nobody, type Observer } from '../core/observer.ts';
import type { Admitted, AgentUseCases, CheckIn, Tenancy } from '../store/agents.ts';
import type { FleetUseCases } from '../store/fleet.ts';
import type { Peers } from '../store/peers.ts';
import { Admission } from './admission.ts';
import type { Changes } from './changes.ts';
import type { LastOutputs } from './last-outputs.ts';
import { moment } from './moment.ts';
import type { Outcomes } from './outcomes.ts';
import { Session, type SessionChannel, type Sessions } from './sessions.ts';

/** Milliseconds for the way to another coordinator and back. */
const tellingTakes = 1_000;
/** Milliseconds between two looks at what another coordinator found. */
const lookAgain = 100;

export interface DispatcherParts {
  store: AgentUseCases & Pick<FleetUseCases, 'instance'>;
  sessions: Sessions;
  peers: Peers;
  changes: Changes;
  outcomes: Outcomes;
  outputs: LastOutputs;
  logger: Logger;
  observer?: Observer;
}

/** What agents do and are told. The store is the truth; sessions only carry it. */
export class Dispatcher {
  readonly #store: DispatcherParts['store'];
  readonly #sessions: Sessions;
  readonly #peers: Peers;
  readonly #changes: Changes;
  readonly #outcomes: Outcomes;
  readonly #logger: Logger;
  readonly #observer: Observer;
  readonly #outputs: LastOutputs;
  readonly #admission = new Admission();
  /** Sessions that are over while the store does not know it yet. */
  readonly #unclosed = new Set<Session>();

  constructor(parts: DispatcherParts) {
    const { store, sessions, peers, changes, outcomes, outputs, logger, observer = nobody } = parts;
    this.#store = store;
    this.#sessions = sessions;
    this.#peers = peers;
    this.#changes = changes;
    this.#outcomes = outcomes;
    this.#logger = logger;
    this.#observer = observer;
    this.#outputs = outputs;
  }

  /**
   * @param leftMs until the agent gives up
   * @param gone aborts when the agent goes sooner
   * @returns why the instance is QUARANTINED, if it is
   * @throws ParbakeError INSTANCE_ID_TAKEN when another machine has the id; COORDINATOR_BUSY, INTERRUPTED
   */
  async checkIn(
    checkIn: CheckIn,
    leftMs: number,
    gone: AbortSignal,
  ): Promise<{ sessionId: string; tenancy: Tenancy; quarantined: string }> {
    const { instanceId, bakeId } = checkIn.facts;
    const sessionId = randomUUID();
    const { tenancy, steps } = await this.#admit(checkIn, (known) =>
      this.#admission.admit(leftMs, gone, () => this.#store.admit(known, sessionId, moment())),
    );
    const { state, stateReason } = tenancy.instance;
    const isQuarantined = state === 'QUARANTINED';
    if (isQuarantined) this.#logger.warn({ instanceId, reason: stateReason }, 'instance quarantined');
    this.#logger.info({ instanceId, state, bakeId }, 'instance checked in');
    this.#observer.checkedIn();
    this.#outcomes.stepped(steps);
    this.#changes.instanceChanged(instanceId);
    return { sessionId, tenancy, quarantined: isQuarantined ? stateReason : '' };
  }

  /** One instance id is one machine. A second one is refused, and what was refused can be found. */
  async #admit(checkIn: CheckIn, admit: (checkIn: CheckIn) => Promise<Admitted>): Promise<Admitted> {
    const { facts } = checkIn;
    const { instanceId } = facts;
    const present = this.#sessions.get(instanceId);
    try {
      if (present !== undefined && !isSameBoot(present.facts, facts)) {
        const isAlive = await present.answersWithin(deadlines.ping);
        if (isAlive) throw idTaken(present.facts, facts, 'it is connected and answers');
      } else if (present === undefined && this.#peers.replicaId !== '') await this.#doubt(facts);
      return await admit(checkIn);
    } catch (cause) {
      const error = toParbakeError(cause);
      if (error.code === 'INSTANCE_ID_TAKEN') {
        const reason = error.toReason();
        const isNews = await this.#store.noteIdTaken(instanceId, reason, moment());
        if (isNews) this.#logger.error({ instanceId, reason }, 'two machines have one instance id');
        this.#changes.instanceChanged(instanceId);
      }
      throw error;
    }
  }

  /**
   * Has the coordinator that another machine of the same id is connected to look whether that one lives.
   * @throws ParbakeError INSTANCE_ID_TAKEN
   */
  async #doubt(facts: Facts): Promise<void> {
    const { instanceId } = facts;
    const until = moment().steady + deadlines.ping + tellingTakes;
    for (let isTold = false; ; isTold = true) {
      const present = (await this.#store.instance(instanceId))?.instance;
      if (present?.connected !== true || isSameBoot(present.facts, facts)) return;
      if (this.#peers.addressOf(present.sessionReplica) === undefined) return;
      if (moment().steady >= until) throw idTaken(present.facts, facts, 'it is connected and answers');
      if (!isTold) this.#peers.tell({ doubted: [instanceId] });
      await pause(lookAgain, new AbortController().signal);
    }
  }

  /** @throws ParbakeError SESSION_UNKNOWN when the instance did not check in with this id */
  async openSession(
    instanceId: string,
    hello: { sessionId: string; attaches: boolean },
    channel: SessionChannel,
  ): Promise<Session> {
    const { tenancy, claimed } = await this.#store.openSession(instanceId, hello.sessionId, moment());
    const session = new Session(tenancy.instance.facts, hello, channel);
    // What is decided from now on finds the session; what fell between is found by the sweep.
    this.#sessions.open(session);
    session.send(tenancy);
    this.#outcomes.claimed(claimed);
    this.#changes.instanceChanged(instanceId);
    return session;
  }

  async closeSession(session: Session): Promise<void> {
    const { instanceId, sessionId, lastSeenTime } = session;
    this.#sessions.close(session);
    this.#unclosed.add(session);
    const isClosed = await this.#store.closeSession(instanceId, sessionId, lastSeenTime, moment());
    this.#unclosed.delete(session);
    if (isClosed) this.#changes.instanceChanged(instanceId);
  }

  /** Tells the store of sessions that ended while it refused changes. */
  async closeLeftSessions(): Promise<void> {
    for (const session of [...this.#unclosed]) await this.closeSession(session);
  }

  /** Agents whose session is here. */
  get connected(): number {
    return this.#sessions.size;
  }

  /** An agent that reports lives. */
  heard(instanceId: string): void {
    this.#sessions.get(instanceId)?.heard();
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

  /** Where EC2 says that an instance is; nothing without EC2. */
  async addressesOf(instanceId: string): Promise<string[]> {
    const { ec2 } = (await this.#store.instance(instanceId))?.instance ?? {};
    return [ec2?.privateIpv4 ?? '', ec2?.publicIpv4 ?? ''].filter((address) => address !== '');
  }

  /** What a container printed last that failed with its order. */
  noteOutput({ instanceId }: Session, assignmentId: string, text: string): void {
    this.#outputs.note(assignmentId, instanceId, text);
  }

  /** Takes in what an agent sees. Repetitions are normal and change nothing. */
  async observe(session: Session, observed: Observed): Promise<void> {
    const { instanceId } = session;
    const observation = await this.#store.observe(instanceId, observed, moment(), session.sessionId);
    // One that was silent for so long that it was removed checks in again.
    if (observation === undefined)
      throw new ParbakeError('SESSION_UNKNOWN', `instance ${instanceId} is not known any more`);
    const { tenancy, others, steps, claimed } = observation;
    // An instance that is retired hears that nothing points to it any more.
    if (tenancy.instance.generation > session.generation || tenancy.instance.state === 'RETIRED')
      session.send(tenancy);
    this.#outcomes.deliver(others);
    this.#outcomes.stepped(steps);
    this.#outcomes.claimed(claimed);
    this.#changes.instanceChanged(instanceId);
  }
}
