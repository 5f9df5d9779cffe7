import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import { stateName, table } from '../insight/format.ts';
import { isImdsExposed } from './imds-exposed.ts';

export const instanceHeader = ['INSTANCE', 'STATE', 'ROLES', 'USER', 'CONNECTED', 'ADDRESS'];

export function instancesTable(instances: readonly Instance__Output[]): string {
  return table(instanceHeader, instances.map(instanceCells));
}

/** What a line about one instance says. */
export function instanceCells(instance: Instance__Output): string[] {
  return [
    instance.instanceId,
    stateName(instance.state),
    instance.roles.map((role) => `${role.name}${isImdsExposed(role) ? ' (IMDS exposed)' : ''}`).join(','),
    instance.user,
    instance.connected ? 'yes' : 'no',
    instance.facts?.privateIpv4 ?? '',
  ];
}
