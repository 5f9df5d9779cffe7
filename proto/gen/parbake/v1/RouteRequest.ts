// Original file: proto/parbake/v1/route.proto

import type { RouteScheme as _parbake_v1_RouteScheme, RouteScheme__Output as _parbake_v1_RouteScheme__Output } from '../../parbake/v1/RouteScheme.ts';

/**
 * A host name for a port of a container.
 */
export interface RouteRequest {
  /**
   * The host name, below a zone that the coordinator serves: 1 to 253 lower-case letters,
   * digits, hyphens and dots.
   */
  'name'?: (string);
  /**
   * The container's name in the role. Empty: the one that publishes the port.
   */
  'container'?: (string);
  /**
   * The port that the container publishes.
   */
  'port'?: (number);
  /**
   * What is spoken on this port. Default: HTTP.
   */
  'scheme'?: (_parbake_v1_RouteScheme);
}

/**
 * A host name for a port of a container.
 */
export interface RouteRequest__Output {
  /**
   * The host name, below a zone that the coordinator serves: 1 to 253 lower-case letters,
   * digits, hyphens and dots.
   */
  'name': (string);
  /**
   * The container's name in the role. Empty: the one that publishes the port.
   */
  'container': (string);
  /**
   * The port that the container publishes.
   */
  'port': (number);
  /**
   * What is spoken on this port. Default: HTTP.
   */
  'scheme': (_parbake_v1_RouteScheme__Output);
}
