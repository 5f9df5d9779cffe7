// Original file: proto/parbake/v1/telemetry.proto


export interface GetTimelineRequest {
  /**
   * The instance. Required.
   */
  'instanceId'?: (string);
}

export interface GetTimelineRequest__Output {
  /**
   * The instance. Required.
   */
  'instanceId': (string);
}
