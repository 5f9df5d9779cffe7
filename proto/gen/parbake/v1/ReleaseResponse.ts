// Original file: proto/parbake/v1/assignment.proto

import type { Assignment as _parbake_v1_Assignment, Assignment__Output as _parbake_v1_Assignment__Output } from '../../parbake/v1/Assignment.ts';

export interface ReleaseResponse {
  'assignment'?: (_parbake_v1_Assignment | null);
  /**
   * True when it had been released, or was being released, before.
   */
  'alreadyReleased'?: (boolean);
}

export interface ReleaseResponse__Output {
  'assignment': (_parbake_v1_Assignment__Output | null);
  /**
   * True when it had been released, or was being released, before.
   */
  'alreadyReleased': (boolean);
}
