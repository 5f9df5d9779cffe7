import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Facts } from './model.ts';

/** A live instance, as far as its identity goes. */
export interface Known {
  instanceId: string;
  facts: Facts;
}

/**
 * Why an instance must not join: it shares an identity with a live one, or still has its builder's. Machine ids
 * are compared only between machines: instances on one kernel (one boot id) share theirs rightly.
 * @param sha256 hex digest of a text
 */
export function duplicateIdentity(
  facts: Facts,
  live: readonly Known[],
  sha256: (text: string) => string,
): string | undefined {
  const others = live.filter((known) => known.instanceId !== facts.instanceId);
  const image = facts.imageId === '' ? 'its image' : `image ${facts.imageId}`;
  const rules = 'scrub rules docker-engine-id and docker-key-json';
  if (facts.engineId !== '') {
    const twin = others.find((known) => known.facts.engineId === facts.engineId);
    if (twin !== undefined)
      return `instances ${twin.instanceId} and ${facts.instanceId} have one Docker Engine id; ${image} leaked it (${rules})`;
    if (facts.builderEngineIdHash !== '' && sha256(facts.engineId) === facts.builderEngineIdHash)
      return `instance ${facts.instanceId} has the Docker Engine id of its builder; ${image} leaked it (${rules})`;
  }
  const sameMachine = others.find(
    (known) =>
      facts.machineIdHash !== '' &&
      known.facts.machineIdHash === facts.machineIdHash &&
      known.facts.bootId !== facts.bootId,
  );
  if (sameMachine === undefined) return undefined;
  return `instances ${sameMachine.instanceId} and ${facts.instanceId} have one machine id; ${image} leaked it (/etc/machine-id)`;
}

/** Whether two check-ins come from one start of one machine, such as before and after a restart of its agent. */
export function isSameBoot(one: Facts, other: Facts): boolean {
  return isSameMachine(one, other) && one.bootId === other.bootId;
}

/** Machines on one kernel share a boot id, so the Docker Engine's id tells machines apart where it is known. */
export function isSameMachine(one: Facts, other: Facts): boolean {
  const isKnown = one.engineId !== '' && other.engineId !== '';
  return isKnown ? one.engineId === other.engineId : one.bootId === other.bootId;
}

/** @returns why a machine that checks in with the id of another one is refused; names both */
export function idTaken(holder: Facts, second: Facts, why: string): ParbakeError {
  const { instanceId } = second;
  return new ParbakeError(
    'INSTANCE_ID_TAKEN',
    `${nameOf(second)} checked in as ${instanceId}, which is ${nameOf(holder)}: ${why}`,
    { metadata: { instance_id: instanceId } },
  );
}

/** @returns such as `machine 10.0.0.7 (engine 1f2e…, boot 9c0d…)` */
function nameOf({ privateIpv4, engineId, bootId }: Facts): string {
  const address = privateIpv4 === '' ? 'without an address' : privateIpv4;
  return `machine ${address} (engine ${engineId}, boot ${bootId})`;
}
