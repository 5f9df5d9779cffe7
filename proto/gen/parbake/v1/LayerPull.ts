// Original file: proto/parbake/v1/telemetry.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One layer of a pull.
 */
export interface LayerPull {
  /**
   * The layer's digest, or the Engine's short id when only that is known.
   */
  'digest'?: (string);
  /**
   * Compressed size in bytes; absent for a layer that was already there.
   */
  'sizeBytes'?: (number | string | Long);
  /**
   * From the first to the last download progress. Absent when the Engine reported
   * none (its progress is throttled to some ten a second).
   */
  'downloadDuration'?: (_google_protobuf_Duration | null);
  /**
   * From the first extraction progress to `Pull complete`.
   */
  'extractDuration'?: (_google_protobuf_Duration | null);
  /**
   * True when the Engine said that the layer already existed.
   */
  'cached'?: (boolean);
  /**
   * When its download began, after the start of the pull: until then it waited for its
   * turn, or for a try that failed. Absent with download_duration.
   */
  'downloadStartOffset'?: (_google_protobuf_Duration | null);
  /**
   * When its extraction began, likewise: since its download it waited for the layers
   * below it, which are extracted one by one. Absent with extract_duration.
   */
  'extractStartOffset'?: (_google_protobuf_Duration | null);
  '_sizeBytes'?: "sizeBytes";
}

/**
 * One layer of a pull.
 */
export interface LayerPull__Output {
  /**
   * The layer's digest, or the Engine's short id when only that is known.
   */
  'digest': (string);
  /**
   * Compressed size in bytes; absent for a layer that was already there.
   */
  'sizeBytes'?: (number);
  /**
   * From the first to the last download progress. Absent when the Engine reported
   * none (its progress is throttled to some ten a second).
   */
  'downloadDuration': (_google_protobuf_Duration__Output | null);
  /**
   * From the first extraction progress to `Pull complete`.
   */
  'extractDuration': (_google_protobuf_Duration__Output | null);
  /**
   * True when the Engine said that the layer already existed.
   */
  'cached': (boolean);
  /**
   * When its download began, after the start of the pull: until then it waited for its
   * turn, or for a try that failed. Absent with download_duration.
   */
  'downloadStartOffset': (_google_protobuf_Duration__Output | null);
  /**
   * When its extraction began, likewise: since its download it waited for the layers
   * below it, which are extracted one by one. Absent with extract_duration.
   */
  'extractStartOffset': (_google_protobuf_Duration__Output | null);
  '_sizeBytes'?: "sizeBytes";
}
