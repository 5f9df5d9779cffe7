// Original file: proto/parbake/v1/assignment.proto

import type { AssignmentState as _parbake_v1_AssignmentState, AssignmentState__Output as _parbake_v1_AssignmentState__Output } from '../../parbake/v1/AssignmentState.ts';
import type { Endpoint as _parbake_v1_Endpoint, Endpoint__Output as _parbake_v1_Endpoint__Output } from '../../parbake/v1/Endpoint.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { AssignmentTimings as _parbake_v1_AssignmentTimings, AssignmentTimings__Output as _parbake_v1_AssignmentTimings__Output } from '../../parbake/v1/AssignmentTimings.ts';
import type { Attempt as _parbake_v1_Attempt, Attempt__Output as _parbake_v1_Attempt__Output } from '../../parbake/v1/Attempt.ts';
import type { RouteRequest as _parbake_v1_RouteRequest, RouteRequest__Output as _parbake_v1_RouteRequest__Output } from '../../parbake/v1/RouteRequest.ts';

/**
 * This instance belongs to this user, from now until release.
 */
export interface Assignment {
  /**
   * The assignment's id. The coordinator makes it.
   */
  'assignmentId'?: (string);
  /**
   * The user, as in the request.
   */
  'user'?: (string);
  /**
   * The role, as in the request.
   */
  'role'?: (string);
  /**
   * The environment, as in the request.
   */
  'environment'?: (string);
  /**
   * Where it is in its life.
   */
  'state'?: (_parbake_v1_AssignmentState);
  /**
   * The instance. Empty while PENDING; provisional until DELIVERED: another instance
   * is tried when the agent does not confirm the order.
   */
  'instanceId'?: (string);
  /**
   * Where the containers answer, once SERVING.
   */
  'endpoints'?: (_parbake_v1_Endpoint)[];
  /**
   * When the coordinator accepted it.
   */
  'createTime'?: (_google_protobuf_Timestamp | null);
  /**
   * When it ended. Absent while it is live.
   */
  'releaseTime'?: (_google_protobuf_Timestamp | null);
  /**
   * The number of the present attempt: 1 for the first instance.
   */
  'attempt'?: (number);
  /**
   * Why it FAILED, or why its last attempt did: a stable code of docs/errors.md.
   * Empty without a reason.
   */
  'reason'?: (string);
  /**
   * How long each step took for the caller.
   */
  'timings'?: (_parbake_v1_AssignmentTimings | null);
  /**
   * The request_id that made it, which belongs to its owner.
   */
  'requestId'?: (string);
  /**
   * The same as a sentence, for people.
   */
  'message'?: (string);
  /**
   * When it becomes EXPIRED. Absent without a `ttl`.
   */
  'expireTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Every attempt, in order; the last one is the present one.
   */
  'attempts'?: (_parbake_v1_Attempt)[];
  /**
   * The last lines that the container that FAILED printed, without the values and files
   * of the order and what looks like a credential. Only in the answer of GetAssignment,
   * for the assignment's owner. Kept in memory for the last thousand failures, so it is
   * empty after a restart of the coordinator.
   */
  'lastOutput'?: (string);
  /**
   * The principal that asked for it, such as `client/web`. A client sees and changes its
   * own assignments only.
   */
  'owner'?: (string);
  /**
   * The routes that were asked for. How they stand is in ListRoutes.
   */
  'routes'?: (_parbake_v1_RouteRequest)[];
}

/**
 * This instance belongs to this user, from now until release.
 */
export interface Assignment__Output {
  /**
   * The assignment's id. The coordinator makes it.
   */
  'assignmentId': (string);
  /**
   * The user, as in the request.
   */
  'user': (string);
  /**
   * The role, as in the request.
   */
  'role': (string);
  /**
   * The environment, as in the request.
   */
  'environment': (string);
  /**
   * Where it is in its life.
   */
  'state': (_parbake_v1_AssignmentState__Output);
  /**
   * The instance. Empty while PENDING; provisional until DELIVERED: another instance
   * is tried when the agent does not confirm the order.
   */
  'instanceId': (string);
  /**
   * Where the containers answer, once SERVING.
   */
  'endpoints': (_parbake_v1_Endpoint__Output)[];
  /**
   * When the coordinator accepted it.
   */
  'createTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * When it ended. Absent while it is live.
   */
  'releaseTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * The number of the present attempt: 1 for the first instance.
   */
  'attempt': (number);
  /**
   * Why it FAILED, or why its last attempt did: a stable code of docs/errors.md.
   * Empty without a reason.
   */
  'reason': (string);
  /**
   * How long each step took for the caller.
   */
  'timings': (_parbake_v1_AssignmentTimings__Output | null);
  /**
   * The request_id that made it, which belongs to its owner.
   */
  'requestId': (string);
  /**
   * The same as a sentence, for people.
   */
  'message': (string);
  /**
   * When it becomes EXPIRED. Absent without a `ttl`.
   */
  'expireTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Every attempt, in order; the last one is the present one.
   */
  'attempts': (_parbake_v1_Attempt__Output)[];
  /**
   * The last lines that the container that FAILED printed, without the values and files
   * of the order and what looks like a credential. Only in the answer of GetAssignment,
   * for the assignment's owner. Kept in memory for the last thousand failures, so it is
   * empty after a restart of the coordinator.
   */
  'lastOutput': (string);
  /**
   * The principal that asked for it, such as `client/web`. A client sees and changes its
   * own assignments only.
   */
  'owner': (string);
  /**
   * The routes that were asked for. How they stand is in ListRoutes.
   */
  'routes': (_parbake_v1_RouteRequest__Output)[];
}
