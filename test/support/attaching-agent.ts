import { randomUUID } from 'node:crypto';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { AttachRequest } from '../../proto/gen/parbake/v1/AttachRequest.ts';
import type { AttachResponse__Output } from '../../proto/gen/parbake/v1/AttachResponse.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import type { SimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign } from './calls.ts';
import { readyAgent, type LoneCoordinator } from './lone-coordinator.ts';

type AttachStream = ClientDuplexStream<AttachRequest, AttachResponse__Output>;

/** What an agent does with each message on a stream that it was asked for. */
export type OnAttach = (stream: AttachStream, wanted: AttachResponse__Output) => void;

export interface Served {
  agent: SimulatedAgent;
  instanceId: string;
  assignmentId: string;
  /** What it was asked for, in order. */
  asked: string[];
}

/** An instance that serves, and whose agent opens the streams that it is asked for; none without `onAttach`. */
export async function servedBy(coordinator: LoneCoordinator, onAttach?: OnAttach): Promise<Served> {
  const [role, instanceId] = [`r-${randomUUID()}`, `i-${randomUUID()}`];
  const asked: string[] = [];
  const open = (attachId: string): void => {
    asked.push(attachId);
    if (onAttach !== undefined) void openAttach(coordinator, instanceId, attachId, onAttach);
  };
  const agent = await readyAgent(coordinator, { role, instanceId, onAttach: open });
  const { assignment } = await assign(coordinator.clients, { user: 'alice', role });
  return { agent, instanceId, assignmentId: assignment?.assignmentId ?? '', asked };
}

/** Opens a stream as an agent does. @returns how it ended */
export function openAttach(
  { agents }: Pick<LoneCoordinator, 'agents'>,
  instanceId: string,
  attachId: string,
  onWanted: OnAttach = () => {},
): Promise<string> {
  const stream = agents.attach();
  stream.on('data', (wanted: AttachResponse__Output) => onWanted(stream, wanted));
  const ended = new Promise<string>((resolve) => {
    stream.on('error', (cause) => resolve(fromStatus(cause).code));
    stream.on('end', () => resolve('end'));
  });
  stream.write({ hello: { instanceId, attachId } });
  return ended;
}
