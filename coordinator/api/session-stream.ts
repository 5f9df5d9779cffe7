import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { SessionRequest__Output } from '../../proto/gen/parbake/v1/SessionRequest.ts';
import type { SessionResponse } from '../../proto/gen/parbake/v1/SessionResponse.ts';
import { toParbakeError, type ParbakeError } from '../../proto/errors/errors.ts';
import { backoff } from '../../proto/process/backoff.ts';
import type { Logger } from '../../proto/process/log.ts';
import { pause } from '../../proto/process/tasks.ts';
import { toStatus } from '../../proto/wire/status.ts';
import { durationOf, timeOf, type ProtoTime } from '../../proto/wire/time.ts';
import { isToStop } from '../core/instance-state.ts';
import type { Assignment } from '../core/model.ts';
import type { SessionChannel } from '../fleet/sessions.ts';
import type { OrderContents } from '../secrets/order-contents.ts';
import type { OrderContent } from '../secrets/vault.ts';
import type { Tenancy } from '../store/agents.ts';
import type { AssignmentCertificates } from '../trust/assignment-certificates.ts';
import { SessionCertificate } from './session-certificate.ts';
import { desiredMessage } from './to-proto.ts';

export type SessionStream = ServerDuplexStream<SessionRequest__Output, SessionResponse>;

/** Where a container's own steps belong in a trace; see Order.env. */
export type TraceparentOf = (assignment: Assignment) => string;

/** What the streams of all sessions share. */
export interface StreamParts {
  contents: OrderContents;
  /** Absent where this coordinator issues none. */
  certificates: AssignmentCertificates | undefined;
  traceparentOf: TraceparentOf;
  logger: Logger;
}

/** An agent's session as a stream of messages. */
export class StreamChannel implements SessionChannel {
  readonly certificate: SessionCertificate;
  readonly #stream: SessionStream;
  readonly #contents: OrderContents;
  readonly #traceparentOf: TraceparentOf;
  readonly #logger: Logger;
  readonly #gone: AbortSignal;
  #waiting: Tenancy | undefined;
  /** Its secrets are being fetched; whatever is sent later takes its place. */
  #fetching: Tenancy | undefined;
  #isBlocked = false;

  /** @param gone aborts when the stream is over */
  constructor(stream: SessionStream, parts: StreamParts, gone: AbortSignal) {
    const { contents, certificates, traceparentOf, logger } = parts;
    this.certificate = new SessionCertificate(certificates, logger);
    this.#stream = stream;
    this.#contents = contents;
    this.#traceparentOf = traceparentOf;
    this.#logger = logger;
    this.#gone = gone;
    stream.on('drain', () => {
      this.#isBlocked = false;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting !== undefined) this.sendDesired(waiting);
    });
  }

  sendDesired(tenancy: Tenancy): void {
    this.#fetching = undefined;
    if (this.#isBlocked) {
      this.#waiting = tenancy;
      return;
    }
    const { instance, assignment } = tenancy;
    // An order to stop has none of it.
    if (assignment === undefined || isToStop(instance.state)) {
      this.certificate.forget();
      return this.#send({ desired: desiredMessage(tenancy, '') });
    }
    const content = this.#open(assignment);
    if (content instanceof Promise) void this.#sendWhenOpen(tenancy, assignment, content);
    else this.#sendOrder(tenancy, assignment, content);
  }

  acknowledge(generation: number, heartbeatSendTime: ProtoTime | null): void {
    const now = Date.now();
    const answerTime = timeOf(now);
    if (!this.#isBlocked) this.#send({ heartbeatAck: { generation, heartbeatSendTime, answerTime } });
    const certificate = this.#isBlocked ? undefined : this.certificate.renewed(now);
    if (certificate !== undefined) this.#send({ certificate });
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

  #sendOrder(tenancy: Tenancy, assignment: Assignment, content: OrderContent): void {
    const traceparent = this.#traceparentOf(assignment);
    const whole = { ...tenancy, assignment: { ...assignment, ...content } };
    const certificate = this.certificate.forOrder(assignment);
    this.#send({ desired: desiredMessage(whole, traceparent, certificate) });
  }

  /**
   * Sends it when its secrets are there, unless something newer was sent meanwhile. While they are not, the session goes on:
   * an instance that serves already is not silent.
   */
  async #sendWhenOpen(tenancy: Tenancy, assignment: Assignment, first: Promise<OrderContent>): Promise<void> {
    this.#fetching = tenancy;
    const isNewest = (): boolean => this.#fetching === tenancy && !this.#gone.aborted;
    for (let failures = 0; ; failures++) {
      try {
        const content = await (failures === 0 ? first : this.#open(assignment));
        if (!isNewest()) return;
        this.#fetching = undefined;
        if (this.#isBlocked) this.#waiting = tenancy;
        else this.#sendOrder(tenancy, assignment, content);
        return;
      } catch (cause) {
        if (!isNewest()) return;
        const { assignmentId } = assignment;
        const reason = toParbakeError(cause).toReason();
        this.#logger.warn({ assignmentId, reason }, 'cannot open an order, retrying');
        await pause(backoff(failures, Math.random()), this.#gone);
        if (!isNewest()) return;
      }
    }
  }

  #open(assignment: Assignment): OrderContent | Promise<OrderContent> {
    try {
      return this.#contents.of(assignment);
    } catch (cause) {
      return Promise.reject(toParbakeError(cause));
    }
  }

  #send(message: SessionResponse): void {
    this.#isBlocked = !this.#stream.write(message);
  }
}
