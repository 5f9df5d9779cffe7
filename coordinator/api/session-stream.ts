import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { SessionRequest__Output } from '../../proto/gen/parbake/v1/SessionRequest.ts';
import type { SessionResponse } from '../../proto/gen/parbake/v1/SessionResponse.ts';
import { toParbakeError, type ParbakeError } from '../../proto/errors/errors.ts';
import { toStatus } from '../../proto/wire/status.ts';
import { durationOf, timeOf, type ProtoTime } from '../../proto/wire/time.ts';
import type { Assignment } from '../core/model.ts';
import type { SessionChannel } from '../fleet/sessions.ts';
import type { Vault } from '../secrets/vault.ts';
import type { Tenancy } from '../store/agents.ts';
import { desiredMessage } from './to-proto.ts';

export type SessionStream = ServerDuplexStream<SessionRequest__Output, SessionResponse>;

/** Where a container's own steps belong in a trace; see Order.env. */
export type TraceparentOf = (assignment: Assignment) => string;

/** An agent's session as a stream of messages. */
export class StreamChannel implements SessionChannel {
  readonly #stream: SessionStream;
  readonly #vault: Vault;
  readonly #traceparentOf: TraceparentOf;
  #waiting: Tenancy | undefined;
  #isBlocked = false;

  constructor(stream: SessionStream, vault: Vault, traceparentOf: TraceparentOf) {
    this.#stream = stream;
    this.#vault = vault;
    this.#traceparentOf = traceparentOf;
    stream.on('drain', () => {
      this.#isBlocked = false;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting !== undefined) this.sendDesired(waiting);
    });
  }

  sendDesired(tenancy: Tenancy): void {
    if (this.#isBlocked) {
      this.#waiting = tenancy;
      return;
    }
    try {
      const { assignment } = tenancy;
      const traceparent = assignment === undefined ? '' : this.#traceparentOf(assignment);
      const opened = assignment === undefined ? {} : { assignment: this.#opened(assignment) };
      this.#send({ desired: desiredMessage({ ...tenancy, ...opened }, traceparent) });
    } catch (cause) {
      // An order that cannot be opened ends nothing but its own session.
      this.end(toParbakeError(cause));
    }
  }

  acknowledge(generation: number, heartbeatSendTime: ProtoTime | null): void {
    const answerTime = timeOf(Date.now());
    if (!this.#isBlocked) this.#send({ heartbeatAck: { generation, heartbeatSendTime, answerTime } });
  }

  drain(reconnectAfterMs: number): void {
    if (!this.#isBlocked) this.#send({ drain: { reconnectAfter: durationOf(reconnectAfterMs) } });
  }

  /** Not held back by what waits: it decides whether this session goes on. */
  ping(pingId: string): void {
    this.#send({ ping: { pingId } });
  }

  /** Small, and somebody waits for it. */
  attach(attachId: string): void {
    this.#send({ attach: { attachId } });
  }

  end(error?: ParbakeError): void {
    if (error === undefined) this.#stream.end();
    else this.#stream.emit('error', toStatus(error));
  }

  #opened(assignment: Assignment): Assignment {
    return { ...assignment, ...this.#vault.open(assignment.assignmentId, assignment) };
  }

  #send(message: SessionResponse): void {
    this.#isBlocked = !this.#stream.write(message);
  }
}
