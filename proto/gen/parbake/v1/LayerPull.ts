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
  /**
   * When its download began, in milliseconds after the pull did: until then it waited
   * for its turn, or for a try that failed. Absent with download_ms.
   */
  'downloadStartMs'?: (number | string);
  /**
   * When its extraction began, likewise: since its download it waited for the layers
   * below it, which are extracted one by one. Absent with extract_ms.
   */
  'extractStartMs'?: (number | string);
  '_sizeBytes'?: "sizeBytes";
  '_downloadMs'?: "downloadMs";
  '_extractMs'?: "extractMs";
  '_downloadStartMs'?: "downloadStartMs";
  '_extractStartMs'?: "extractStartMs";
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
  /**
   * When its download began, in milliseconds after the pull did: until then it waited
   * for its turn, or for a try that failed. Absent with download_ms.
   */
  'downloadStartMs'?: (number);
  /**
   * When its extraction began, likewise: since its download it waited for the layers
   * below it, which are extracted one by one. Absent with extract_ms.
   */
  'extractStartMs'?: (number);
  '_sizeBytes'?: "sizeBytes";
  '_downloadMs'?: "downloadMs";
  '_extractMs'?: "extractMs";
  '_downloadStartMs'?: "downloadStartMs";
  '_extractStartMs'?: "extractStartMs";
}
