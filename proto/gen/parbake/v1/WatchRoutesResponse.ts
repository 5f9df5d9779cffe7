// Original file: proto/parbake/v1/route.proto

import type { Route as _parbake_v1_Route, Route__Output as _parbake_v1_Route__Output } from '../../parbake/v1/Route.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * A part of the table, or changes.
 */
export interface WatchRoutesResponse {
  /**
   * Routes as they stand now.
   */
  'routes'?: (_parbake_v1_Route)[];
  /**
   * All changes up to this one were sent. It is what to confirm.
   */
  'generation'?: (number | string | Long);
  /**
   * False while the table is still being sent.
   */
  'complete'?: (boolean);
}

/**
 * A part of the table, or changes.
 */
export interface WatchRoutesResponse__Output {
  /**
   * Routes as they stand now.
   */
  'routes': (_parbake_v1_Route__Output)[];
  /**
   * All changes up to this one were sent. It is what to confirm.
   */
  'generation': (number);
  /**
   * False while the table is still being sent.
   */
  'complete': (boolean);
}
