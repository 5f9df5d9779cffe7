import { millisecondsOf, type ProtoTime } from '../../../proto/wire/time.ts';
import type { CheckInRequest__Output } from '../../../proto/gen/parbake/v1/CheckInRequest.ts';
import type { CheckIn } from '../../store/agents.ts';
import type { Clock__Output } from '../../../proto/gen/parbake/v1/Clock.ts';
import type { Clock, Facts, RoleOffer } from '../../core/model.ts';
import type { InstanceFacts__Output } from '../../../proto/gen/parbake/v1/InstanceFacts.ts';
import type { ObservedState__Output } from '../../../proto/gen/parbake/v1/ObservedState.ts';
import type { RoleOffer__Output } from '../../../proto/gen/parbake/v1/RoleOffer.ts';
import { reasonText } from '../../../proto/errors/reason.ts';
import {
  atMost,
  durationFromProto,
  enumFromProto,
  invalid,
  named,
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
/** Characters of a fact that only describes the machine. */
const maxFact = 256;
/** More than any recipe has. */
const maxRoles = 64;
const maxVariables = 1_024;
const maxPorts = 512;

/**
 * @param proven the instance that the caller speaks for, given what it said
 * @throws ParbakeError REQUEST_INVALID, as all of this file
 */
export function checkInFromProto(message: CheckInRequest__Output, proven: (said: string) => string): CheckIn {
  if (message.facts === null) throw invalid('facts', 'is required');
  const { facts: given, observedGeneration } = message;
  const { facts, instanceId, roles, assignmentId } = readAll({
    instanceId: () => proven(given.instanceId),
    facts: () => factsFromProto(given),
    generation: () => {
      if (observedGeneration < 0) throw invalid('observed_generation', `is ${observedGeneration}, below 0`);
    },
    assignmentId: () => named('assignment_id', message.assignmentId, 128),
    roles: () => offersFromProto('roles', message.roles),
  });
  return {
    facts: { ...facts, instanceId: named('facts.instance_id', instanceId, 128) },
    roles,
    observedGeneration,
    assignmentId,
  };
}

/** Identities are refused when they are invalid; what only describes the machine is cut. */
function factsFromProto(message: InstanceFacts__Output): Omit<Facts, 'instanceId'> {
  const identity = readAll({
    bootId: () => named('facts.boot_id', required('facts.boot_id', message.bootId, 128), 128),
    engineId: () => named('facts.engine_id', message.engineId, 128),
    machineIdHash: () => named('facts.machine_id_hash', message.machineIdHash, 128),
    builderEngineIdHash: () => named('facts.builder_engine_id_hash', message.builderEngineIdHash, 128),
    bakeId: () => named('facts.bake_id', message.bakeId, 128),
    imageId: () => named('facts.image_id', message.imageId, 128),
    privateIpv4: () => named('facts.private_ipv4', message.privateIpv4, 64),
    publicIpv4: () => named('facts.public_ipv4', message.publicIpv4, 64),
  });
  const described = Object.entries(message).map(([name, fact]: [string, unknown]) => [
    name,
    typeof fact === 'string' ? printable(fact, maxFact) : fact,
  ]);
  return { ...(Object.fromEntries(described) as InstanceFacts__Output), ...identity };
}

function offersFromProto(field: string, offers: readonly RoleOffer__Output[]): RoleOffer[] {
  return readEach(atMost(field, offers, maxRoles), (role, index) =>
    roleOfferFromProto(`${field}[${index}]`, role),
  );
}

function exposureFromProto(
  field: string,
  value: RoleOffer__Output['imdsExposure'],
): Pick<RoleOffer, 'imdsExposure'> {
  const exposure = enumFromProto(field, value);
  return exposure === 'IMDS_EXPOSURE_UNSPECIFIED' ? {} : { imdsExposure: exposures[exposure] };
}

const exposures = {
  IMDS_EXPOSURE_NONE: 'NONE',
  IMDS_EXPOSURE_IPV4: 'IPV4',
  IMDS_EXPOSURE_IPV6: 'IPV6',
  IMDS_EXPOSURE_BOTH: 'BOTH',
} as const;

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
    roles: offersFromProto('observed.roles', message.roles),
    order: orderFromProto(message.order),
    ...(message.interruptionTime === null ? {} : { interruptTime: momentOf(message.interruptionTime) }),
  };
}

/** Milliseconds; 0, which is now, for a time that no calendar has. */
function momentOf(time: ProtoTime): number {
  const ms = Math.round(millisecondsOf(time) ?? 0);
  return Number.isNaN(new Date(ms).getTime()) ? 0 : ms;
}

function roleOfferFromProto(field: string, { replayed, ...offer }: RoleOffer__Output): RoleOffer {
  const { name, userEnv, ports, preparation, takesFiles, reachesMetadata } = offer;
  const isPart = replayed !== undefined && replayed >= 0 && replayed <= 1;
  const isWhole = preparation >= 0 && preparation <= 1;
  return {
    ...readAll({
      name: () => named(`${field}.name`, required(`${field}.name`, name, 63), 63),
      userEnv: () =>
        atMost(`${field}.user_env`, userEnv, maxVariables).map((variable) =>
          named(`${field}.user_env`, variable, 256),
        ),
      ports: () => [...atMost(`${field}.ports`, ports, maxPorts)].filter((port) => port > 0 && port < 65_536),
    }),
    preparation: isWhole ? preparation : 0,
    takesFiles,
    reachesMetadata,
    ...exposureFromProto(`${field}.imds_exposure`, offer.imdsExposure),
    ...lossFromProto(field, offer),
    ...(isPart ? { replayed } : {}),
  };
}
