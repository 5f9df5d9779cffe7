// Original file: proto/parbake/v1/assignment.proto

/**
 * Where a process wrote.
 */
export const OutputStream = {
  /**
   * Never sent.
   */
  OUTPUT_STREAM_UNSPECIFIED: 'OUTPUT_STREAM_UNSPECIFIED',
  /**
   * To its standard output.
   */
  OUTPUT_STREAM_STDOUT: 'OUTPUT_STREAM_STDOUT',
  /**
   * To its standard error.
   */
  OUTPUT_STREAM_STDERR: 'OUTPUT_STREAM_STDERR',
} as const;

/**
 * Where a process wrote.
 */
export type OutputStream =
  /**
   * Never sent.
   */
  | 'OUTPUT_STREAM_UNSPECIFIED'
  | 0
  /**
   * To its standard output.
   */
  | 'OUTPUT_STREAM_STDOUT'
  | 1
  /**
   * To its standard error.
   */
  | 'OUTPUT_STREAM_STDERR'
  | 2

/**
 * Where a process wrote.
 */
export type OutputStream__Output = typeof OutputStream[keyof typeof OutputStream]
