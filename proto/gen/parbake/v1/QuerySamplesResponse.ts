// Original file: proto/parbake/v1/telemetry.proto

import type { Sample as _parbake_v1_Sample, Sample__Output as _parbake_v1_Sample__Output } from '../../parbake/v1/Sample.ts';

/**
 * Samples of one instance.
 */
export interface QuerySamplesResponse {
  /**
   * The host's first, then by container; each by time.
   */
  'samples'?: (_parbake_v1_Sample)[];
}

/**
 * Samples of one instance.
 */
export interface QuerySamplesResponse__Output {
  /**
   * The host's first, then by container; each by time.
   */
  'samples': (_parbake_v1_Sample__Output)[];
}
