// Original file: proto/parbake/v1/assignment.proto

import type { Assignment as _parbake_v1_Assignment, Assignment__Output as _parbake_v1_Assignment__Output } from '../../parbake/v1/Assignment.ts';
import type { AfterRelease as _parbake_v1_AfterRelease, AfterRelease__Output as _parbake_v1_AfterRelease__Output } from '../../parbake/v1/AfterRelease.ts';

/**
 * The assignment as it stands now.
 */
export interface ReleaseResponse {
  /**
   * The assignment.
   */
  'assignment'?: (_parbake_v1_Assignment | null);
  /**
   * True when it had ended, or was ending, before this call.
   */
  'alreadyReleased'?: (boolean);
  /**
   * What becomes of the machine of its last instance.
   */
  'afterRelease'?: (_parbake_v1_AfterRelease);
}

/**
 * The assignment as it stands now.
 */
export interface ReleaseResponse__Output {
  /**
   * The assignment.
   */
  'assignment': (_parbake_v1_Assignment__Output | null);
  /**
   * True when it had ended, or was ending, before this call.
   */
  'alreadyReleased': (boolean);
  /**
   * What becomes of the machine of its last instance.
   */
  'afterRelease': (_parbake_v1_AfterRelease__Output);
}
