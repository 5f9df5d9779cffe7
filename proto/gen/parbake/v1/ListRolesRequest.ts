// Original file: proto/parbake/v1/fleet.proto


/**
 * See FleetService.ListRoles.
 */
export interface ListRolesRequest {
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
 * See FleetService.ListRoles.
 */
export interface ListRolesRequest__Output {
  /**
   * The page's size. Default 100; a size above 1000 means 1000.
   */
  'pageSize': (number);
  /**
   * next_page_token of the page before.
   */
  'pageToken': (string);
}
