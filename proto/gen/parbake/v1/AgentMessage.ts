// Original file: proto/parbake/v1/agent.proto

import type { Hello as _parbake_v1_Hello, Hello__Output as _parbake_v1_Hello__Output } from '../../parbake/v1/Hello.ts';
import type { Heartbeat as _parbake_v1_Heartbeat, Heartbeat__Output as _parbake_v1_Heartbeat__Output } from '../../parbake/v1/Heartbeat.ts';
import type { ObservedState as _parbake_v1_ObservedState, ObservedState__Output as _parbake_v1_ObservedState__Output } from '../../parbake/v1/ObservedState.ts';

/**
 * Agent to coordinator.
 */
export interface AgentMessage {
  /**
   * First message of a stream.
   */
  'hello'?: (_parbake_v1_Hello | null);
  /**
   * Sent every heartbeat interval when nothing else was.
   */
  'heartbeat'?: (_parbake_v1_Heartbeat | null);
  /**
   * The whole observed state, whenever it changed and after every hello.
   */
  'observed'?: (_parbake_v1_ObservedState | null);
  'message'?: "hello"|"heartbeat"|"observed";
}

/**
 * Agent to coordinator.
 */
export interface AgentMessage__Output {
  /**
   * First message of a stream.
   */
  'hello'?: (_parbake_v1_Hello__Output | null);
  /**
   * Sent every heartbeat interval when nothing else was.
   */
  'heartbeat'?: (_parbake_v1_Heartbeat__Output | null);
  /**
   * The whole observed state, whenever it changed and after every hello.
   */
  'observed'?: (_parbake_v1_ObservedState__Output | null);
  'message'?: "hello"|"heartbeat"|"observed";
}
