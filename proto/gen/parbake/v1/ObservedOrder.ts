// Original file: proto/parbake/v1/agent.proto

import type { OrderState as _parbake_v1_OrderState, OrderState__Output as _parbake_v1_OrderState__Output } from '../../parbake/v1/OrderState.ts';
import type { Endpoint as _parbake_v1_Endpoint, Endpoint__Output as _parbake_v1_Endpoint__Output } from '../../parbake/v1/Endpoint.ts';
import type { Fault as _parbake_v1_Fault, Fault__Output as _parbake_v1_Fault__Output } from '../../parbake/v1/Fault.ts';
import type { ContainerEnd as _parbake_v1_ContainerEnd, ContainerEnd__Output as _parbake_v1_ContainerEnd__Output } from '../../parbake/v1/ContainerEnd.ts';

/**
 * How far an order is.
 */
export interface ObservedOrder {
  /**
   * The assignment's id.
   */
  'assignmentId'?: (string);
  /**
   * How far it is.
   */
  'state'?: (_parbake_v1_OrderState);
  /**
   * Why it FAILED: a stable code of docs/errors.md. Empty when it did not.
   */
  'reason'?: (string);
  /**
   * Where the containers answer.
   */
  'endpoints'?: (_parbake_v1_Endpoint)[];
  /**
   * The same as a sentence, for people.
   */
  'message'?: (string);
  /**
   * Who caused the failure, as far as the agent can tell.
   */
  'fault'?: (_parbake_v1_Fault);
  /**
   * How containers of the order ended. A container that runs is not in it.
   */
  'containers'?: (_parbake_v1_ContainerEnd)[];
  /**
   * The last lines that the container that FAILED printed, at most 2000 characters,
   * without the values and files of the order and what looks like a credential. The
   * coordinator neither stores nor logs it.
   */
  'lastOutput'?: (string);
}

/**
 * How far an order is.
 */
export interface ObservedOrder__Output {
  /**
   * The assignment's id.
   */
  'assignmentId': (string);
  /**
   * How far it is.
   */
  'state': (_parbake_v1_OrderState__Output);
  /**
   * Why it FAILED: a stable code of docs/errors.md. Empty when it did not.
   */
  'reason': (string);
  /**
   * Where the containers answer.
   */
  'endpoints': (_parbake_v1_Endpoint__Output)[];
  /**
   * The same as a sentence, for people.
   */
  'message': (string);
  /**
   * Who caused the failure, as far as the agent can tell.
   */
  'fault': (_parbake_v1_Fault__Output);
  /**
   * How containers of the order ended. A container that runs is not in it.
   */
  'containers': (_parbake_v1_ContainerEnd__Output)[];
  /**
   * The last lines that the container that FAILED printed, at most 2000 characters,
   * without the values and files of the order and what looks like a credential. The
   * coordinator neither stores nor logs it.
   */
  'lastOutput': (string);
}
