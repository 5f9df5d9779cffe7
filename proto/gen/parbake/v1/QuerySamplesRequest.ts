// Original file: proto/parbake/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface QuerySamplesRequest {
  /**
   * The instance. Required.
   */
  'instanceId'?: (string);
  /**
   * Samples that end after this; absent for all.
   */
  'startTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Samples that start before this; absent for all.
   */
  'endTime'?: (_google_protobuf_Timestamp | null);
  /**
   * At most this many for each container and the host, 1 to 10000; neighbours are
   * joined where there are more. 0 means 1000.
   */
  'maxSamples'?: (number);
}

export interface QuerySamplesRequest__Output {
  /**
   * The instance. Required.
   */
  'instanceId': (string);
  /**
   * Samples that end after this; absent for all.
   */
  'startTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Samples that start before this; absent for all.
   */
  'endTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * At most this many for each container and the host, 1 to 10000; neighbours are
   * joined where there are more. 0 means 1000.
   */
  'maxSamples': (number);
}
