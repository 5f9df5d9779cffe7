// Original file: proto/parbake/v1/agent.proto

import type { InstanceFacts as _parbake_v1_InstanceFacts, InstanceFacts__Output as _parbake_v1_InstanceFacts__Output } from '../../parbake/v1/InstanceFacts.ts';
import type { RoleOffer as _parbake_v1_RoleOffer, RoleOffer__Output as _parbake_v1_RoleOffer__Output } from '../../parbake/v1/RoleOffer.ts';
import type { Long } from '@grpc/proto-loader';

export interface CheckInRequest {
  'facts'?: (_parbake_v1_InstanceFacts | null);
  'roles'?: (_parbake_v1_RoleOffer)[];
  /**
   * The last generation that this agent applied; 0 when it never did.
   */
  'observedGeneration'?: (number | string | Long);
  /**
   * The assignment that it carries; empty when none.
   */
  'assignmentId'?: (string);
  /**
   * True when the manifest says sealed and every check of it held.
   */
  'sealed'?: (boolean);
}

export interface CheckInRequest__Output {
  'facts': (_parbake_v1_InstanceFacts__Output | null);
  'roles': (_parbake_v1_RoleOffer__Output)[];
  /**
   * The last generation that this agent applied; 0 when it never did.
   */
  'observedGeneration': (number);
  /**
   * The assignment that it carries; empty when none.
   */
  'assignmentId': (string);
  /**
   * True when the manifest says sealed and every check of it held.
   */
  'sealed': (boolean);
}
