import type { ClientHttp2Session } from 'node:http2';
import type { MethodDefinition } from '@grpc/grpc-js';
import type { ParbakeError } from '../../proto/errors/errors.ts';
import type { CheckInRequest } from '../../proto/gen/parbake/v1/CheckInRequest.ts';
import type { CheckInResponse__Output } from '../../proto/gen/parbake/v1/CheckInResponse.ts';
import type { DesiredState__Output } from '../../proto/gen/parbake/v1/DesiredState.ts';
import type { ObservedOrder } from '../../proto/gen/parbake/v1/ObservedOrder.ts';
import type { ReportRequest } from '../../proto/gen/parbake/v1/ReportRequest.ts';
import type { ReportResponse__Output } from '../../proto/gen/parbake/v1/ReportResponse.ts';
import type { RoleOffer } from '../../proto/gen/parbake/v1/RoleOffer.ts';
import type { Sample } from '../../proto/gen/parbake/v1/Sample.ts';
import type { SessionRequest } from '../../proto/gen/parbake/v1/SessionRequest.ts';
import type { SessionResponse__Output } from '../../proto/gen/parbake/v1/SessionResponse.ts';
import { backoff } from '../../proto/process/backoff.ts';
import { retry } from '../../proto/process/retry.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import { durationOf, millisecondsOf, timeOf } from '../../proto/wire/time.ts';
import { GrpcStream } from './grpc-stream.ts';

/** What an agent has on its disk. */
export interface Disk {
  /** The highest generation that it applied. */
  generation: number;
  /** The assignment whose order it carried out; empty when none. */
  assignmentId: string;
}

export interface LightAgentOptions {
  instanceId: string;
  role: string;
  /** A new connection, which may fail. */
  connect: () => ClientHttp2Session;
  disk: () => Disk;
  /**
   * Takes what it should do.
   * @returns what it says about its order then; undefined without one
   */
  apply: (desired: DesiredState__Output) => ObservedOrder | undefined;
  /** Milliseconds between two samples; without it, there are none. */
  sampleEvery?: number;
  /** Milliseconds to wait after so many failures; the agent's own back-off unless said otherwise. */
  delay?: (failures: number) => number;
  /** Its session was opened, or is over. */
  onConnected?: (isConnected: boolean) => void;
  onFailed?: (error: ParbakeError) => void;
}

const { CheckIn, Session, Report } = parbakeV1('AgentService').AgentService.service;
const checkInMethod: MethodDefinition<CheckInRequest, CheckInResponse__Output> = CheckIn;
const sessionMethod: MethodDefinition<SessionRequest, SessionResponse__Output> = Session;
const reportMethod: MethodDefinition<ReportRequest, ReportResponse__Output> = Report;

/** Milliseconds between two pings of a connection, as the agent's channel has it. */
const keepalive = 20_000;

/**
 * Speaks the agent's protocol as the agent does, with its deadlines and its back-off, and has nothing else of it: thousands fit into
 * a process. Runs until the signal aborts.
 */
export async function runLightAgent(options: LightAgentOptions, signal: AbortSignal): Promise<void> {
  const { delay = (failures) => backoff(failures, Math.random()), onFailed = () => {} } = options;
  await retry((startOver) => connectOnce(options, startOver, signal), {
    delay,
    signal,
    onRetry: ({ cause }) => onFailed(cause as ParbakeError),
  }).catch((cause: unknown) => {
    if (!signal.aborted) throw cause;
  });
}

async function connectOnce(
  options: LightAgentOptions,
  startOver: () => void,
  signal: AbortSignal,
): Promise<never> {
  const { instanceId, sampleEvery, onConnected = () => {} } = options;
  const connection = options.connect();
  // A call on it says so too.
  connection.on('error', () => {});
  const over = new AbortController();
  connection.on('close', () => over.abort());
  const timers: NodeJS.Timeout[] = [];
  const leave = (): void => connection.destroy();
  signal.addEventListener('abort', leave, { once: true });
  try {
    const { sessionId, heartbeatInterval, sampleInterval } = await checkIn(connection, options);
    const session = openSession(connection, options, sessionId, over.signal);
    onConnected(true);
    startOver();
    const every = millisecondsOf(heartbeatInterval) ?? deadlines.heartbeatInterval;
    const beat = (): void =>
      session.send({
        heartbeat: { observedGeneration: options.disk().generation, sendTime: timeOf(Date.now()) },
      });
    timers.push(
      setInterval(beat, every),
      setInterval(() => connection.ping(() => {}), keepalive),
    );
    if (sampleEvery !== undefined) {
      const told = millisecondsOf(sampleInterval) ?? 0;
      report(connection, instanceId, Math.max(sampleEvery, told), timers);
    }
    throw (await session.ended) ?? new Error('the coordinator ended the session');
  } finally {
    onConnected(false);
    for (const timer of timers) clearInterval(timer);
    signal.removeEventListener('abort', leave);
    connection.destroy();
  }
}

async function checkIn(
  connection: ClientHttp2Session,
  { instanceId, role, disk }: LightAgentOptions,
): Promise<CheckInResponse__Output> {
  let answer: CheckInResponse__Output | undefined;
  const call = new GrpcStream(connection, checkInMethod, (message) => (answer = message), deadlines.checkIn);
  const { generation, assignmentId } = disk();
  call.send({
    facts: {
      ...{ instanceId, bootId: `boot-${instanceId}`, engineId: `engine-${instanceId}` },
      ...{
        machineIdHash: `machine-${instanceId}`,
        engineVersion: '28.0.0',
        kernel: '6.12.0',
        os: 'Debian GNU/Linux 13',
        cpus: 2,
      },
    },
    roles: [offerOf(role)],
    observedGeneration: generation,
    assignmentId,
    sealed: true,
  });
  call.end();
  const error = await call.ended;
  if (answer === undefined) throw error ?? new Error('the check-in had no answer');
  return answer;
}

function offerOf(name: string): RoleOffer {
  return { name, userEnv: [], ports: [8080], preparation: 1, onLoss: 'ON_LOSS_FAIL' };
}

function openSession(
  connection: ClientHttp2Session,
  { instanceId, role, apply, disk }: LightAgentOptions,
  sessionId: string,
  over: AbortSignal,
): GrpcStream<SessionRequest, SessionResponse__Output> {
  const roles = [offerOf(role)];
  let order: ObservedOrder | undefined;
  const observe = (): void =>
    session.send({
      observed: {
        observedGeneration: disk().generation,
        preparation: { state: 'PREPARATION_STATE_READY' },
        order: order ?? null,
        roles,
      },
    });
  const session = new GrpcStream(connection, sessionMethod, ({ desired, ping, drain }) => {
    if (over.aborted) return;
    if (ping) session.send({ pong: { pingId: ping.pingId } });
    if (desired) {
      order = apply(desired);
      observe();
    }
    if (drain) connection.destroy();
  });
  session.send({ hello: { instanceId, sessionId } });
  observe();
  return session;
}

/** Sends a sample of an idle host each time, as one batch. @param timers get those that end with the connection */
function report(
  connection: ClientHttp2Session,
  instanceId: string,
  every: number,
  timers: NodeJS.Timeout[],
): void {
  // Each connection counts as a boot of its own, so that its batches are numbered from one.
  const bootId = `boot-${instanceId}-${Date.now()}`;
  let sequence = 0;
  const stream = new GrpcStream(connection, reportMethod, () => {});
  const send = (): void => {
    sequence += 1;
    const sample: Sample = {
      startTime: timeOf(Date.now() - every),
      duration: durationOf(every),
      cpuDuration: durationOf(40 + (sequence % 7)),
      memoryBytes: 400_000_000 + sequence * 4_096,
    };
    stream.send({ instanceId, bootId, sequence, samples: [sample] });
  };
  const begin = (): void => {
    send();
    timers.push(setInterval(send, every));
  };
  // A fleet does not measure at the same moment.
  timers.push(setTimeout(begin, Math.random() * every));
}
