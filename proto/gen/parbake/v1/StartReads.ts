// Original file: proto/parbake/v1/telemetry.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { MissedFile as _parbake_v1_MissedFile, MissedFile__Output as _parbake_v1_MissedFile__Output } from '../../parbake/v1/MissedFile.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * What one start read from the order until every container was ready, compared with
 * what had been recorded for its role at bake. Only files of the role's images count
 * in the bytes; what was missed also has the rest of the file system.
 */
export interface StartReads {
  /**
   * The role of the order.
   */
  'role'?: (string);
  /**
   * The order's assignment.
   */
  'assignmentId'?: (string);
  /**
   * When the order was there, on the instance's clock.
   */
  'startTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Why nothing was watched: a stable code of docs/errors.md. With it all figures are
   * empty. Empty when the start was watched.
   */
  'unwatchedReason'?: (string);
  /**
   * The bake of the recording that it was compared with.
   */
  'bakeId'?: (string);
  /**
   * The file system of that recording.
   */
  'fileSystemUuid'?: (string);
  /**
   * What the start used, from the disk or from memory. Absent where the kernel
   * has no tracepoint mm_filemap_get_pages: then recall is a bound, precision unknown.
   */
  'usedBytes'?: (number | string | Long);
  /**
   * What of it the recording lists. Absent with used_bytes.
   */
  'usedListedBytes'?: (number | string | Long);
  /**
   * What the recording lists.
   */
  'listedBytes'?: (number | string | Long);
  /**
   * What came from the disk although the recording does not list it.
   */
  'missedBytes'?: (number | string | Long);
  /**
   * Parts of the disk that were read and are not listed, as the recording counts them.
   */
  'missedChunks'?: (number | string | Long)[];
  /**
   * Files that were read beyond what is listed.
   */
  'missedFiles'?: (_parbake_v1_MissedFile)[];
  /**
   * How many chunks and files were left out because there were too many, and events
   * of the kernel that found no room: above 0 the figures are a lower bound.
   */
  'leftOut'?: (number | string | Long);
  /**
   * The same as a sentence, for people.
   */
  'unwatchedMessage'?: (string);
  '_usedBytes'?: "usedBytes";
  '_usedListedBytes'?: "usedListedBytes";
}

/**
 * What one start read from the order until every container was ready, compared with
 * what had been recorded for its role at bake. Only files of the role's images count
 * in the bytes; what was missed also has the rest of the file system.
 */
export interface StartReads__Output {
  /**
   * The role of the order.
   */
  'role': (string);
  /**
   * The order's assignment.
   */
  'assignmentId': (string);
  /**
   * When the order was there, on the instance's clock.
   */
  'startTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Why nothing was watched: a stable code of docs/errors.md. With it all figures are
   * empty. Empty when the start was watched.
   */
  'unwatchedReason': (string);
  /**
   * The bake of the recording that it was compared with.
   */
  'bakeId': (string);
  /**
   * The file system of that recording.
   */
  'fileSystemUuid': (string);
  /**
   * What the start used, from the disk or from memory. Absent where the kernel
   * has no tracepoint mm_filemap_get_pages: then recall is a bound, precision unknown.
   */
  'usedBytes'?: (number);
  /**
   * What of it the recording lists. Absent with used_bytes.
   */
  'usedListedBytes'?: (number);
  /**
   * What the recording lists.
   */
  'listedBytes': (number);
  /**
   * What came from the disk although the recording does not list it.
   */
  'missedBytes': (number);
  /**
   * Parts of the disk that were read and are not listed, as the recording counts them.
   */
  'missedChunks': (number)[];
  /**
   * Files that were read beyond what is listed.
   */
  'missedFiles': (_parbake_v1_MissedFile__Output)[];
  /**
   * How many chunks and files were left out because there were too many, and events
   * of the kernel that found no room: above 0 the figures are a lower bound.
   */
  'leftOut': (number);
  /**
   * The same as a sentence, for people.
   */
  'unwatchedMessage': (string);
  '_usedBytes'?: "usedBytes";
  '_usedListedBytes'?: "usedListedBytes";
}
