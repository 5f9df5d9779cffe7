// Original file: proto/parbake/v1/agent.proto

import type { DesiredPhase as _parbake_v1_DesiredPhase, DesiredPhase__Output as _parbake_v1_DesiredPhase__Output } from '../../parbake/v1/DesiredPhase.ts';
import type { Order as _parbake_v1_Order, Order__Output as _parbake_v1_Order__Output } from '../../parbake/v1/Order.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What the instance should be doing, whole.
 */
export interface DesiredState {
  /**
   * Only grows. An agent ignores a lower one than the last that it applied.
   */
  'generation'?: (number | string | Long);
  /**
   * What to do.
   */
  'phase'?: (_parbake_v1_DesiredPhase);
  /**
   * Set with RUN and STOP.
   */
  'order'?: (_parbake_v1_Order | null);
  /**
   * With STOP: nothing points to the instance any more. An agent that runs with
   * `--on-release poweroff` then powers the machine off.
   */
  'released'?: (boolean);
}

/**
 * What the instance should be doing, whole.
 */
export interface DesiredState__Output {
  /**
   * Only grows. An agent ignores a lower one than the last that it applied.
   */
  'generation': (number);
  /**
   * What to do.
   */
  'phase': (_parbake_v1_DesiredPhase__Output);
  /**
   * Set with RUN and STOP.
   */
  'order': (_parbake_v1_Order__Output | null);
  /**
   * With STOP: nothing points to the instance any more. An agent that runs with
   * `--on-release poweroff` then powers the machine off.
   */
  'released': (boolean);
}
