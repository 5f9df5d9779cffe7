// Original file: proto/parbake/v1/assignment.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { AttemptTimings as _parbake_v1_AttemptTimings, AttemptTimings__Output as _parbake_v1_AttemptTimings__Output } from '../../parbake/v1/AttemptTimings.ts';
import type { AttemptOutcome as _parbake_v1_AttemptOutcome, AttemptOutcome__Output as _parbake_v1_AttemptOutcome__Output } from '../../parbake/v1/AttemptOutcome.ts';
import type { Fault as _parbake_v1_Fault, Fault__Output as _parbake_v1_Fault__Output } from '../../parbake/v1/Fault.ts';
import type { ContainerEnd as _parbake_v1_ContainerEnd, ContainerEnd__Output as _parbake_v1_ContainerEnd__Output } from '../../parbake/v1/ContainerEnd.ts';

/**
 * One try of an assignment on one instance.
 */
export interface Attempt {
  /**
   * 1 for the first.
   */
  'number'?: (number);
  /**
   * The instance that was tried.
   */
  'instanceId'?: (string);
  /**
   * When the instance was taken.
   */
  'startTime'?: (_google_protobuf_Timestamp | null);
  /**
   * When the attempt ended. Absent while it is the present one.
   */
  'endTime'?: (_google_protobuf_Timestamp | null);
  /**
   * How long each of its steps took, from its own start.
   */
  'timings'?: (_parbake_v1_AttemptTimings | null);
  /**
   * How it stands, or how it ended.
   */
  'outcome'?: (_parbake_v1_AttemptOutcome);
  /**
   * Who caused its end. UNSPECIFIED while it runs and when it did not fail.
   */
  'fault'?: (_parbake_v1_Fault);
  /**
   * Why it failed: a stable code of docs/errors.md. Empty when it did not.
   */
  'reason'?: (string);
  /**
   * The same as a sentence, for people.
   */
  'message'?: (string);
  /**
   * How its containers ended. A container that runs is not in it.
   */
  'containers'?: (_parbake_v1_ContainerEnd)[];
}

/**
 * One try of an assignment on one instance.
 */
export interface Attempt__Output {
  /**
   * 1 for the first.
   */
  'number': (number);
  /**
   * The instance that was tried.
   */
  'instanceId': (string);
  /**
   * When the instance was taken.
   */
  'startTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * When the attempt ended. Absent while it is the present one.
   */
  'endTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * How long each of its steps took, from its own start.
   */
  'timings': (_parbake_v1_AttemptTimings__Output | null);
  /**
   * How it stands, or how it ended.
   */
  'outcome': (_parbake_v1_AttemptOutcome__Output);
  /**
   * Who caused its end. UNSPECIFIED while it runs and when it did not fail.
   */
  'fault': (_parbake_v1_Fault__Output);
  /**
   * Why it failed: a stable code of docs/errors.md. Empty when it did not.
   */
  'reason': (string);
  /**
   * The same as a sentence, for people.
   */
  'message': (string);
  /**
   * How its containers ended. A container that runs is not in it.
   */
  'containers': (_parbake_v1_ContainerEnd__Output)[];
}
