// Original file: proto/parbake/v1/agent.proto

import type { AttachLogs as _parbake_v1_AttachLogs, AttachLogs__Output as _parbake_v1_AttachLogs__Output } from '../../parbake/v1/AttachLogs.ts';

/**
 * From the coordinator to the agent.
 */
export interface AttachResponse {
  /**
   * The log of a container.
   */
  'logs'?: (_parbake_v1_AttachLogs | null);
  /**
   * What it wants.
   */
  'message'?: "logs";
}

/**
 * From the coordinator to the agent.
 */
export interface AttachResponse__Output {
  /**
   * The log of a container.
   */
  'logs'?: (_parbake_v1_AttachLogs__Output | null);
  /**
   * What it wants.
   */
  'message'?: "logs";
}
