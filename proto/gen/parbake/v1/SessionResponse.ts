// Original file: proto/parbake/v1/agent.proto

import type { DesiredState as _parbake_v1_DesiredState, DesiredState__Output as _parbake_v1_DesiredState__Output } from '../../parbake/v1/DesiredState.ts';
import type { HeartbeatAck as _parbake_v1_HeartbeatAck, HeartbeatAck__Output as _parbake_v1_HeartbeatAck__Output } from '../../parbake/v1/HeartbeatAck.ts';
import type { Drain as _parbake_v1_Drain, Drain__Output as _parbake_v1_Drain__Output } from '../../parbake/v1/Drain.ts';
import type { Ping as _parbake_v1_Ping, Ping__Output as _parbake_v1_Ping__Output } from '../../parbake/v1/Ping.ts';
import type { Attach as _parbake_v1_Attach, Attach__Output as _parbake_v1_Attach__Output } from '../../parbake/v1/Attach.ts';
import type { AssignmentCertificate as _parbake_v1_AssignmentCertificate, AssignmentCertificate__Output as _parbake_v1_AssignmentCertificate__Output } from '../../parbake/v1/AssignmentCertificate.ts';

/**
 * From the coordinator to the agent.
 */
export interface SessionResponse {
  /**
   * The whole desired state, after every hello and whenever it changed.
   */
  'desired'?: (_parbake_v1_DesiredState | null);
  /**
   * Answers a heartbeat.
   */
  'heartbeatAck'?: (_parbake_v1_HeartbeatAck | null);
  /**
   * The coordinator is shutting down.
   */
  'drain'?: (_parbake_v1_Drain | null);
  /**
   * Asks whether this agent lives.
   */
  'ping'?: (_parbake_v1_Ping | null);
  /**
   * Asks the agent to open a stream.
   */
  'attach'?: (_parbake_v1_Attach | null);
  /**
   * Replaces the certificate that came with the order, at half of its lifetime.
   */
  'certificate'?: (_parbake_v1_AssignmentCertificate | null);
  /**
   * What it says.
   */
  'message'?: "desired"|"heartbeatAck"|"drain"|"ping"|"attach"|"certificate";
}

/**
 * From the coordinator to the agent.
 */
export interface SessionResponse__Output {
  /**
   * The whole desired state, after every hello and whenever it changed.
   */
  'desired'?: (_parbake_v1_DesiredState__Output | null);
  /**
   * Answers a heartbeat.
   */
  'heartbeatAck'?: (_parbake_v1_HeartbeatAck__Output | null);
  /**
   * The coordinator is shutting down.
   */
  'drain'?: (_parbake_v1_Drain__Output | null);
  /**
   * Asks whether this agent lives.
   */
  'ping'?: (_parbake_v1_Ping__Output | null);
  /**
   * Asks the agent to open a stream.
   */
  'attach'?: (_parbake_v1_Attach__Output | null);
  /**
   * Replaces the certificate that came with the order, at half of its lifetime.
   */
  'certificate'?: (_parbake_v1_AssignmentCertificate__Output | null);
  /**
   * What it says.
   */
  'message'?: "desired"|"heartbeatAck"|"drain"|"ping"|"attach"|"certificate";
}
