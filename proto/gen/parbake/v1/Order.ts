// Original file: proto/parbake/v1/agent.proto


/**
 * What the agent is told about an assignment. The role itself is the baked one:
 * an order can fill it in, never widen it.
 */
export interface Order {
  'assignmentId'?: (string);
  'user'?: (string);
  'environment'?: (string);
  'role'?: (string);
  /**
   * Within the role's user_env; the agent checks again. Where that names TRACEPARENT
   * and the caller gave none of its own, the coordinator adds it: the caller's trace
   * (W3C Trace Context), with the call to Assign as the parent; with it TRACESTATE,
   * where user_env names that too and the caller sent one.
   */
  'env'?: ({[key: string]: string});
  /**
   * By name, for containers that take files.
   */
  'files'?: ({[key: string]: Buffer | Uint8Array | string});
}

/**
 * What the agent is told about an assignment. The role itself is the baked one:
 * an order can fill it in, never widen it.
 */
export interface Order__Output {
  'assignmentId': (string);
  'user': (string);
  'environment': (string);
  'role': (string);
  /**
   * Within the role's user_env; the agent checks again. Where that names TRACEPARENT
   * and the caller gave none of its own, the coordinator adds it: the caller's trace
   * (W3C Trace Context), with the call to Assign as the parent; with it TRACESTATE,
   * where user_env names that too and the caller sent one.
   */
  'env': ({[key: string]: string});
  /**
   * By name, for containers that take files.
   */
  'files': ({[key: string]: Buffer});
}
