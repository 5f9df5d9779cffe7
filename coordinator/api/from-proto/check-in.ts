import type { CheckInRequest__Output } from '../../../proto/gen/parbake/v1/CheckInRequest.ts';
import type { CheckIn } from '../../store/agents.ts';
import type { Clock__Output } from '../../../proto/gen/parbake/v1/Clock.ts';
import type { Clock, RoleOffer } from '../../core/model.ts';
import type { ObservedState__Output } from '../../../proto/gen/parbake/v1/ObservedState.ts';
import type { RoleOffer__Output } from '../../../proto/gen/parbake/v1/RoleOffer.ts';
import { reasonText } from '../../../proto/errors/reason.ts';
import {
  bounded,
  durationFromProto,
  enumFromProto,
  invalid,
  printable,
  readAll,
  readEach,
  required,
} from './parts.ts';
import type { Observed } from '../../core/observed.ts';
import { lossFromProto } from './assign.ts';
import { orderFromProto } from './order.ts';

/** Characters of a reason: a sentence and what Docker said. */
const maxReason = 2_000;

/**
 * @param proven the instance that the caller speaks for, given what it said
 * @throws ParbakeError REQUEST_INVALID, as all of this file
 */
export function checkInFromProto(message: CheckInRequest__Output, proven: (said: string) => string): CheckIn {
  if (message.facts === null) throw invalid('facts', 'is required');
  const { observedGeneration } = message;
  const { instanceId, bootId, roles, assignmentId } = readAll({
    instanceId: () => proven(message.facts?.instanceId ?? ''),
    bootId: () => required('facts.boot_id', message.facts?.bootId ?? '', 128),
    generation: () => {
      if (observedGeneration < 0) throw invalid('observed_generation', `is ${observedGeneration}, below 0`);
    },
    assignmentId: () => bounded('assignment_id', message.assignmentId, 128),
    roles: () => readEach(message.roles, (role, index) => roleOfferFromProto(`roles[${index}]`, role)),
  });
  return { facts: { ...message.facts, instanceId, bootId }, roles, observedGeneration, assignmentId };
}

/** @returns undefined when the agent says nothing of it */
export function clockFromProto(message: Clock__Output | null): Clock | undefined {
  if (message === null) return undefined;
  const { offsetMs, uncertaintyMs } = readAll({
    offsetMs: () => durationFromProto('clock.offset', message.offset) ?? 0,
    uncertaintyMs: () => durationFromProto('clock.uncertainty', message.uncertainty) ?? 0,
  });
  if (uncertaintyMs < 0) throw invalid('clock.uncertainty', 'is negative');
  return { offsetMs, uncertaintyMs };
}

export function observedFromProto(message: ObservedState__Output): Observed {
  const preparation = enumFromProto(
    'observed.preparation.state',
    message.preparation?.state ?? 'PREPARATION_STATE_UNSPECIFIED',
  ).replace('PREPARATION_STATE_', '');
  return {
    generation: message.observedGeneration,
    preparation:
      preparation === 'PREPARING' || preparation === 'READY' || preparation === 'FAILED'
        ? preparation
        : undefined,
    preparationError:
      message.preparation === null ? '' : printable(reasonText(message.preparation), maxReason),
    roles: readEach(message.roles, (role, index) => roleOfferFromProto(`observed.roles[${index}]`, role)),
    order: orderFromProto(message.order),
  };
}

function roleOfferFromProto(field: string, { replayed, ...offer }: RoleOffer__Output): RoleOffer {
  const { name, userEnv, ports, preparation, takesFiles } = offer;
  const isPart = replayed !== undefined && replayed >= 0 && replayed <= 1;
  return {
    name,
    userEnv,
    ports,
    preparation,
    takesFiles,
    ...lossFromProto(field, offer),
    ...(isPart ? { replayed } : {}),
  };
}
