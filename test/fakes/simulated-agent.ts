import { credentials, type ClientDuplexStream } from '@grpc/grpc-js';
import type { KeyObject } from 'node:crypto';
import { certificateRequest } from '../../agent/session/certificate-request.ts';
import { clientOptions } from '../../proto/wire/channel.ts';
import type { AgentServiceClient } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { AssignmentCertificate__Output } from '../../proto/gen/parbake/v1/AssignmentCertificate.ts';
import type { CheckInResponse__Output } from '../../proto/gen/parbake/v1/CheckInResponse.ts';
import type { Clock } from '../../proto/gen/parbake/v1/Clock.ts';
import type { DesiredState__Output } from '../../proto/gen/parbake/v1/DesiredState.ts';
import type { Heartbeat } from '../../proto/gen/parbake/v1/Heartbeat.ts';
import type { HeartbeatAck__Output } from '../../proto/gen/parbake/v1/HeartbeatAck.ts';
import type { ImdsExposure } from '../../proto/gen/parbake/v1/ImdsExposure.ts';
import type { InstanceFacts } from '../../proto/gen/parbake/v1/InstanceFacts.ts';
import type { ObservedOrder } from '../../proto/gen/parbake/v1/ObservedOrder.ts';
import type { ObservedState } from '../../proto/gen/parbake/v1/ObservedState.ts';
import type { SessionRequest } from '../../proto/gen/parbake/v1/SessionRequest.ts';
import type { SessionResponse__Output } from '../../proto/gen/parbake/v1/SessionResponse.ts';
import type { RoleOffer } from '../../proto/gen/parbake/v1/RoleOffer.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';

export interface SimulatedAgentOptions {
  instanceId: string;
  role: string;
  userEnv?: string[];
  takesFiles?: boolean;
  reachesMetadata?: boolean;
  imdsExposure?: ImdsExposure;
  facts?: Partial<InstanceFacts>;
  observedGeneration?: number;
  /** The assignment that it says it carries at check-in. */
  assignmentId?: string;
  /** What it makes of an order; SERVING unless told otherwise. */
  outcome?: 'SERVING' | 'FAILED' | 'COMPLETED' | 'silence';
  /** How it fails; a fault of the machine unless told otherwise. */
  failure?: Pick<ObservedOrder, 'reason' | 'message' | 'fault' | 'containers'>;
  /** Why it cannot remove the containers; it can unless told otherwise. */
  cannotStop?: string;
  /** UNSPECIFIED leaves it to what an operator applied. */
  onLoss?: 'ON_LOSS_FAIL' | 'ON_LOSS_REPLACE' | 'ON_LOSS_UNSPECIFIED';
  /** Whether it answers pings, as an agent that lives does; true unless told otherwise. */
  answersPings?: boolean;
  /** What it says of its clock in its hello. */
  clock?: Clock;
  /** Where its container answers; at its own machine's port 8080 unless told otherwise. */
  endpoint?: { host: string; port: number };
  /** The key that it wants a certificate for with its order; none unless told otherwise. */
  certificateKey?: KeyObject;
  /** Opens a stream that it is asked for; without it, the agent is one from before there were any. */
  onAttach?: (attachId: string) => void;
}

/** Speaks the agent's protocol with a real coordinator, without a Docker Engine behind it. */
export interface SimulatedAgent {
  readonly instanceId: string;
  readonly checkIn: CheckInResponse__Output;
  /** Every desired state that it was sent, in order. */
  readonly desired: DesiredState__Output[];
  observe(state: Partial<ObservedState>): void;
  heartbeat(heartbeat: Heartbeat): void;
  /** Every answer to a heartbeat, in order. */
  readonly acknowledged: HeartbeatAck__Output[];
  /** Every ping that it was sent, in order. */
  readonly pings: string[];
  /** Every certificate that it was sent to replace that of its order. */
  readonly renewed: AssignmentCertificate__Output[];
  /** Fulfilled with the gRPC status that its session ended with. */
  readonly ended: Promise<number>;
  /** Ends as a machine that loses its power does: without a word. */
  cut(): void;
}

/** @param client one channel may carry many agents */
export async function startSimulatedAgent(
  client: AgentServiceClient,
  options: SimulatedAgentOptions,
): Promise<SimulatedAgent> {
  const {
    instanceId,
    role,
    userEnv = [],
    takesFiles = false,
    reachesMetadata = false,
    imdsExposure = 'IMDS_EXPOSURE_UNSPECIFIED',
    outcome = 'SERVING',
    onLoss = 'ON_LOSS_FAIL',
  } = options;
  const roles: RoleOffer[] = [
    {
      ...{ name: role, userEnv, takesFiles, reachesMetadata, imdsExposure },
      ...{ ports: [8080], preparation: 1, onLoss },
    },
  ];
  const checkIn = await new Promise<CheckInResponse__Output>((resolve, reject) => {
    const { observedGeneration = 0, assignmentId = '' } = options;
    const facts = {
      instanceId,
      bootId: `boot-${instanceId}`,
      engineId: `engine-${instanceId}`,
      ...options.facts,
    };
    client.checkIn({ facts, roles, observedGeneration, assignmentId, sealed: true }, (error, response) => {
      if (error !== null || response === undefined) reject(error ?? new Error('no answer'));
      else resolve(response);
    });
  });
  const stream: ClientDuplexStream<SessionRequest, SessionResponse__Output> = client.session();
  const desired: DesiredState__Output[] = [];
  const observe = (state: Partial<ObservedState>): void => {
    const generation = desired.at(-1)?.generation ?? 0;
    stream.write({
      observed: {
        observedGeneration: generation,
        preparation: { state: 'PREPARATION_STATE_READY' },
        order: null,
        roles,
        ...state,
      },
    });
  };
  const carryOut = ({ phase, order }: DesiredState__Output): void => {
    if (order === null || outcome === 'silence') return;
    const { assignmentId } = order;
    const isStop = phase === 'DESIRED_PHASE_STOP';
    const { cannotStop, failure = { reason: 'DOCKER_FAILED', message: 'it was told to fail' } } = options;
    if (isStop && cannotStop !== undefined)
      return observe({
        order: { assignmentId, state: 'ORDER_STATE_SERVING', reason: 'DOCKER_FAILED', message: cannotStop },
      });
    const state = `ORDER_STATE_${isStop ? 'STOPPED' : outcome}` as const;
    const { endpoint = { host: '127.0.0.1', port: 8080 } } = options;
    const endpoints = [{ container: 'app', ...endpoint }];
    return observe({
      order: { assignmentId, state, endpoints, ...(state === 'ORDER_STATE_FAILED' ? failure : {}) },
    });
  };
  const acknowledged: HeartbeatAck__Output[] = [];
  const pings: string[] = [];
  const renewed: AssignmentCertificate__Output[] = [];
  stream.on('data', (message: SessionResponse__Output) => {
    if (message.heartbeatAck) acknowledged.push(message.heartbeatAck);
    if (message.certificate) renewed.push(message.certificate);
    const { ping } = message;
    if (ping) pings.push(ping.pingId);
    if (ping && options.answersPings !== false) stream.write({ pong: { pingId: ping.pingId } });
    if (message.attach) options.onAttach?.(message.attach.attachId);
    if (!message.desired) return;
    desired.push(message.desired);
    carryOut(message.desired);
  });
  const ended = new Promise<number>((resolve) => stream.on('status', ({ code }) => resolve(code)));
  // The test looks at the coordinator; a stream that breaks shows there.
  stream.on('error', () => {});
  const { clock = null, onAttach, certificateKey } = options;
  const { sessionId } = checkIn;
  const request =
    certificateKey === undefined ? Buffer.alloc(0) : certificateRequest(certificateKey, sessionId);
  stream.write({
    hello: {
      ...{ instanceId, sessionId, clock },
      ...{ attaches: onAttach !== undefined, certificateRequest: request },
    },
  });
  observe({});
  const heartbeat = (message: Heartbeat): void => void stream.write({ heartbeat: message });
  return {
    instanceId,
    checkIn,
    desired,
    observe,
    heartbeat,
    acknowledged,
    pings,
    renewed,
    ended,
    cut: () => stream.cancel(),
  };
}

export function connectAgents(address: string): AgentServiceClient {
  const { AgentService } = parbakeV1('AgentService');
  return new AgentService(address, credentials.createInsecure(), clientOptions(address));
}
