// Original file: proto/parbake/v1/agent.proto

import type { Preparation as _parbake_v1_Preparation, Preparation__Output as _parbake_v1_Preparation__Output } from '../../parbake/v1/Preparation.ts';
import type { ObservedOrder as _parbake_v1_ObservedOrder, ObservedOrder__Output as _parbake_v1_ObservedOrder__Output } from '../../parbake/v1/ObservedOrder.ts';
import type { RoleOffer as _parbake_v1_RoleOffer, RoleOffer__Output as _parbake_v1_RoleOffer__Output } from '../../parbake/v1/RoleOffer.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What the agent sees on its instance, whole.
 */
export interface ObservedState {
  /**
   * The generation that this state answers.
   */
  'observedGeneration'?: (number | string | Long);
  /**
   * How far the preparation is, while there is no order.
   */
  'preparation'?: (_parbake_v1_Preparation | null);
  /**
   * The order. Absent without one.
   */
  'order'?: (_parbake_v1_ObservedOrder | null);
  /**
   * The roles, with how far each is prepared.
   */
  'roles'?: (_parbake_v1_RoleOffer)[];
  /**
   * When the provider takes the machine back, as EC2 does with spot instances, which it
   * says about two minutes before. Absent while it does not.
   */
  'interruptionTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * What the agent sees on its instance, whole.
 */
export interface ObservedState__Output {
  /**
   * The generation that this state answers.
   */
  'observedGeneration': (number);
  /**
   * How far the preparation is, while there is no order.
   */
  'preparation': (_parbake_v1_Preparation__Output | null);
  /**
   * The order. Absent without one.
   */
  'order': (_parbake_v1_ObservedOrder__Output | null);
  /**
   * The roles, with how far each is prepared.
   */
  'roles': (_parbake_v1_RoleOffer__Output)[];
  /**
   * When the provider takes the machine back, as EC2 does with spot instances, which it
   * says about two minutes before. Absent while it does not.
   */
  'interruptionTime': (_google_protobuf_Timestamp__Output | null);
}
