// Original file: proto/parbake/v1/route.proto

import type { Route as _parbake_v1_Route, Route__Output as _parbake_v1_Route__Output } from '../../parbake/v1/Route.ts';
import type { Publisher as _parbake_v1_Publisher, Publisher__Output as _parbake_v1_Publisher__Output } from '../../parbake/v1/Publisher.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One page.
 */
export interface ListRoutesResponse {
  /**
   * By name. Those that are WITHDRAWN are left out.
   */
  'routes'?: (_parbake_v1_Route)[];
  /**
   * For the next page. Empty on the last page.
   */
  'nextPageToken'?: (string);
  /**
   * The publishers that the coordinator waits for, by name.
   */
  'publishers'?: (_parbake_v1_Publisher)[];
  /**
   * The generation of the newest change: a publisher whose own is lower is behind.
   */
  'generation'?: (number | string | Long);
}

/**
 * One page.
 */
export interface ListRoutesResponse__Output {
  /**
   * By name. Those that are WITHDRAWN are left out.
   */
  'routes': (_parbake_v1_Route__Output)[];
  /**
   * For the next page. Empty on the last page.
   */
  'nextPageToken': (string);
  /**
   * The publishers that the coordinator waits for, by name.
   */
  'publishers': (_parbake_v1_Publisher__Output)[];
  /**
   * The generation of the newest change: a publisher whose own is lower is behind.
   */
  'generation': (number);
}
