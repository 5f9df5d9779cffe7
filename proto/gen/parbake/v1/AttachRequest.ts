// Original file: proto/parbake/v1/agent.proto

import type { AttachHello as _parbake_v1_AttachHello, AttachHello__Output as _parbake_v1_AttachHello__Output } from '../../parbake/v1/AttachHello.ts';
import type { Output as _parbake_v1_Output, Output__Output as _parbake_v1_Output__Output } from '../../parbake/v1/Output.ts';
import type { AttachEnd as _parbake_v1_AttachEnd, AttachEnd__Output as _parbake_v1_AttachEnd__Output } from '../../parbake/v1/AttachEnd.ts';

/**
 * From the agent to the coordinator.
 */
export interface AttachRequest {
  /**
   * The first message.
   */
  'hello'?: (_parbake_v1_AttachHello | null);
  /**
   * What the container or the command wrote.
   */
  'output'?: (_parbake_v1_Output | null);
  /**
   * The last message.
   */
  'end'?: (_parbake_v1_AttachEnd | null);
  /**
   * What it says.
   */
  'message'?: "hello"|"output"|"end";
}

/**
 * From the agent to the coordinator.
 */
export interface AttachRequest__Output {
  /**
   * The first message.
   */
  'hello'?: (_parbake_v1_AttachHello__Output | null);
  /**
   * What the container or the command wrote.
   */
  'output'?: (_parbake_v1_Output__Output | null);
  /**
   * The last message.
   */
  'end'?: (_parbake_v1_AttachEnd__Output | null);
  /**
   * What it says.
   */
  'message'?: "hello"|"output"|"end";
}
