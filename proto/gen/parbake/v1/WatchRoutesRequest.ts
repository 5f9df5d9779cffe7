// Original file: proto/parbake/v1/route.proto


/**
 * See RouteService.WatchRoutes.
 */
export interface WatchRoutesRequest {
}

/**
 * See RouteService.WatchRoutes.
 */
export interface WatchRoutesRequest__Output {
}
