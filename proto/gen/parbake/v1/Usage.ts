// Original file: proto/parbake/v1/assignment.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What the assignments of one user, environment or role used. A figure that was never
 * measured is absent.
 */
export interface Usage {
  /**
   * The user, environment or role. Empty for assignments without an environment.
   */
  'key'?: (string);
  /**
   * How many assignments had an instance.
   */
  'assignments'?: (number | string | Long);
  /**
   * How long they had instances, all together, by the coordinator's clock.
   */
  'instanceDuration'?: (_google_protobuf_Duration | null);
  /**
   * How much of that time samples cover. What was used in the rest is not known.
   */
  'sampledDuration'?: (_google_protobuf_Duration | null);
  /**
   * Processor time of their containers, of all cores.
   */
  'cpuDuration'?: (_google_protobuf_Duration | null);
  /**
   * The most memory that the containers of one assignment had at a time.
   */
  'maxMemoryBytes'?: (number | string | Long);
  /**
   * What their containers read from disks.
   */
  'diskReadBytes'?: (number | string | Long);
  /**
   * What their containers wrote to disks.
   */
  'diskWriteBytes'?: (number | string | Long);
  /**
   * What their containers received.
   */
  'networkReceiveBytes'?: (number | string | Long);
  /**
   * What their containers sent.
   */
  'networkTransmitBytes'?: (number | string | Long);
  '_maxMemoryBytes'?: "maxMemoryBytes";
  '_diskReadBytes'?: "diskReadBytes";
  '_diskWriteBytes'?: "diskWriteBytes";
  '_networkReceiveBytes'?: "networkReceiveBytes";
  '_networkTransmitBytes'?: "networkTransmitBytes";
}

/**
 * What the assignments of one user, environment or role used. A figure that was never
 * measured is absent.
 */
export interface Usage__Output {
  /**
   * The user, environment or role. Empty for assignments without an environment.
   */
  'key': (string);
  /**
   * How many assignments had an instance.
   */
  'assignments': (number);
  /**
   * How long they had instances, all together, by the coordinator's clock.
   */
  'instanceDuration': (_google_protobuf_Duration__Output | null);
  /**
   * How much of that time samples cover. What was used in the rest is not known.
   */
  'sampledDuration': (_google_protobuf_Duration__Output | null);
  /**
   * Processor time of their containers, of all cores.
   */
  'cpuDuration': (_google_protobuf_Duration__Output | null);
  /**
   * The most memory that the containers of one assignment had at a time.
   */
  'maxMemoryBytes'?: (number);
  /**
   * What their containers read from disks.
   */
  'diskReadBytes'?: (number);
  /**
   * What their containers wrote to disks.
   */
  'diskWriteBytes'?: (number);
  /**
   * What their containers received.
   */
  'networkReceiveBytes'?: (number);
  /**
   * What their containers sent.
   */
  'networkTransmitBytes'?: (number);
  '_maxMemoryBytes'?: "maxMemoryBytes";
  '_diskReadBytes'?: "diskReadBytes";
  '_diskWriteBytes'?: "diskWriteBytes";
  '_networkReceiveBytes'?: "networkReceiveBytes";
  '_networkTransmitBytes'?: "networkTransmitBytes";
}
