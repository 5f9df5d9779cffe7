// Original file: proto/parbake/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

/**
 * See TelemetryService.GetTimeline.
 */
export interface GetTimelineRequest {
  /**
   * The instance's id.
   */
  'instanceId'?: (string);
  /**
   * Only what ends after this, by the instance's clock. Absent: all.
   */
  'startTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Only what starts before this, by the instance's clock. Absent: all.
   */
  'endTime'?: (_google_protobuf_Timestamp | null);
  /**
   * The page's size in spans. Default 2000; a size above 2000 means 2000, so that a
   * page fits into the 4 MiB that gRPC clients accept by default. Pulls, starts and
   * reads, of which at most 1000 each are kept, come with the first page.
   */
  'pageSize'?: (number);
  /**
   * next_page_token of the page before, with the same times.
   */
  'pageToken'?: (string);
}

/**
 * See TelemetryService.GetTimeline.
 */
export interface GetTimelineRequest__Output {
  /**
   * The instance's id.
   */
  'instanceId': (string);
  /**
   * Only what ends after this, by the instance's clock. Absent: all.
   */
  'startTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Only what starts before this, by the instance's clock. Absent: all.
   */
  'endTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * The page's size in spans. Default 2000; a size above 2000 means 2000, so that a
   * page fits into the 4 MiB that gRPC clients accept by default. Pulls, starts and
   * reads, of which at most 1000 each are kept, come with the first page.
   */
  'pageSize': (number);
  /**
   * next_page_token of the page before, with the same times.
   */
  'pageToken': (string);
}
