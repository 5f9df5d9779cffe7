// Original file: proto/parbake/v1/agent.proto

import type { Preparation as _parbake_v1_Preparation, Preparation__Output as _parbake_v1_Preparation__Output } from '../../parbake/v1/Preparation.ts';
import type { ObservedOrder as _parbake_v1_ObservedOrder, ObservedOrder__Output as _parbake_v1_ObservedOrder__Output } from '../../parbake/v1/ObservedOrder.ts';
import type { RoleOffer as _parbake_v1_RoleOffer, RoleOffer__Output as _parbake_v1_RoleOffer__Output } from '../../parbake/v1/RoleOffer.ts';
import type { Long } from '@grpc/proto-loader';

export interface ObservedState {
  /**
   * The generation this state answers.
   */
  'observedGeneration'?: (number | string | Long);
  /**
   * Preparing, ready or failed to prepare, while no order was received.
   */
  'preparation'?: (_parbake_v1_Preparation | null);
  /**
   * The order; absent when there is none.
   */
  'order'?: (_parbake_v1_ObservedOrder | null);
  /**
   * The roles with how far each is prepared.
   */
  'roles'?: (_parbake_v1_RoleOffer)[];
}

export interface ObservedState__Output {
  /**
   * The generation this state answers.
   */
  'observedGeneration': (number);
  /**
   * Preparing, ready or failed to prepare, while no order was received.
   */
  'preparation': (_parbake_v1_Preparation__Output | null);
  /**
   * The order; absent when there is none.
   */
  'order': (_parbake_v1_ObservedOrder__Output | null);
  /**
   * The roles with how far each is prepared.
   */
  'roles': (_parbake_v1_RoleOffer__Output)[];
}
