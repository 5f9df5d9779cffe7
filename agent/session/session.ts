import type { ChannelCredentials } from '@grpc/grpc-js';
import { createPrivateKey } from 'node:crypto';
import { clientOptions } from '../../proto/wire/channel.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { catalogue } from '../../proto/errors/catalogue.ts';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import type { AgentServiceClient } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { CheckInRequest } from '../../proto/gen/parbake/v1/CheckInRequest.ts';
import type { CheckInResponse__Output } from '../../proto/gen/parbake/v1/CheckInResponse.ts';
import type { DesiredState__Output } from '../../proto/gen/parbake/v1/DesiredState.ts';
import type { Drain__Output } from '../../proto/gen/parbake/v1/Drain.ts';
import type { SessionResponse__Output } from '../../proto/gen/parbake/v1/SessionResponse.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import type { Hello } from '../../proto/gen/parbake/v1/Hello.ts';
import type { HeartbeatAck__Output } from '../../proto/gen/parbake/v1/HeartbeatAck.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import type { Logger } from '../../proto/process/log.ts';
import { nameProxy } from '../../proto/wire/proxy.ts';
import { retry } from '../../proto/process/retry.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import { durationOf, millisecondsOf, timeOf, type ProtoTime } from '../../proto/wire/time.ts';
import { reasonText } from '../../proto/errors/reason.ts';
import { backoff } from '../../proto/process/backoff.ts';
import { clockFrom, isNews, type Clock, type RoundTrip } from '../core/clock.ts';
import type { Clock as ClockMessage } from '../../proto/gen/parbake/v1/Clock.ts';
import { certificateRequest } from './certificate-request.ts';
import { checkIn } from './check-in.ts';
import { desiredFromProto } from '../worker/desired.ts';
import type { Recorder } from '../report/recorder.ts';
import type { Reporter } from '../report/reporter.ts';
import type { Worker } from '../worker/worker.ts';

/**
 * Milliseconds that a connection must last to count as a success. A coordinator that accepts agents and drops them at once
 * would otherwise be called again at once, by all of them.
 */
const lasting = deadlines.sessionSilence;

/** Milliseconds between two heartbeats, at the least. */
const minHeartbeat = 100;
/** Milliseconds between two samples at rest: until the coordinator says otherwise, and the least and most that it may say. */
const sampleIntervals = { usual: 15_000, min: 1_000, max: 600_000 };

export interface SessionOptions {
  address: string;
  /** For one connection. An instance without a valid certificate proves itself first. */
  credentials: () => Promise<ChannelCredentials>;
  /** Called when the coordinator does not accept the certificate. */
  onUnauthenticated: () => void;
  env: CommandContext['env'];
  /** For the first check-in, dialled before it could be said what there is to say. */
  dialled: Promise<AgentServiceClient>;
  instanceId: string;
  /** What to say at check-in, made anew each time. */
  checkIn: () => CheckInRequest;
  worker: Worker;
  recorder: Recorder;
  reporter: Reporter;
  /** Opens a stream that the coordinator asked for. */
  attach: (client: AgentServiceClient, attachId: string, signal: AbortSignal) => Promise<void>;
  /** The coordinator knows this instance. Called at each check-in. */
  onCheckedIn: () => void;
  /** Nothing points to this instance any more. May be called again. */
  onReleased: () => void;
  logger: Logger;
  random: () => number;
}

/**
 * Begins to connect: the other side has its part of the work to do meanwhile.
 * @param env that a proxy may stand in
 */
export function dial(
  address: string,
  credentials: ChannelCredentials,
  env: CommandContext['env'],
): AgentServiceClient {
  const { AgentService } = parbakeV1('AgentService');
  const client = new AgentService(address, credentials, clientOptions(address, env));
  client.getChannel().getConnectivityState(true);
  return client;
}

/** Milliseconds in which changes gather for one message: each is a commit at the coordinator. */
const together = 2;

/** The connection to the coordinator: retried for ever, logged once when it breaks and once when it is back. */
export class CoordinatorSession {
  readonly #options: SessionOptions;
  #isConnected = false;
  #lastError = '';
  #quarantine = '';
  #dialled: Promise<AgentServiceClient> | undefined;
  /** Ends the connection that there is, for another one with a new certificate. */
  #renewing = new AbortController();
  #clock: Clock | undefined;
  #sampleInterval = sampleIntervals.usual;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#dialled = options.dialled;
  }

  get connected(): boolean {
    return this.#isConnected;
  }

  get lastError(): string {
    return this.#lastError;
  }

  /** Why the coordinator had quarantined this instance at the last check-in; empty when it had not. */
  get quarantine(): string {
    return this.#quarantine;
  }

  /** Milliseconds between two samples at rest, as the coordinator wants them. */
  get sampleInterval(): number {
    return this.#sampleInterval;
  }

  /** Connects again at once. */
  reconnect(): void {
    this.#renewing.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { random } = this.#options;
    const connect = (startOver: () => void): Promise<never> => this.#once(signal, startOver);
    await retry(connect, {
      delay: (failures) => backoff(failures, random()),
      signal,
      onRetry: ({ cause }) => this.#lost(toParbakeError(cause)),
    }).catch((cause: unknown) => {
      if (!isAbort(cause)) throw cause;
    });
  }

  #lost(reason: ParbakeError): void {
    // The next connection is made at once, and nothing was lost.
    if (this.#renewing.signal.aborted) return;
    if (reason.code === 'UNAUTHENTICATED') this.#options.onUnauthenticated();
    const { logger } = this.#options;
    if (this.#isConnected || this.#lastError === '')
      logger.warn({ reason: reason.message }, 'lost the coordinator, retrying');
    // A coordinator that is there and says no is news, whatever kept it away before.
    else if (isRefusal(reason) && !this.#lastError.startsWith(reason.code))
      logger.warn({ reason: reason.toReason() }, 'the coordinator refuses this instance, retrying');
    this.#isConnected = false;
    this.#lastError = reason.toReason();
  }

  /**
   * One channel, one check-in, one session.
   * @param startOver called when a connection ends that lasted: the next try need not wait long
   * @throws ParbakeError why it ended
   */
  async #once(signal: AbortSignal, startOver: () => void): Promise<never> {
    const { address, credentials, env, recorder } = this.#options;
    const dialled = this.#dialled;
    this.#dialled = undefined;
    const renewing = (this.#renewing = new AbortController());
    // A new channel each time: one whose connection hangs never recovers.
    const client = dialled === undefined ? dial(address, await credentials(), env) : await dialled;
    const ended = new AbortController();
    const all = AbortSignal.any([signal, ended.signal, renewing.signal]);
    let reporting: Promise<void> | undefined;
    let connectedAt = Infinity;
    try {
      const span = recorder.begin('check_in');
      const sent = now();
      const onBusy = (waitMs: number): void =>
        this.#options.logger.info({ waitMs: Math.round(waitMs) }, 'the coordinator is busy, waiting');
      const { random } = this.#options;
      const answer = await checkIn(client, this.#options.checkIn, { random, signal: all, onBusy });
      this.#measured(sent, answer.receiveTime, answer.answerTime);
      void span.end();
      connectedAt = performance.now();
      this.#options.onCheckedIn();
      this.#sampleInterval = sampleMs(answer);
      const { quarantineReason: reason, quarantineMessage: message } = answer;
      this.#connected(reasonText({ reason, message }));
      reporting = this.#options.reporter.send(client, all, deadlines.drain);
      await this.#stream(client, answer, all);
      throw new ParbakeError('COORDINATOR_UNREACHABLE', 'the coordinator ended the session');
    } catch (cause) {
      throw nameProxy(fromStatus(cause), address, env);
    } finally {
      if (performance.now() - connectedAt >= lasting) startOver();
      ended.abort();
      await reporting;
      client.close();
    }
  }

  /** The coordinator shuts down: another one may be there already. Not all of its agents come at once. */
  #leaveWithin({ reconnectAfter }: Drain__Output): NodeJS.Timeout {
    const { random } = this.#options;
    const within = Math.min(millisecondsOf(reconnectAfter) ?? 0, deadlines.sessionSilence);
    return setTimeout(() => this.reconnect(), random() * within);
  }

  /** @returns whether the coordinator should be told */
  #measured(sent: Moment, receiveTime: ProtoTime | null, answerTime: ProtoTime | null): boolean {
    const took = performance.now() - sent.monotonic;
    const [received, answered] = [millisecondsOf(receiveTime) ?? 0, millisecondsOf(answerTime) ?? 0];
    const trip: RoundTrip = { sent: sent.wall, took, received, answered };
    const clock = clockFrom(trip);
    if (clock === undefined || !isNews(this.#clock, clock)) return false;
    this.#clock = clock;
    return true;
  }

  #connected(quarantine: string): void {
    const { address, logger } = this.#options;
    if (!this.#isConnected) logger.info({ address }, 'coordinator connected');
    if (quarantine !== '' && quarantine !== this.#quarantine)
      logger.warn({ reason: quarantine }, 'the coordinator has quarantined this instance');
    this.#quarantine = quarantine;
    this.#isConnected = true;
    this.#lastError = '';
  }

  #stream(client: AgentServiceClient, answer: CheckInResponse__Output, signal: AbortSignal): Promise<void> {
    const { worker } = this.#options;
    const stream = client.session();
    return new Promise((resolve, reject) => {
      let asked: Moment | undefined;
      let isClockNew = false;
      const heartbeat = setInterval(() => {
        asked = now();
        const clock = isClockNew && this.#clock !== undefined ? { clock: clockMessage(this.#clock) } : {};
        isClockNew = false;
        const sendTime = timeOf(asked.wall);
        stream.write({ heartbeat: { observedGeneration: worker.generation, sendTime, ...clock } });
      }, heartbeatMs(answer));
      const onAck = ({ heartbeatSendTime, answerTime }: HeartbeatAck__Output): void => {
        // The answer to an older heartbeat says nothing about how long this one took.
        if (asked === undefined || millisecondsOf(heartbeatSendTime) !== asked.wall) return;
        isClockNew = this.#measured(asked, answerTime, answerTime) || isClockNew;
        asked = undefined;
      };
      const silence = setTimeout(() => {
        reject(new ParbakeError('COORDINATOR_UNREACHABLE', 'the coordinator has been silent for too long'));
        stream.cancel();
      }, deadlines.sessionSilence);
      let leaving: NodeJS.Timeout | undefined;
      const stop = (): void => stream.cancel();
      const settle = (): void => {
        clearInterval(heartbeat);
        clearTimeout(silence);
        clearTimeout(leaving);
        signal.removeEventListener('abort', stop);
        worker.onChange = () => {};
      };
      signal.addEventListener('abort', stop, { once: true });
      stream.on('data', (message: SessionResponse__Output) => {
        silence.refresh();
        if (message.desired) this.#apply(message.desired).catch(reject);
        if (message.heartbeatAck) onAck(message.heartbeatAck);
        if (message.ping) stream.write({ pong: { pingId: message.ping.pingId } });
        if (message.certificate) this.#options.worker.renew(message.certificate).catch(reject);
        if (message.drain) leaving ??= this.#leaveWithin(message.drain);
        if (message.attach) this.#attach(client, message.attach.attachId, signal);
      });
      stream.on('end', () => {
        settle();
        resolve();
      });
      stream.on('error', (cause) => {
        settle();
        reject(fromStatus(cause));
      });
      stream.write({ hello: this.#hello(answer.sessionId) });
      let isScheduled = false;
      const tell = (): void => {
        isScheduled = false;
        if (!stream.destroyed) stream.write({ observed: worker.observed() });
      };
      // Changes of one moment go in one message: the coordinator writes each one down.
      worker.onChange = () => {
        if (worker.isServed) tell();
        else if (!isScheduled) setTimeout(() => isScheduled && tell(), together);
        isScheduled = !worker.isServed;
      };
      worker.onChange();
    });
  }

  #hello(sessionId: string): Hello {
    const { instanceId, worker } = this.#options;
    const clock = this.#clock === undefined ? null : clockMessage(this.#clock);
    const key = worker.certificateKey;
    const request =
      key === undefined ? {} : { certificateRequest: certificateRequest(createPrivateKey(key), sessionId) };
    return { instanceId, sessionId, clock, attaches: true, ...request };
  }

  /** Whatever happens to it, the session goes on. */
  #attach(client: AgentServiceClient, attachId: string, signal: AbortSignal): void {
    const { attach, logger } = this.#options;
    attach(client, attachId, signal).catch((cause: unknown) => {
      if (!isAbort(cause)) logger.warn({ err: cause }, 'a stream for the coordinator failed');
    });
  }

  async #apply(message: DesiredState__Output): Promise<void> {
    const { worker } = this.#options;
    await worker.apply(message.generation, desiredFromProto(message, worker.certificateKey));
    if (message.released) this.#options.onReleased();
  }
}

function isRefusal({ code }: ParbakeError): boolean {
  return ['PERMISSION_DENIED', 'UNAUTHENTICATED'].includes(catalogue[code].grpc);
}

interface Moment {
  wall: number;
  monotonic: number;
}

function now(): Moment {
  return { wall: Date.now(), monotonic: performance.now() };
}

function clockMessage({ offsetMs, uncertaintyMs }: Clock): ClockMessage {
  return { offset: durationOf(offsetMs), uncertainty: durationOf(uncertaintyMs) };
}

function heartbeatMs({ heartbeatInterval }: CheckInResponse__Output): number {
  const told = heartbeatInterval === null ? 0 : millisecondsOf(heartbeatInterval);
  // Neither a flood nor a silence, whatever a coordinator says.
  return told > 0
    ? Math.min(Math.max(told, minHeartbeat), deadlines.sessionSilence / 2)
    : deadlines.heartbeatInterval;
}

function sampleMs({ sampleInterval }: CheckInResponse__Output): number {
  const { usual, min, max } = sampleIntervals;
  const told = sampleInterval === null ? usual : (millisecondsOf(sampleInterval) ?? usual);
  return Math.min(max, Math.max(min, told));
}
