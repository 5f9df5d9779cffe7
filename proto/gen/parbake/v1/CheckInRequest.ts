// Original file: proto/parbake/v1/agent.proto

import type { InstanceFacts as _parbake_v1_InstanceFacts, InstanceFacts__Output as _parbake_v1_InstanceFacts__Output } from '../../parbake/v1/InstanceFacts.ts';
import type { RoleOffer as _parbake_v1_RoleOffer, RoleOffer__Output as _parbake_v1_RoleOffer__Output } from '../../parbake/v1/RoleOffer.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * See AgentService.CheckIn.
 */
export interface CheckInRequest {
  /**
   * What the machine is.
   */
  'facts'?: (_parbake_v1_InstanceFacts | null);
  /**
   * The roles that it carries.
   */
  'roles'?: (_parbake_v1_RoleOffer)[];
  /**
   * The last generation that this agent applied; 0 when it never did.
   */
  'observedGeneration'?: (number | string | Long);
  /**
   * The assignment that it carries. Empty without one.
   */
  'assignmentId'?: (string);
  /**
   * True when the manifest is sealed and every check of the seal passed.
   */
  'sealed'?: (boolean);
}

/**
 * See AgentService.CheckIn.
 */
export interface CheckInRequest__Output {
  /**
   * What the machine is.
   */
  'facts': (_parbake_v1_InstanceFacts__Output | null);
  /**
   * The roles that it carries.
   */
  'roles': (_parbake_v1_RoleOffer__Output)[];
  /**
   * The last generation that this agent applied; 0 when it never did.
   */
  'observedGeneration': (number);
  /**
   * The assignment that it carries. Empty without one.
   */
  'assignmentId': (string);
  /**
   * True when the manifest is sealed and every check of the seal passed.
   */
  'sealed': (boolean);
}
