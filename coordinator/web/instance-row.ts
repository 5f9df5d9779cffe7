import type { Facts } from '../core/model.ts';
import { bytes } from '../insight/format.ts';
import type { Tenancy } from '../store/agents.ts';
import type { InstanceRow } from './documents.ts';

/** Whose it was stays known after a release. */
export function instanceRow({ instance, assignment, last }: Tenancy): InstanceRow {
  const { instanceId, state, stateReason, connected, facts, roles, checkInTime, ec2 } = instance;
  return {
    instanceId,
    state,
    stateReason,
    connected,
    roles,
    user: (assignment ?? last)?.user ?? '',
    imageId: facts.imageId || (ec2?.imageId ?? ''),
    instanceType: facts.instanceType || (ec2?.instanceType ?? ''),
    zone: facts.availabilityZone || (ec2?.availabilityZone ?? ''),
    checkInTime,
  };
}

/** For people; what is not known is left out. */
export function factsOf(facts: Facts): { name: string; value: string }[] {
  const memory = facts.memoryBytes > 0 ? bytes(facts.memoryBytes) : '';
  return [
    ['Image', facts.imageId],
    ['Type', facts.instanceType],
    ['Zone', facts.availabilityZone],
    ['Address', facts.privateIpv4],
    ['Public address', facts.publicIpv4],
    ['Docker', facts.engineVersion],
    ['Engine id', facts.engineId],
    ['System', [facts.os, facts.kernel, facts.architecture].filter(Boolean).join(', ')],
    ['Machine', [facts.cpus > 0 ? `${facts.cpus} CPUs` : '', memory].filter(Boolean).join(', ')],
    ['Agent', facts.agentVersion],
    ['Bake', facts.bakeId],
    ['Boot', facts.bootId],
  ].flatMap(([name = '', value = '']) => (value === '' ? [] : [{ name, value }]));
}
