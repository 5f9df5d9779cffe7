// Original file: proto/parbake/v1/route.proto

import type { RouteState as _parbake_v1_RouteState, RouteState__Output as _parbake_v1_RouteState__Output } from '../../parbake/v1/RouteState.ts';
import type { RouteScheme as _parbake_v1_RouteScheme, RouteScheme__Output as _parbake_v1_RouteScheme__Output } from '../../parbake/v1/RouteScheme.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * A host name and where it leads.
 */
export interface Route {
  /**
   * The host name, without a dot at its end.
   */
  'name'?: (string);
  /**
   * The assignment that has the name.
   */
  'assignmentId'?: (string);
  /**
   * How it stands.
   */
  'state'?: (_parbake_v1_RouteState);
  /**
   * The container that it leads to, as in the request.
   */
  'container'?: (string);
  /**
   * The port of the container, as in the request.
   */
  'port'?: (number);
  /**
   * What is spoken there.
   */
  'scheme'?: (_parbake_v1_RouteScheme);
  /**
   * The address to send to. Empty unless PUBLISHED.
   */
  'targetHost'?: (string);
  /**
   * The TCP port to send to. 0 unless PUBLISHED.
   */
  'targetPort'?: (number);
  /**
   * Rises with every change of any route: of two versions of one route, the higher one is
   * newer.
   */
  'generation'?: (number | string | Long);
  /**
   * When it was last published. Absent before.
   */
  'publishTime'?: (_google_protobuf_Timestamp | null);
  /**
   * When every publisher had confirmed that. Absent before.
   */
  'routedTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Why it is not PUBLISHED although its assignment serves: a stable code of
   * docs/errors.md. Empty without a reason.
   */
  'reason'?: (string);
  /**
   * The same as a sentence, for people.
   */
  'message'?: (string);
}

/**
 * A host name and where it leads.
 */
export interface Route__Output {
  /**
   * The host name, without a dot at its end.
   */
  'name': (string);
  /**
   * The assignment that has the name.
   */
  'assignmentId': (string);
  /**
   * How it stands.
   */
  'state': (_parbake_v1_RouteState__Output);
  /**
   * The container that it leads to, as in the request.
   */
  'container': (string);
  /**
   * The port of the container, as in the request.
   */
  'port': (number);
  /**
   * What is spoken there.
   */
  'scheme': (_parbake_v1_RouteScheme__Output);
  /**
   * The address to send to. Empty unless PUBLISHED.
   */
  'targetHost': (string);
  /**
   * The TCP port to send to. 0 unless PUBLISHED.
   */
  'targetPort': (number);
  /**
   * Rises with every change of any route: of two versions of one route, the higher one is
   * newer.
   */
  'generation': (number);
  /**
   * When it was last published. Absent before.
   */
  'publishTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * When every publisher had confirmed that. Absent before.
   */
  'routedTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Why it is not PUBLISHED although its assignment serves: a stable code of
   * docs/errors.md. Empty without a reason.
   */
  'reason': (string);
  /**
   * The same as a sentence, for people.
   */
  'message': (string);
}
