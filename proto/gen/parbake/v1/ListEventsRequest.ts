// Original file: proto/parbake/v1/telemetry.proto


export interface ListEventsRequest {
  /**
   * The instance. Required.
   */
  'instanceId'?: (string);
  /**
   * At most this many, 1 to 1000; 0 means 100.
   */
  'pageSize'?: (number);
  /**
   * From a former answer.
   */
  'pageToken'?: (string);
}

export interface ListEventsRequest__Output {
  /**
   * The instance. Required.
   */
  'instanceId': (string);
  /**
   * At most this many, 1 to 1000; 0 means 100.
   */
  'pageSize': (number);
  /**
   * From a former answer.
   */
  'pageToken': (string);
}
