// Original file: proto/parbake/v1/assignment.proto

import type { WaitUntil as _parbake_v1_WaitUntil, WaitUntil__Output as _parbake_v1_WaitUntil__Output } from '../../parbake/v1/WaitUntil.ts';

export interface AssignRequest {
  /**
   * Made and kept by the client before the first try, 1 to 128 characters, a UUID
   * as a rule. Required. Remembered for at least 24 hours.
   */
  'requestId'?: (string);
  /**
   * The user, in the caller's own terms. Required, at most 256 characters.
   */
  'user'?: (string);
  /**
   * The role. Required.
   */
  'role'?: (string);
  /**
   * What it is for, such as a Git branch. Optional.
   */
  'environment'?: (string);
  /**
   * Environment variables for the role's containers, within the role's user_env.
   * At most 128, a value of at most 96 KiB, together at most 960 KiB.
   */
  'env'?: ({[key: string]: string});
  /**
   * How far to wait.
   */
  'wait'?: (_parbake_v1_WaitUntil);
  /**
   * Files for the containers of the role that take some, such as certificates: they
   * are in the container, at the path that the recipe names, before its command runs.
   * Names have 1 to 255 letters, digits, dots, hyphens and underscores and do not
   * begin with a dot; at most 64 files, together at most 1 MiB.
   */
  'files'?: ({[key: string]: Buffer | Uint8Array | string});
}

export interface AssignRequest__Output {
  /**
   * Made and kept by the client before the first try, 1 to 128 characters, a UUID
   * as a rule. Required. Remembered for at least 24 hours.
   */
  'requestId': (string);
  /**
   * The user, in the caller's own terms. Required, at most 256 characters.
   */
  'user': (string);
  /**
   * The role. Required.
   */
  'role': (string);
  /**
   * What it is for, such as a Git branch. Optional.
   */
  'environment': (string);
  /**
   * Environment variables for the role's containers, within the role's user_env.
   * At most 128, a value of at most 96 KiB, together at most 960 KiB.
   */
  'env': ({[key: string]: string});
  /**
   * How far to wait.
   */
  'wait': (_parbake_v1_WaitUntil__Output);
  /**
   * Files for the containers of the role that take some, such as certificates: they
   * are in the container, at the path that the recipe names, before its command runs.
   * Names have 1 to 255 letters, digits, dots, hyphens and underscores and do not
   * begin with a dot; at most 64 files, together at most 1 MiB.
   */
  'files': ({[key: string]: Buffer});
}
