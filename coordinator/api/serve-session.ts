import { ParbakeError } from '../../proto/errors/errors.ts';
import type { SessionRequest__Output } from '../../proto/gen/parbake/v1/SessionRequest.ts';
import type { Heartbeat__Output } from '../../proto/gen/parbake/v1/Heartbeat.ts';
import type { Hello__Output } from '../../proto/gen/parbake/v1/Hello.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { Observed } from '../core/observed.ts';
import type { Dispatcher } from '../fleet/dispatcher.ts';
import type { Session } from '../fleet/sessions.ts';
import type { Caller } from '../core/principal.ts';
import type { AgentBudget, AgentBudgets } from './agent-budgets.ts';
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
  budgets: AgentBudgets;
  caller: Caller;
}

/** Serves one session until it ends. What goes wrong in it ends nothing but the session. */
export async function serveSession(
  { dispatcher, budgets, caller, ...parts }: SessionParts,
  stream: SessionStream,
  gone: AbortSignal,
): Promise<void> {
  const inbox = new SessionInbox(
    { dispatcher, budgets, caller },
    new StreamChannel(stream, parts, gone),
    gone,
  );
  const take = async (message: SessionRequest__Output): Promise<void> => {
    const wait = inbox.note();
    if (wait > 0) void rest(stream, wait, gone);
    await inbox.receive(message);
  };
  try {
    await received(stream, take, gone);
  } finally {
    await inbox.close();
  }
}

/** Reads nothing more for so long: the sender is held back too. */
async function rest(stream: SessionStream, ms: number, gone: AbortSignal): Promise<void> {
  stream.pause();
  await pause(ms, gone);
  stream.resume();
}

/** Handles an agent's messages one after the other; of observed states that wait only the newest counts. */
class SessionInbox {
  readonly #dispatcher: SessionDispatcher;
  readonly #channel: StreamChannel;
  readonly #caller: Caller;
  readonly #budgets: AgentBudgets;
  readonly #gone: AbortSignal;
  readonly #addresses: OwnAddresses;
  #budget: AgentBudget | undefined;
  #opening: Promise<Session> | undefined;
  #session: Session | undefined;
  #observed: Observed | undefined;
  #isObserving = false;
  #isClosed = false;

  constructor(
    { dispatcher, budgets, caller }: Pick<SessionParts, 'dispatcher' | 'budgets' | 'caller'>,
    channel: StreamChannel,
    gone: AbortSignal,
  ) {
    this.#dispatcher = dispatcher;
    this.#channel = channel;
    this.#caller = caller;
    this.#budgets = budgets;
    this.#gone = gone;
    this.#addresses = new OwnAddresses(caller, async () => {
      const session = await this.#opening;
      return session === undefined ? [] : await dispatcher.addressesOf(session.instanceId);
    });
  }

  /** Takes note of one more message. @returns milliseconds until the next one may come */
  note(): number {
    return this.#budget?.messages.note(1) ?? 0;
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
    this.#budget = this.#budgets.of(instanceId);
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
        // What comes meanwhile takes the place of what came before.
        await this.#budget?.observed.turn(1, this.#gone);
        await this.#observeNewest();
      }
    } finally {
      this.#isObserving = false;
    }
  }

  async #observeNewest(): Promise<void> {
    const [session, observed] = [this.#session, this.#observed];
    this.#observed = undefined;
    if (session !== undefined && observed !== undefined) await this.#dispatcher.observe(session, observed);
  }

  async #beat({ observedGeneration, sendTime, clock: measured }: Heartbeat__Output): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    const clock = clockFromProto(measured);
    await this.#dispatcher.heartbeat(session, observedGeneration, sendTime);
    if (clock !== undefined) await this.#dispatcher.measureClock(session.instanceId, clock);
  }
}
