// Original file: proto/parbake/v1/image.proto

/**
 * How far an image is.
 */
export const ImageState = {
  /**
   * Not set.
   */
  IMAGE_STATE_UNSPECIFIED: 'IMAGE_STATE_UNSPECIFIED',
  /**
   * A builder bakes it, or the provider copies the builder's disk.
   */
  IMAGE_STATE_BUILDING: 'IMAGE_STATE_BUILDING',
  /**
   * Two clones show that instances of it become READY and differ.
   */
  IMAGE_STATE_PROVING: 'IMAGE_STATE_PROVING',
  /**
   * Pools may follow it.
   */
  IMAGE_STATE_AVAILABLE: 'IMAGE_STATE_AVAILABLE',
  /**
   * It is removed once nothing needs it.
   */
  IMAGE_STATE_DEPRECATED: 'IMAGE_STATE_DEPRECATED',
  /**
   * Nothing of it is kept.
   */
  IMAGE_STATE_FAILED: 'IMAGE_STATE_FAILED',
} as const;

/**
 * How far an image is.
 */
export type ImageState =
  /**
   * Not set.
   */
  | 'IMAGE_STATE_UNSPECIFIED'
  | 0
  /**
   * A builder bakes it, or the provider copies the builder's disk.
   */
  | 'IMAGE_STATE_BUILDING'
  | 1
  /**
   * Two clones show that instances of it become READY and differ.
   */
  | 'IMAGE_STATE_PROVING'
  | 2
  /**
   * Pools may follow it.
   */
  | 'IMAGE_STATE_AVAILABLE'
  | 3
  /**
   * It is removed once nothing needs it.
   */
  | 'IMAGE_STATE_DEPRECATED'
  | 4
  /**
   * Nothing of it is kept.
   */
  | 'IMAGE_STATE_FAILED'
  | 5

/**
 * How far an image is.
 */
export type ImageState__Output = typeof ImageState[keyof typeof ImageState]
