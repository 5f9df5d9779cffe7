// Original file: proto/parbake/v1/instance.proto

import type { OnLoss as _parbake_v1_OnLoss, OnLoss__Output as _parbake_v1_OnLoss__Output } from '../../parbake/v1/OnLoss.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * A role that an instance carries, as baked.
 */
export interface RoleOffer {
  /**
   * The role's name in the recipe.
   */
  'name'?: (string);
  /**
   * Environment variables that an assignment may set; any other is refused.
   */
  'userEnv'?: (string)[];
  /**
   * Ports published on the instance.
   */
  'ports'?: (number)[];
  /**
   * How far it is prepared right now: 0 to 1.
   */
  'preparation'?: (number | string);
  /**
   * What part of the reads recorded for it at bake has been read ahead: 0 to 1.
   * Absent when nothing is read ahead.
   */
  'replayed'?: (number | string);
  /**
   * Whether a container of it takes the files of an assignment.
   */
  'takesFiles'?: (boolean);
  /**
   * What happens to an assignment of it that was SERVING when its machine fails or is
   * lost. Unspecified, which agents before 0.2 send, means ON_LOSS_FAIL.
   */
  'onLoss'?: (_parbake_v1_OnLoss);
  /**
   * With ON_LOSS_REPLACE, how long an instance may be silent before its user gets
   * another one: at least 60 s. Absent means that silence alone never moves a user.
   */
  'silentAfter'?: (_google_protobuf_Duration | null);
  '_replayed'?: "replayed";
}

/**
 * A role that an instance carries, as baked.
 */
export interface RoleOffer__Output {
  /**
   * The role's name in the recipe.
   */
  'name': (string);
  /**
   * Environment variables that an assignment may set; any other is refused.
   */
  'userEnv': (string)[];
  /**
   * Ports published on the instance.
   */
  'ports': (number)[];
  /**
   * How far it is prepared right now: 0 to 1.
   */
  'preparation': (number);
  /**
   * What part of the reads recorded for it at bake has been read ahead: 0 to 1.
   * Absent when nothing is read ahead.
   */
  'replayed'?: (number);
  /**
   * Whether a container of it takes the files of an assignment.
   */
  'takesFiles': (boolean);
  /**
   * What happens to an assignment of it that was SERVING when its machine fails or is
   * lost. Unspecified, which agents before 0.2 send, means ON_LOSS_FAIL.
   */
  'onLoss': (_parbake_v1_OnLoss__Output);
  /**
   * With ON_LOSS_REPLACE, how long an instance may be silent before its user gets
   * another one: at least 60 s. Absent means that silence alone never moves a user.
   */
  'silentAfter': (_google_protobuf_Duration__Output | null);
  '_replayed'?: "replayed";
}
