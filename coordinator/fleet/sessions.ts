import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { DesiredState } from '../../proto/gen/parbake/v1/DesiredState.ts';
import type { SessionRequest__Output } from '../../proto/gen/parbake/v1/SessionRequest.ts';
import type { SessionResponse } from '../../proto/gen/parbake/v1/SessionResponse.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { toStatus } from '../../proto/wire/status.ts';
import { timeOf, type ProtoTime } from '../../proto/wire/time.ts';

export type SessionStream = ServerDuplexStream<SessionRequest__Output, SessionResponse>;

/** The one stream of an instance. Desired state is whole, so only the newest one waits for a slow reader. */
export class Session {
  readonly instanceId: string;
  readonly sessionId: string;
  readonly #stream: SessionStream;
  #waiting: DesiredState | undefined;
  #lastSeenTime = Date.now();
  #isBlocked = false;

  constructor(instanceId: string, sessionId: string, stream: SessionStream) {
    this.instanceId = instanceId;
    this.sessionId = sessionId;
    this.#stream = stream;
    stream.on('drain', () => {
      this.#isBlocked = false;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting !== undefined) this.sendDesired(waiting);
    });
  }

  /** When its agent was last heard of, in milliseconds since the epoch. */
  get lastSeenTime(): number {
    return this.#lastSeenTime;
  }

  /** Notes that its agent said something. */
  heard(): void {
    this.#lastSeenTime = Date.now();
  }

  sendDesired(desired: DesiredState): void {
    if (this.#isBlocked) this.#waiting = desired;
    else this.#send({ desired });
  }

  /** An acknowledgement that finds the stream blocked is left out; the next heartbeat asks again. */
  acknowledge(generation: number, heartbeatSendTime: ProtoTime | null): void {
    const answerTime = timeOf(Date.now());
    if (!this.#isBlocked) this.#send({ heartbeatAck: { generation, heartbeatSendTime, answerTime } });
  }

  drain(reconnectAfterMs: number): void {
    if (!this.#isBlocked) this.#send({ drain: { reconnectAfter: timeOf(reconnectAfterMs) } });
  }

  end(error?: ParbakeError): void {
    if (error === undefined) this.#stream.end();
    else this.#stream.emit('error', toStatus(error));
  }

  #send(message: SessionResponse): void {
    this.#isBlocked = !this.#stream.write(message);
  }
}

/** Open sessions, at most one an instance: the newer one wins. */
export class Sessions {
  readonly #open = new Map<string, Session>();

  get size(): number {
    return this.#open.size;
  }

  has(instanceId: string): boolean {
    return this.#open.has(instanceId);
  }

  get(instanceId: string): Session | undefined {
    return this.#open.get(instanceId);
  }

  open(session: Session): void {
    const older = this.#open.get(session.instanceId);
    this.#open.set(session.instanceId, session);
    older?.end(new ParbakeError('SESSION_SUPERSEDED', `a newer session of ${session.instanceId} was opened`));
  }

  /** @returns false when a newer one had taken its place */
  close(session: Session): boolean {
    if (this.#open.get(session.instanceId) !== session) return false;
    return this.#open.delete(session.instanceId);
  }

  all(): Session[] {
    return [...this.#open.values()];
  }
}
