// Original file: proto/parbake/v1/assignment.proto

import type { WaitUntil as _parbake_v1_WaitUntil, WaitUntil__Output as _parbake_v1_WaitUntil__Output } from '../../parbake/v1/WaitUntil.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { IfExists as _parbake_v1_IfExists, IfExists__Output as _parbake_v1_IfExists__Output } from '../../parbake/v1/IfExists.ts';
import type { RouteRequest as _parbake_v1_RouteRequest, RouteRequest__Output as _parbake_v1_RouteRequest__Output } from '../../parbake/v1/RouteRequest.ts';

/**
 * See AssignmentService.Assign.
 */
export interface AssignRequest {
  /**
   * The client makes it and stores it before the first try: 1 to 128 characters,
   * usually a UUID. Remembered for at least 24 hours.
   */
  'requestId'?: (string);
  /**
   * The user, in the caller's own terms. At most 256 characters.
   */
  'user'?: (string);
  /**
   * The role that the instance becomes.
   */
  'role'?: (string);
  /**
   * What the assignment is for, such as a Git branch. At most 256 characters.
   */
  'environment'?: (string);
  /**
   * Environment variables for the role's containers, within the role's user_env. At
   * most 128 variables, 96 KiB a value, 960 KiB in all.
   */
  'env'?: ({[key: string]: string});
  /**
   * How far to wait. Default: READY.
   */
  'wait'?: (_parbake_v1_WaitUntil);
  /**
   * Files for the containers that take some, such as certificates. They are in the
   * container, at the path that the recipe names, before its command runs. Names have
   * 1 to 255 letters, digits, dots, hyphens and underscores and do not begin with a
   * dot; at most 64 files, 1 MiB in all.
   */
  'files'?: ({[key: string]: Buffer | Uint8Array | string});
  /**
   * The assignment becomes EXPIRED this long after it was created. Absent: it lives
   * until it is released.
   */
  'ttl'?: (_google_protobuf_Duration | null);
  /**
   * What to do when the user has a live assignment of this role and environment.
   * Default: make another one.
   */
  'ifExists'?: (_parbake_v1_IfExists);
  /**
   * Host names for the assignment, at most 16. Each is reserved with the request, leads
   * to the instance as soon as the assignment serves, and is free when it ends. With
   * IF_EXISTS_REPLACE a name passes on from the assignment that is replaced, without a
   * gap.
   */
  'routes'?: (_parbake_v1_RouteRequest)[];
}

/**
 * See AssignmentService.Assign.
 */
export interface AssignRequest__Output {
  /**
   * The client makes it and stores it before the first try: 1 to 128 characters,
   * usually a UUID. Remembered for at least 24 hours.
   */
  'requestId': (string);
  /**
   * The user, in the caller's own terms. At most 256 characters.
   */
  'user': (string);
  /**
   * The role that the instance becomes.
   */
  'role': (string);
  /**
   * What the assignment is for, such as a Git branch. At most 256 characters.
   */
  'environment': (string);
  /**
   * Environment variables for the role's containers, within the role's user_env. At
   * most 128 variables, 96 KiB a value, 960 KiB in all.
   */
  'env': ({[key: string]: string});
  /**
   * How far to wait. Default: READY.
   */
  'wait': (_parbake_v1_WaitUntil__Output);
  /**
   * Files for the containers that take some, such as certificates. They are in the
   * container, at the path that the recipe names, before its command runs. Names have
   * 1 to 255 letters, digits, dots, hyphens and underscores and do not begin with a
   * dot; at most 64 files, 1 MiB in all.
   */
  'files': ({[key: string]: Buffer});
  /**
   * The assignment becomes EXPIRED this long after it was created. Absent: it lives
   * until it is released.
   */
  'ttl': (_google_protobuf_Duration__Output | null);
  /**
   * What to do when the user has a live assignment of this role and environment.
   * Default: make another one.
   */
  'ifExists': (_parbake_v1_IfExists__Output);
  /**
   * Host names for the assignment, at most 16. Each is reserved with the request, leads
   * to the instance as soon as the assignment serves, and is free when it ends. With
   * IF_EXISTS_REPLACE a name passes on from the assignment that is replaced, without a
   * gap.
   */
  'routes': (_parbake_v1_RouteRequest__Output)[];
}
