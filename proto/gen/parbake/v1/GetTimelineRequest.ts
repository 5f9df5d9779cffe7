// Original file: proto/parbake/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface GetTimelineRequest {
  /**
   * The instance. Required.
   */
  'instanceId'?: (string);
  /**
   * What ends after this, by the instance's clock; absent for all.
   */
  'startTime'?: (_google_protobuf_Timestamp | null);
  /**
   * What starts before this, by the instance's clock; absent for all.
   */
  'endTime'?: (_google_protobuf_Timestamp | null);
  /**
   * At most this many spans, 1 to 10000; 0 means all. Pulls, starts and reads, of which
   * no more than 1000 each are kept, come with the first page.
   */
  'pageSize'?: (number);
  /**
   * From a former answer, with the same times.
   */
  'pageToken'?: (string);
}

export interface GetTimelineRequest__Output {
  /**
   * The instance. Required.
   */
  'instanceId': (string);
  /**
   * What ends after this, by the instance's clock; absent for all.
   */
  'startTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * What starts before this, by the instance's clock; absent for all.
   */
  'endTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * At most this many spans, 1 to 10000; 0 means all. Pulls, starts and reads, of which
   * no more than 1000 each are kept, come with the first page.
   */
  'pageSize': (number);
  /**
   * From a former answer, with the same times.
   */
  'pageToken': (string);
}
