// Original file: proto/parbake/v1/instance.proto

import type { OnLoss as _parbake_v1_OnLoss, OnLoss__Output as _parbake_v1_OnLoss__Output } from '../../parbake/v1/OnLoss.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { ImdsExposure as _parbake_v1_ImdsExposure, ImdsExposure__Output as _parbake_v1_ImdsExposure__Output } from '../../parbake/v1/ImdsExposure.ts';

/**
 * A role that an instance carries, as baked.
 */
export interface RoleOffer {
  /**
   * The role's name in the recipe.
   */
  'name'?: (string);
  /**
   * Environment variables that an assignment may set. Any other is refused.
   */
  'userEnv'?: (string)[];
  /**
   * TCP ports that it publishes on the instance.
   */
  'ports'?: (number)[];
  /**
   * How far it is prepared right now, 0 to 1.
   */
  'preparation'?: (number | string);
  /**
   * The part of its recorded reads that has been read ahead, 0 to 1. Absent when
   * nothing is read ahead.
   */
  'replayed'?: (number | string);
  /**
   * Whether one of its containers takes the files of an assignment.
   */
  'takesFiles'?: (boolean);
  /**
   * What happens to a serving assignment when its instance fails. UNSPECIFIED, which
   * agents before 0.2 send, means FAIL.
   */
  'onLoss'?: (_parbake_v1_OnLoss);
  /**
   * With REPLACE: how long the agent may be silent before the assignment moves, 60 s to
   * 24 h. Absent: silence alone never moves it.
   */
  'silentAfter'?: (_google_protobuf_Duration | null);
  /**
   * Whether its containers may reach the instance's metadata service, and with it the
   * credentials of the instance's role: the recipe says `metadata: allow`.
   */
  'reachesMetadata'?: (boolean);
  /**
   * Whether the instance's metadata service answers in the network of its containers.
   * An agent asks once it is prepared.
   */
  'imdsExposure'?: (_parbake_v1_ImdsExposure);
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
   * Environment variables that an assignment may set. Any other is refused.
   */
  'userEnv': (string)[];
  /**
   * TCP ports that it publishes on the instance.
   */
  'ports': (number)[];
  /**
   * How far it is prepared right now, 0 to 1.
   */
  'preparation': (number);
  /**
   * The part of its recorded reads that has been read ahead, 0 to 1. Absent when
   * nothing is read ahead.
   */
  'replayed'?: (number);
  /**
   * Whether one of its containers takes the files of an assignment.
   */
  'takesFiles': (boolean);
  /**
   * What happens to a serving assignment when its instance fails. UNSPECIFIED, which
   * agents before 0.2 send, means FAIL.
   */
  'onLoss': (_parbake_v1_OnLoss__Output);
  /**
   * With REPLACE: how long the agent may be silent before the assignment moves, 60 s to
   * 24 h. Absent: silence alone never moves it.
   */
  'silentAfter': (_google_protobuf_Duration__Output | null);
  /**
   * Whether its containers may reach the instance's metadata service, and with it the
   * credentials of the instance's role: the recipe says `metadata: allow`.
   */
  'reachesMetadata': (boolean);
  /**
   * Whether the instance's metadata service answers in the network of its containers.
   * An agent asks once it is prepared.
   */
  'imdsExposure': (_parbake_v1_ImdsExposure__Output);
  '_replayed'?: "replayed";
}
