// Original file: proto/parbake/v1/agent.proto

import type { AssignmentCertificate as _parbake_v1_AssignmentCertificate, AssignmentCertificate__Output as _parbake_v1_AssignmentCertificate__Output } from '../../parbake/v1/AssignmentCertificate.ts';

/**
 * What the agent is told about an assignment. The role itself is the baked one: an
 * order can fill it in, never widen it.
 */
export interface Order {
  /**
   * The assignment's id.
   */
  'assignmentId'?: (string);
  /**
   * The user.
   */
  'user'?: (string);
  /**
   * What the assignment is for, such as a Git branch. May be empty.
   */
  'environment'?: (string);
  /**
   * The role's name.
   */
  'role'?: (string);
  /**
   * Environment variables within the role's user_env; the agent checks them again.
   * When user_env names TRACEPARENT and the caller gave none of its own, the
   * coordinator adds it: the caller's trace (W3C Trace Context), with the call to
   * Assign as the parent; and TRACESTATE, when user_env names that too and the caller
   * sent one.
   */
  'env'?: ({[key: string]: string});
  /**
   * Files by name, for containers that take some.
   */
  'files'?: ({[key: string]: Buffer | Uint8Array | string});
  /**
   * For containers that take one. Absent when the hello had no certificate_request, and
   * when this coordinator issues no certificates. Never in an order to stop.
   */
  'certificate'?: (_parbake_v1_AssignmentCertificate | null);
}

/**
 * What the agent is told about an assignment. The role itself is the baked one: an
 * order can fill it in, never widen it.
 */
export interface Order__Output {
  /**
   * The assignment's id.
   */
  'assignmentId': (string);
  /**
   * The user.
   */
  'user': (string);
  /**
   * What the assignment is for, such as a Git branch. May be empty.
   */
  'environment': (string);
  /**
   * The role's name.
   */
  'role': (string);
  /**
   * Environment variables within the role's user_env; the agent checks them again.
   * When user_env names TRACEPARENT and the caller gave none of its own, the
   * coordinator adds it: the caller's trace (W3C Trace Context), with the call to
   * Assign as the parent; and TRACESTATE, when user_env names that too and the caller
   * sent one.
   */
  'env': ({[key: string]: string});
  /**
   * Files by name, for containers that take some.
   */
  'files': ({[key: string]: Buffer});
  /**
   * For containers that take one. Absent when the hello had no certificate_request, and
   * when this coordinator issues no certificates. Never in an order to stop.
   */
  'certificate': (_parbake_v1_AssignmentCertificate__Output | null);
}
