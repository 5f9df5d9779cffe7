import type { ChannelCredentials } from '@grpc/grpc-js';
import { clientOptions } from '../../proto/wire/channel.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import type { AgentServiceClient } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { CheckInRequest } from '../../proto/gen/parbake/v1/CheckInRequest.ts';
import type { CheckInResponse__Output } from '../../proto/gen/parbake/v1/CheckInResponse.ts';
import type { CoordinatorMessage__Output } from '../../proto/gen/parbake/v1/CoordinatorMessage.ts';
import type { DesiredState__Output } from '../../proto/gen/parbake/v1/DesiredState.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import type { HeartbeatAck__Output } from '../../proto/gen/parbake/v1/HeartbeatAck.ts';
import type { Logger } from '../../proto/process/log.ts';
import { pause } from '../../proto/process/tasks.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { backoff } from '../../proto/process/backoff.ts';
import { clockFrom, isNews, type Clock, type RoundTrip } from '../core/clock.ts';
import { desiredFromProto } from '../worker/desired.ts';
import type { Recorder } from '../report/recorder.ts';
import type { Reporter } from '../report/reporter.ts';
import type { Worker } from '../worker/worker.ts';

export interface SessionOptions {
  address: string;
  credentials: ChannelCredentials;
  /** For the first check-in, dialled before it could be said what there is to say. */
  dialled: AgentServiceClient;
  instanceId: string;
  /** What to say at check-in, made anew each time. */
  checkIn: () => CheckInRequest;
  worker: Worker;
  recorder: Recorder;
  reporter: Reporter;
  logger: Logger;
  random: () => number;
}

/** Begins to connect: the other side has its part of the work to do meanwhile. */
export function dial(address: string, credentials: ChannelCredentials): AgentServiceClient {
  const { AgentService } = parbakeV1('AgentService');
  const client = new AgentService(address, credentials, clientOptions(address));
  client.getChannel().getConnectivityState(true);
  return client;
}

/** The connection to the coordinator: kept for ever, told of once when it breaks and once when it is back. */
export class CoordinatorSession {
  readonly #options: SessionOptions;
  #isConnected = false;
  #lastError = '';
  #setAside = '';
  #dialled: AgentServiceClient | undefined;
  #clock: Clock | undefined;

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
  get setAside(): string {
    return this.#setAside;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { logger, random } = this.#options;
    for (let failures = 0; !signal.aborted; failures++) {
      const reason = await this.#once(signal, () => (failures = 0));
      if (signal.aborted) return;
      if (this.#isConnected || this.#lastError === '')
        logger.warn({ reason: reason.message }, 'coordinator lost, trying on');
      this.#isConnected = false;
      this.#lastError = reason.toReason();
      await pause(backoff(failures, random()), signal);
    }
  }

  /** One channel, one check-in, one session. @returns why it ended */
  async #once(signal: AbortSignal, onConnected: () => void): Promise<ParbakeError> {
    const { address, credentials, recorder } = this.#options;
    // A new channel each time: one whose connection hangs never recovers.
    const client = this.#dialled ?? dial(address, credentials);
    this.#dialled = undefined;
    const ended = new AbortController();
    const all = AbortSignal.any([signal, ended.signal]);
    let reporting: Promise<void> | undefined;
    try {
      const span = recorder.begin('check_in');
      const sent = now();
      const answer = await checkIn(client, this.#options.checkIn());
      this.#measured(sent, answer.receivedUnixNs, answer.answeredUnixNs);
      void span.end();
      if (answer.desired !== null) await this.#apply(answer.desired);
      onConnected();
      this.#connected(answer.setAside);
      reporting = this.#options.reporter.send(client, all, deadlines.drain);
      await this.#stream(client, answer, all);
      return new ParbakeError('COORDINATOR_UNREACHABLE', 'the coordinator ended the session');
    } catch (cause) {
      return fromStatus(cause);
    } finally {
      ended.abort();
      await reporting;
      client.close();
    }
  }

  /** @returns whether the coordinator should be told */
  #measured(sent: Moment, receivedNs: number, answeredNs: number): boolean {
    const took = performance.now() - sent.monotonic;
    const trip: RoundTrip = { sent: sent.wall, took, received: receivedNs / 1e6, answered: answeredNs / 1e6 };
    const clock = clockFrom(trip);
    if (clock === undefined || !isNews(this.#clock, clock)) return false;
    this.#clock = clock;
    return true;
  }

  #connected(setAside: string): void {
    const { address, logger } = this.#options;
    if (!this.#isConnected) logger.info({ address }, 'coordinator connected');
    if (setAside !== '' && setAside !== this.#setAside)
      logger.warn({ reason: setAside }, 'the coordinator has set this instance aside: nobody gets it');
    this.#setAside = setAside;
    this.#isConnected = true;
    this.#lastError = '';
  }

  #stream(client: AgentServiceClient, answer: CheckInResponse__Output, signal: AbortSignal): Promise<void> {
    const { worker, instanceId } = this.#options;
    const stream = client.session();
    return new Promise((resolve, reject) => {
      let asked: Moment | undefined;
      let isClockNew = false;
      const heartbeat = setInterval(() => {
        asked = now();
        const clock = isClockNew && this.#clock !== undefined ? { clock: this.#clock } : {};
        isClockNew = false;
        const sentUnixNs = Math.round(asked.wall * 1e6);
        stream.write({ heartbeat: { observedGeneration: worker.generation, sentUnixNs, ...clock } });
      }, heartbeatMs(answer));
      const onAck = ({ heartbeatSentUnixNs, answeredUnixNs }: HeartbeatAck__Output): void => {
        // The answer to an older one says nothing of the way of this one.
        if (asked === undefined || heartbeatSentUnixNs !== Math.round(asked.wall * 1e6)) return;
        isClockNew = this.#measured(asked, answeredUnixNs, answeredUnixNs) || isClockNew;
        asked = undefined;
      };
      const silence = setTimeout(() => {
        reject(new ParbakeError('COORDINATOR_UNREACHABLE', 'the coordinator has been silent for too long'));
        stream.cancel();
      }, deadlines.sessionSilence);
      const stop = (): void => stream.cancel();
      const settle = (): void => {
        clearInterval(heartbeat);
        clearTimeout(silence);
        signal.removeEventListener('abort', stop);
        worker.onChange = () => {};
      };
      signal.addEventListener('abort', stop, { once: true });
      stream.on('data', (message: CoordinatorMessage__Output) => {
        silence.refresh();
        if (message.desired) this.#apply(message.desired).catch(reject);
        if (message.heartbeatAck) onAck(message.heartbeatAck);
      });
      stream.on('end', () => {
        settle();
        resolve();
      });
      stream.on('error', (cause) => {
        settle();
        reject(fromStatus(cause));
      });
      stream.write({ hello: { instanceId, sessionId: answer.sessionId, clock: this.#clock ?? null } });
      let isScheduled = false;
      // Changes of one moment go in one message: the coordinator writes each one down.
      worker.onChange = () => {
        if (isScheduled) return;
        isScheduled = true;
        queueMicrotask(() => {
          isScheduled = false;
          if (!stream.destroyed) stream.write({ observed: worker.observed() });
        });
      };
      worker.onChange();
    });
  }

  async #apply(message: DesiredState__Output): Promise<void> {
    await this.#options.worker.apply(message.generation, desiredFromProto(message));
  }
}

interface Moment {
  wall: number;
  monotonic: number;
}

function now(): Moment {
  return { wall: Date.now(), monotonic: performance.now() };
}

function checkIn(client: AgentServiceClient, request: CheckInRequest): Promise<CheckInResponse__Output> {
  return new Promise((resolve, reject) => {
    client.checkIn(request, { deadline: Date.now() + deadlines.checkIn }, (error, response) => {
      if (error !== null || response === undefined) reject(fromStatus(error));
      else resolve(response);
    });
  });
}

function heartbeatMs({ heartbeatInterval }: CheckInResponse__Output): number {
  const told = heartbeatInterval === null ? 0 : millisecondsOf(heartbeatInterval);
  return told > 0 ? told : deadlines.heartbeatInterval;
}
