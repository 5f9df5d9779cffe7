// Original file: proto/parbake/v1/agent.proto

import type { Clock as _parbake_v1_Clock, Clock__Output as _parbake_v1_Clock__Output } from '../../parbake/v1/Clock.ts';

/**
 * Opens a session.
 */
export interface Hello {
  /**
   * As in the check-in.
   */
  'instanceId'?: (string);
  /**
   * From CheckInResponse.
   */
  'sessionId'?: (string);
  /**
   * As in Heartbeat.
   */
  'clock'?: (_parbake_v1_Clock | null);
  /**
   * Whether this agent opens streams when it is asked to (SessionResponse.attach).
   */
  'attaches'?: (boolean);
  /**
   * The key for which the agent wants a certificate with its order: a PKCS #10 request in
   * DER, signed with the key, whose challenge password is session_id. Nothing else in it
   * is read. Empty when no role takes a certificate.
   */
  'certificateRequest'?: (Buffer | Uint8Array | string);
}

/**
 * Opens a session.
 */
export interface Hello__Output {
  /**
   * As in the check-in.
   */
  'instanceId': (string);
  /**
   * From CheckInResponse.
   */
  'sessionId': (string);
  /**
   * As in Heartbeat.
   */
  'clock': (_parbake_v1_Clock__Output | null);
  /**
   * Whether this agent opens streams when it is asked to (SessionResponse.attach).
   */
  'attaches': (boolean);
  /**
   * The key for which the agent wants a certificate with its order: a PKCS #10 request in
   * DER, signed with the key, whose challenge password is session_id. Nothing else in it
   * is read. Empty when no role takes a certificate.
   */
  'certificateRequest': (Buffer);
}
