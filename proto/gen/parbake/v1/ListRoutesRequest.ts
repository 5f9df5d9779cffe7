// Original file: proto/parbake/v1/route.proto


/**
 * See RouteService.ListRoutes.
 */
export interface ListRoutesRequest {
  /**
   * The page's size. Default 100; a size above 1000 means 1000.
   */
  'pageSize'?: (number);
  /**
   * next_page_token of the page before.
   */
  'pageToken'?: (string);
  /**
   * Only of this assignment. Empty: of any.
   */
  'assignmentId'?: (string);
}

/**
 * See RouteService.ListRoutes.
 */
export interface ListRoutesRequest__Output {
  /**
   * The page's size. Default 100; a size above 1000 means 1000.
   */
  'pageSize': (number);
  /**
   * next_page_token of the page before.
   */
  'pageToken': (string);
  /**
   * Only of this assignment. Empty: of any.
   */
  'assignmentId': (string);
}
