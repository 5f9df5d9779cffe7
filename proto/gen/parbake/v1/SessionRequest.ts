// Original file: proto/parbake/v1/agent.proto

import type { Hello as _parbake_v1_Hello, Hello__Output as _parbake_v1_Hello__Output } from '../../parbake/v1/Hello.ts';
import type { Heartbeat as _parbake_v1_Heartbeat, Heartbeat__Output as _parbake_v1_Heartbeat__Output } from '../../parbake/v1/Heartbeat.ts';
import type { ObservedState as _parbake_v1_ObservedState, ObservedState__Output as _parbake_v1_ObservedState__Output } from '../../parbake/v1/ObservedState.ts';
import type { Pong as _parbake_v1_Pong, Pong__Output as _parbake_v1_Pong__Output } from '../../parbake/v1/Pong.ts';

/**
 * From the agent to the coordinator.
 */
export interface SessionRequest {
  /**
   * The first message of a session.
   */
  'hello'?: (_parbake_v1_Hello | null);
  /**
   * Sent at every heartbeat interval.
   */
  'heartbeat'?: (_parbake_v1_Heartbeat | null);
  /**
   * The whole observed state, after every hello and whenever it changed.
   */
  'observed'?: (_parbake_v1_ObservedState | null);
  /**
   * Answers a ping, at once.
   */
  'pong'?: (_parbake_v1_Pong | null);
  /**
   * What it says.
   */
  'message'?: "hello"|"heartbeat"|"observed"|"pong";
}

/**
 * From the agent to the coordinator.
 */
export interface SessionRequest__Output {
  /**
   * The first message of a session.
   */
  'hello'?: (_parbake_v1_Hello__Output | null);
  /**
   * Sent at every heartbeat interval.
   */
  'heartbeat'?: (_parbake_v1_Heartbeat__Output | null);
  /**
   * The whole observed state, after every hello and whenever it changed.
   */
  'observed'?: (_parbake_v1_ObservedState__Output | null);
  /**
   * Answers a ping, at once.
   */
  'pong'?: (_parbake_v1_Pong__Output | null);
  /**
   * What it says.
   */
  'message'?: "hello"|"heartbeat"|"observed"|"pong";
}
