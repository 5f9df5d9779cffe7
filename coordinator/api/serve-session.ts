import { ParbakeError } from '../../proto/errors/errors.ts';
import type { SessionRequest__Output } from '../../proto/gen/parbake/v1/SessionRequest.ts';
import type { Heartbeat__Output } from '../../proto/gen/parbake/v1/Heartbeat.ts';
import type { Hello__Output } from '../../proto/gen/parbake/v1/Hello.ts';
import type { Observed } from '../core/observed.ts';
import type { Dispatcher } from '../fleet/dispatcher.ts';
import type { Session } from '../fleet/sessions.ts';
import type { Caller } from '../core/principal.ts';
import { instanceOf } from './caller.ts';
import { OwnAddresses } from './own-addresses.ts';
import { received } from './handlers.ts';
import { lastOutputFromProto } from './from-proto/order.ts';
import { clockFromProto, observedFromProto } from './from-proto/check-in.ts';
import { StreamChannel, type SessionStream, type StreamParts } from './session-stream.ts';

/** Agents' sessions, as the dispatcher takes them. */
export type SessionDispatcher = Pick<
  Dispatcher,
  'openSession' | 'closeSession' | 'heartbeat' | 'measureClock' | 'noteOutput' | 'observe' | 'addressesOf'
>;

export interface SessionParts extends StreamParts {
  dispatcher: SessionDispatcher;
  caller: Caller;
}

/** Serves one session until it ends. What goes wrong in it ends nothing but the session. */
export async function serveSession(
  { dispatcher, caller, ...parts }: SessionParts,
  stream: SessionStream,
  gone: AbortSignal,
): Promise<void> {
  const inbox = new SessionInbox(dispatcher, new StreamChannel(stream, parts, gone), caller);
  try {
    await received(stream, (message: SessionRequest__Output) => inbox.receive(message), gone);
  } finally {
    await inbox.close();
  }
}

/** Handles an agent's messages one after the other; of observed states that wait only the newest counts. */
class SessionInbox {
  readonly #dispatcher: SessionDispatcher;
  readonly #channel: StreamChannel;
  readonly #caller: Caller;
  readonly #addresses: OwnAddresses;
  #opening: Promise<Session> | undefined;
  #session: Session | undefined;
  #observed: Observed | undefined;
  #isObserving = false;
  #isClosed = false;

  constructor(dispatcher: SessionDispatcher, channel: StreamChannel, caller: Caller) {
    this.#dispatcher = dispatcher;
    this.#channel = channel;
    this.#caller = caller;
    this.#addresses = new OwnAddresses(caller, async () => {
      const session = await this.#opening;
      return session === undefined ? [] : await dispatcher.addressesOf(session.instanceId);
    });
  }

  async receive({ hello, heartbeat, observed, pong }: SessionRequest__Output): Promise<void> {
    if (hello !== null && hello !== undefined) return await this.#open(hello);
    if (this.#opening === undefined)
      throw new ParbakeError('SESSION_UNKNOWN', 'the first message of a session is a hello');
    this.#session?.heard();
    if (pong !== null && pong !== undefined) this.#session?.ponged(pong.pingId);
    if (observed !== null && observed !== undefined) {
      const read = observedFromProto(observed);
      await this.#addresses.check(read.order?.endpoints ?? []);
      this.#observed = read;
      const output = lastOutputFromProto(observed.order);
      if (output !== undefined && this.#session !== undefined)
        this.#dispatcher.noteOutput(this.#session, output.assignmentId, output.text);
      await this.#observe();
    }
    if (heartbeat !== null && heartbeat !== undefined) await this.#beat(heartbeat);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const session = this.#session;
    this.#session = undefined;
    if (session !== undefined) await this.#dispatcher.closeSession(session);
  }

  async #open(hello: Hello__Output): Promise<void> {
    const { instanceId: said, sessionId, attaches, clock: measured, certificateRequest } = hello;
    if (this.#opening !== undefined)
      throw new ParbakeError('REQUEST_INVALID', 'only the first message of a session is a hello');
    const instanceId = instanceOf(this.#caller, 'hello.instance_id', said);
    const clock = clockFromProto(measured);
    this.#channel.certificate.takeKey(certificateRequest, { instanceId, sessionId });
    this.#opening = this.#dispatcher.openSession(instanceId, { sessionId, attaches }, this.#channel);
    const session = await this.#opening;
    if (this.#isClosed) return await this.#dispatcher.closeSession(session);
    this.#session = session;
    if (clock !== undefined) await this.#dispatcher.measureClock(instanceId, clock);
    return await this.#observe();
  }

  async #observe(): Promise<void> {
    if (this.#isObserving) return;
    this.#isObserving = true;
    try {
      while (this.#observed !== undefined && this.#session !== undefined) {
        const observed = this.#observed;
        this.#observed = undefined;
        await this.#dispatcher.observe(this.#session, observed);
      }
    } finally {
      this.#isObserving = false;
    }
  }

  async #beat({ observedGeneration, sendTime, clock: measured }: Heartbeat__Output): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    const clock = clockFromProto(measured);
    await this.#dispatcher.heartbeat(session, observedGeneration, sendTime);
    if (clock !== undefined) await this.#dispatcher.measureClock(session.instanceId, clock);
  }
}
