// Original file: proto/parbake/v1/agent.proto

import type { OrderState as _parbake_v1_OrderState, OrderState__Output as _parbake_v1_OrderState__Output } from '../../parbake/v1/OrderState.ts';
import type { Endpoint as _parbake_v1_Endpoint, Endpoint__Output as _parbake_v1_Endpoint__Output } from '../../parbake/v1/Endpoint.ts';

export interface ObservedOrder {
  'assignmentId'?: (string);
  'state'?: (_parbake_v1_OrderState);
  /**
   * Stable code and sentence, when FAILED.
   */
  'error'?: (string);
  /**
   * Where the containers answer.
   */
  'endpoints'?: (_parbake_v1_Endpoint)[];
}

export interface ObservedOrder__Output {
  'assignmentId': (string);
  'state': (_parbake_v1_OrderState__Output);
  /**
   * Stable code and sentence, when FAILED.
   */
  'error': (string);
  /**
   * Where the containers answer.
   */
  'endpoints': (_parbake_v1_Endpoint__Output)[];
}
