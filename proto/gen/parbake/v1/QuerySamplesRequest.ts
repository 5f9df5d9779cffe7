// Original file: proto/parbake/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * See TelemetryService.QuerySamples.
 */
export interface QuerySamplesRequest {
  /**
   * The instance's id.
   */
  'instanceId'?: (string);
  /**
   * Only samples that end after this. Absent: all.
   */
  'startTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Only samples that start before this. Absent: all.
   */
  'endTime'?: (_google_protobuf_Timestamp | null);
  /**
   * At most this many for the host and for each container; neighbours are joined when
   * there are more. Default 1000; a number above 10000 means 10000.
   */
  'maxSamples'?: (number);
}

/**
 * See TelemetryService.QuerySamples.
 */
export interface QuerySamplesRequest__Output {
  /**
   * The instance's id.
   */
  'instanceId': (string);
  /**
   * Only samples that end after this. Absent: all.
   */
  'startTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Only samples that start before this. Absent: all.
   */
  'endTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * At most this many for the host and for each container; neighbours are joined when
   * there are more. Default 1000; a number above 10000 means 10000.
   */
  'maxSamples': (number);
}
