import type { AssignmentCertificate } from '../../proto/gen/parbake/v1/AssignmentCertificate.ts';
import type { Ec2Facts as Ec2Message } from '../../proto/gen/parbake/v1/Ec2Facts.ts';
import type { Instance as InstanceMessage } from '../../proto/gen/parbake/v1/Instance.ts';
import type { RoleOffer as OfferMessage } from '../../proto/gen/parbake/v1/RoleOffer.ts';
import type { Timestamp } from '../../proto/gen/google/protobuf/Timestamp.ts';
import type { DesiredState } from '../../proto/gen/parbake/v1/DesiredState.ts';
import type { Event } from '../../proto/gen/parbake/v1/Event.ts';
import { EventType } from '../../proto/gen/parbake/v1/EventType.ts';
import { reasonFrom } from '../../proto/errors/reason.ts';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import type { AssignmentState } from '../core/assignment-state.ts';
import { isGone, isToStop, type InstanceState } from '../core/instance-state.ts';
import type { Assignment, Ec2Facts, OnLoss, RoleOffer } from '../core/model.ts';
import type { Tenancy } from '../store/agents.ts';
import type { StateEvent } from '../store/telemetry.ts';

/** The variables in which a program finds its W3C Trace Context, by OpenTelemetry's convention. */
const [traceVariable, stateVariable] = ['TRACEPARENT', 'TRACESTATE'];

/** @param ms since the epoch; 0 means absent */
export function timestamp(ms: number): Timestamp | null {
  return ms === 0 ? null : timeOf(ms);
}

export function instanceMessage({ instance, assignment }: Tenancy): InstanceMessage {
  return {
    instanceId: instance.instanceId,
    state: `INSTANCE_STATE_${instance.state}`,
    ...reasonFrom(instance.stateReason),
    connected: instance.connected,
    silentSince: instance.connected || isGone(instance.state) ? null : timestamp(instance.lastSeenTime),
    facts: instance.facts,
    roles: instance.roles.map(offerMessage),
    assignmentId: assignment?.assignmentId ?? '',
    user: assignment?.user ?? '',
    environment: assignment?.environment ?? '',
    generation: instance.generation,
    observedGeneration: instance.observedGeneration,
    checkInTime: timestamp(instance.checkInTime),
    lastSeenTime: timestamp(instance.lastSeenTime),
    ec2: ec2Message(instance.ec2),
  };
}

function offerMessage({ onLoss, silentAfterMs, imdsExposure, ...offer }: RoleOffer): OfferMessage {
  const exposed =
    imdsExposure === undefined ? {} : { imdsExposure: `IMDS_EXPOSURE_${imdsExposure}` as const };
  return { ...offer, ...exposed, ...lossMessage({ onLoss, silentAfterMs }) };
}

/** What happens to a serving assignment when its machine fails. */
export function lossMessage({
  onLoss,
  silentAfterMs,
}: {
  onLoss: OnLoss | undefined;
  silentAfterMs: number | undefined;
}): Pick<OfferMessage, 'onLoss' | 'silentAfter'> {
  return {
    onLoss: onLoss === undefined ? 'ON_LOSS_UNSPECIFIED' : `ON_LOSS_${onLoss}`,
    silentAfter: durationOf(silentAfterMs) ?? null,
  };
}

function ec2Message(facts: Ec2Facts | undefined): Ec2Message | null {
  if (facts === undefined) return null;
  const { launchTime, lookupTime } = facts;
  return { ...facts, launchTime: timestamp(launchTime), lookupTime: timestamp(lookupTime) };
}

/**
 * What an instance should be doing, from the rows alone.
 * @param traceparent for containers whose role takes it from an assignment; empty for none
 * @param certificate for containers that take one
 */
export function desiredMessage(
  { instance, assignment, last }: Tenancy,
  traceparent: string,
  certificate: AssignmentCertificate | null = null,
): DesiredState {
  const { generation, state } = instance;
  // An order to stop has only ids, and keeps them: one generation has one content.
  if (isToStop(state) && assignment?.isStopHeld !== true) {
    const ended = assignment ?? last;
    const order = ended === undefined ? null : orderIds(ended);
    return { generation, phase: 'DESIRED_PHASE_STOP', order, released: state === 'RETIRED' };
  }
  if (assignment === undefined) return { generation, phase: 'DESIRED_PHASE_IDLE', order: null };
  const { role } = assignment;
  const offer = instance.roles.find(({ name }) => name === role);
  const takes = (name: string): boolean => offer?.userEnv.includes(name) === true;
  // What the caller says itself comes first, and the state of another trace is none of this one's.
  const isTold = traceparent !== '' && takes(traceVariable) && !(traceVariable in assignment.env);
  const isStateTold = isTold && assignment.tracestate !== '' && takes(stateVariable);
  const env = {
    ...(isTold ? { [traceVariable]: traceparent } : {}),
    ...(isStateTold ? { [stateVariable]: assignment.tracestate } : {}),
    ...assignment.env,
  };
  const files = Object.fromEntries(
    Object.entries(assignment.files).map(([name, content]) => [name, Buffer.from(content, 'base64')]),
  );
  const order = { ...orderIds(assignment), env, files, certificate };
  return { generation, phase: 'DESIRED_PHASE_RUN', order };
}

function orderIds({ assignmentId, user, environment, role }: Assignment) {
  return { assignmentId, user, environment, role };
}

export function eventMessage({ sequence, at, instanceId, assignmentId, ...event }: StateEvent): Event {
  const isOfInstance = assignmentId === '';
  const type = `EVENT_TYPE_${isOfInstance ? 'INSTANCE' : 'ASSIGNMENT'}_${event.event.toUpperCase()}`;
  return {
    time: timestamp(at),
    instanceId,
    assignmentId,
    type: isEventType(type) ? type : 'EVENT_TYPE_UNSPECIFIED',
    ...(isOfInstance
      ? { instanceState: `INSTANCE_STATE_${event.state as InstanceState}` as const }
      : { assignmentState: `ASSIGNMENT_STATE_${event.state as AssignmentState}` as const }),
    ...reasonFrom(event.reason),
    cursor: String(sequence),
  };
}

function isEventType(name: string): name is keyof typeof EventType {
  return Object.hasOwn(EventType, name);
}
