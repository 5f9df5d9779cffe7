// Original file: proto/parbake/v1/route.proto

import type { Long } from '@grpc/proto-loader';

/**
 * See RouteService.ConfirmRoutes.
 */
export interface ConfirmRoutesRequest {
  /**
   * The publisher's name, one that the coordinator was started with
   * (`serve --publisher`).
   */
  'publisher'?: (string);
  /**
   * Everything up to this generation is visible. A lower one than before changes nothing.
   */
  'generation'?: (number | string | Long);
  /**
   * What could not be done, at most 1000 characters. Empty when everything could.
   */
  'error'?: (string);
}

/**
 * See RouteService.ConfirmRoutes.
 */
export interface ConfirmRoutesRequest__Output {
  /**
   * The publisher's name, one that the coordinator was started with
   * (`serve --publisher`).
   */
  'publisher': (string);
  /**
   * Everything up to this generation is visible. A lower one than before changes nothing.
   */
  'generation': (number);
  /**
   * What could not be done, at most 1000 characters. Empty when everything could.
   */
  'error': (string);
}
