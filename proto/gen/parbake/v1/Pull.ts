// Original file: proto/parbake/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { LayerPull as _parbake_v1_LayerPull, LayerPull__Output as _parbake_v1_LayerPull__Output } from '../../parbake/v1/LayerPull.ts';
import type { PullRetry as _parbake_v1_PullRetry, PullRetry__Output as _parbake_v1_PullRetry__Output } from '../../parbake/v1/PullRetry.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One image made present on the instance or, with `at_bake`, on the builder.
 */
export interface Pull {
  /**
   * The reference as the recipe has it, such as `redis:7.4`.
   */
  'ref'?: (string);
  /**
   * The digest that was pulled, `sha256:…`.
   */
  'digest'?: (string);
  /**
   * Unpacked size in bytes as the Engine accounts for it.
   */
  'sizeBytes'?: (number | string | Long);
  /**
   * When the pull began.
   */
  'startTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Wall time of the whole pull.
   */
  'duration'?: (_google_protobuf_Duration | null);
  /**
   * Layers, in the order of the manifest.
   */
  'layers'?: (_parbake_v1_LayerPull)[];
  /**
   * True when this happened at bake time, so the instance paid nothing for it.
   */
  'atBake'?: (boolean);
  /**
   * Tries that failed before the one that did not, oldest first.
   */
  'retries'?: (_parbake_v1_PullRetry)[];
}

/**
 * One image made present on the instance or, with `at_bake`, on the builder.
 */
export interface Pull__Output {
  /**
   * The reference as the recipe has it, such as `redis:7.4`.
   */
  'ref': (string);
  /**
   * The digest that was pulled, `sha256:…`.
   */
  'digest': (string);
  /**
   * Unpacked size in bytes as the Engine accounts for it.
   */
  'sizeBytes': (number);
  /**
   * When the pull began.
   */
  'startTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Wall time of the whole pull.
   */
  'duration': (_google_protobuf_Duration__Output | null);
  /**
   * Layers, in the order of the manifest.
   */
  'layers': (_parbake_v1_LayerPull__Output)[];
  /**
   * True when this happened at bake time, so the instance paid nothing for it.
   */
  'atBake': (boolean);
  /**
   * Tries that failed before the one that did not, oldest first.
   */
  'retries': (_parbake_v1_PullRetry__Output)[];
}
