import { randomUUID } from 'node:crypto';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { ProtoTime } from '../../proto/wire/time.ts';
import type { Facts } from '../core/model.ts';
import type { Tenancy } from '../store/agents.ts';

/** The way to one agent. */
export interface SessionChannel {
  /** Desired state is whole, so only the newest one waits for a slow reader. */
  sendDesired(tenancy: Tenancy): void;
  /** An acknowledgement that finds the way blocked is left out; the next heartbeat asks again. */
  acknowledge(generation: number, heartbeatSendTime: ProtoTime | null): void;
  drain(reconnectAfterMs: number): void;
  ping(pingId: string): void;
  /** Asks the agent to open a stream of its own. */
  attach(attachId: string): void;
  end(error?: ParbakeError): void;
}

/** The one session of an instance. */
export class Session {
  readonly instanceId: string;
  readonly sessionId: string;
  /** What its machine said at check-in. */
  readonly facts: Facts;
  /** Whether its agent opens streams when it is asked to. */
  readonly attaches: boolean;
  readonly #channel: SessionChannel;
  readonly #pings = new Map<string, () => void>();
  readonly #ended = new AbortController();
  #generation = 0;
  #lastSeenTime = Date.now();

  constructor(facts: Facts, hello: { sessionId: string; attaches: boolean }, channel: SessionChannel) {
    this.instanceId = facts.instanceId;
    this.sessionId = hello.sessionId;
    this.attaches = hello.attaches;
    this.facts = facts;
    this.#channel = channel;
  }

  /** The generation of the newest desired state that was sent. */
  get generation(): number {
    return this.#generation;
  }

  /** When its agent was last heard of, in milliseconds since the epoch. */
  get lastSeenTime(): number {
    return this.#lastSeenTime;
  }

  /** Notes that its agent said something. */
  heard(): void {
    this.#lastSeenTime = Date.now();
  }

  /** Whether its agent answers a ping within so many milliseconds. */
  async answersWithin(ms: number): Promise<boolean> {
    const pingId = randomUUID();
    const answered = new AbortController();
    this.#pings.set(pingId, () => answered.abort());
    this.#channel.ping(pingId);
    await pause(ms, AbortSignal.any([answered.signal, this.#ended.signal]));
    this.#pings.delete(pingId);
    return answered.signal.aborted;
  }

  /** Its agent answered a ping. */
  ponged(pingId: string): void {
    this.#pings.get(pingId)?.();
  }

  /** Nothing comes from its agent any more. */
  closed(): void {
    this.#ended.abort();
  }

  /** Sends what is not older than what was sent before: answers of the store may overtake each other. */
  send(tenancy: Tenancy): void {
    const { generation } = tenancy.instance;
    if (generation < this.#generation) return;
    this.#generation = generation;
    this.#channel.sendDesired(tenancy);
  }

  acknowledge(heartbeatSendTime: ProtoTime | null): void {
    this.#channel.acknowledge(this.#generation, heartbeatSendTime);
  }

  attach(attachId: string): void {
    this.#channel.attach(attachId);
  }

  drain(reconnectAfterMs: number): void {
    this.#channel.drain(reconnectAfterMs);
  }

  end(error?: ParbakeError): void {
    this.#channel.end(error);
  }
}

/** Open sessions, at most one an instance: the newer one wins. */
export class Sessions {
  readonly #open = new Map<string, Session>();

  get size(): number {
    return this.#open.size;
  }

  get(instanceId: string): Session | undefined {
    return this.#open.get(instanceId);
  }

  open(session: Session): void {
    const older = this.#open.get(session.instanceId);
    this.#open.set(session.instanceId, session);
    older?.end(new ParbakeError('SESSION_SUPERSEDED', `a newer session of ${session.instanceId} was opened`));
  }

  close(session: Session): void {
    session.closed();
    if (this.#open.get(session.instanceId) === session) this.#open.delete(session.instanceId);
  }

  all(): Session[] {
    return [...this.#open.values()];
  }
}
