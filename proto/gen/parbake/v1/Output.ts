// Original file: proto/parbake/v1/assignment.proto

import type { OutputStream as _parbake_v1_OutputStream, OutputStream__Output as _parbake_v1_OutputStream__Output } from '../../parbake/v1/OutputStream.ts';

/**
 * A piece of what a process wrote.
 */
export interface Output {
  /**
   * Where it wrote it.
   */
  'stream'?: (_parbake_v1_OutputStream);
  /**
   * As it was written; a line or a character may begin in one piece and end in the next.
   * At most 64 KiB.
   */
  'data'?: (Buffer | Uint8Array | string);
}

/**
 * A piece of what a process wrote.
 */
export interface Output__Output {
  /**
   * Where it wrote it.
   */
  'stream': (_parbake_v1_OutputStream__Output);
  /**
   * As it was written; a line or a character may begin in one piece and end in the next.
   * At most 64 KiB.
   */
  'data': (Buffer);
}
