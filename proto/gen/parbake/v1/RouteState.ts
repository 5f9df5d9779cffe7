// Original file: proto/parbake/v1/route.proto

/**
 * How a route stands.
 */
export const RouteState = {
  /**
   * The server never sends it. A client that sees it is older than the server.
   */
  ROUTE_STATE_UNSPECIFIED: 'ROUTE_STATE_UNSPECIFIED',
  /**
   * The name belongs to an assignment that does not serve yet, or does not serve at the
   * moment. It leads to the waiting room.
   */
  ROUTE_STATE_RESERVED: 'ROUTE_STATE_RESERVED',
  /**
   * The name leads to the instance.
   */
  ROUTE_STATE_PUBLISHED: 'ROUTE_STATE_PUBLISHED',
  /**
   * The name leads nowhere and is free.
   */
  ROUTE_STATE_WITHDRAWN: 'ROUTE_STATE_WITHDRAWN',
} as const;

/**
 * How a route stands.
 */
export type RouteState =
  /**
   * The server never sends it. A client that sees it is older than the server.
   */
  | 'ROUTE_STATE_UNSPECIFIED'
  | 0
  /**
   * The name belongs to an assignment that does not serve yet, or does not serve at the
   * moment. It leads to the waiting room.
   */
  | 'ROUTE_STATE_RESERVED'
  | 1
  /**
   * The name leads to the instance.
   */
  | 'ROUTE_STATE_PUBLISHED'
  | 2
  /**
   * The name leads nowhere and is free.
   */
  | 'ROUTE_STATE_WITHDRAWN'
  | 3

/**
 * How a route stands.
 */
export type RouteState__Output = typeof RouteState[keyof typeof RouteState]
