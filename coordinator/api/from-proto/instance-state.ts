import type { InstanceState__Output as StateName } from '../../../proto/gen/parbake/v1/InstanceState.ts';
import type { InstanceState } from '../../core/instance-state.ts';
import { enumFromProto } from './parts.ts';

/** @returns nothing to filter by when the state is UNSPECIFIED */
export function stateFilterFromProto(value: StateName): { state?: InstanceState } {
  const state = enumFromProto('state', value);
  if (state === 'INSTANCE_STATE_UNSPECIFIED') return {};
  return { state: state.replace('INSTANCE_STATE_', '') as InstanceState };
}
