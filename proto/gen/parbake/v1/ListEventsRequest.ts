// Original file: proto/parbake/v1/telemetry.proto


/**
 * See TelemetryService.ListEvents.
 */
export interface ListEventsRequest {
  /**
   * The instance's id.
   */
  'instanceId'?: (string);
  /**
   * The page's size. Default 100; a size above 1000 means 1000.
   */
  'pageSize'?: (number);
  /**
   * next_page_token of the page before.
   */
  'pageToken'?: (string);
}

/**
 * See TelemetryService.ListEvents.
 */
export interface ListEventsRequest__Output {
  /**
   * The instance's id.
   */
  'instanceId': (string);
  /**
   * The page's size. Default 100; a size above 1000 means 1000.
   */
  'pageSize': (number);
  /**
   * next_page_token of the page before.
   */
  'pageToken': (string);
}
