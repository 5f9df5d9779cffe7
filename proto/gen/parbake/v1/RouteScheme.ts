// Original file: proto/parbake/v1/route.proto

/**
 * What a route carries.
 */
export const RouteScheme = {
  /**
   * As HTTP.
   */
  ROUTE_SCHEME_UNSPECIFIED: 'ROUTE_SCHEME_UNSPECIFIED',
  /**
   * HTTP without TLS on the instance.
   */
  ROUTE_SCHEME_HTTP: 'ROUTE_SCHEME_HTTP',
  /**
   * HTTP over TLS on the instance.
   */
  ROUTE_SCHEME_HTTPS: 'ROUTE_SCHEME_HTTPS',
  /**
   * Anything else over TCP. Routers for HTTP leave it out.
   */
  ROUTE_SCHEME_TCP: 'ROUTE_SCHEME_TCP',
} as const;

/**
 * What a route carries.
 */
export type RouteScheme =
  /**
   * As HTTP.
   */
  | 'ROUTE_SCHEME_UNSPECIFIED'
  | 0
  /**
   * HTTP without TLS on the instance.
   */
  | 'ROUTE_SCHEME_HTTP'
  | 1
  /**
   * HTTP over TLS on the instance.
   */
  | 'ROUTE_SCHEME_HTTPS'
  | 2
  /**
   * Anything else over TCP. Routers for HTTP leave it out.
   */
  | 'ROUTE_SCHEME_TCP'
  | 3

/**
 * What a route carries.
 */
export type RouteScheme__Output = typeof RouteScheme[keyof typeof RouteScheme]
