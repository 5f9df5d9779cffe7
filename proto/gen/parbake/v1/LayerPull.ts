// Original file: proto/parbake/v1/telemetry.proto

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
   * From the first to the last download progress, in milliseconds. Absent when
   * the Engine reported none (its progress is throttled to some ten a second).
   */
  'downloadMs'?: (number | string);
  /**
   * From the first extraction progress to `Pull complete`, in milliseconds.
   */
  'extractMs'?: (number | string);
  /**
   * True when the Engine said that the layer already existed.
   */
  'cached'?: (boolean);
  '_sizeBytes'?: "sizeBytes";
  '_downloadMs'?: "downloadMs";
  '_extractMs'?: "extractMs";
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
   * From the first to the last download progress, in milliseconds. Absent when
   * the Engine reported none (its progress is throttled to some ten a second).
   */
  'downloadMs'?: (number);
  /**
   * From the first extraction progress to `Pull complete`, in milliseconds.
   */
  'extractMs'?: (number);
  /**
   * True when the Engine said that the layer already existed.
   */
  'cached': (boolean);
  '_sizeBytes'?: "sizeBytes";
  '_downloadMs'?: "downloadMs";
  '_extractMs'?: "extractMs";
}
