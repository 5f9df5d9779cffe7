// Original file: proto/parbake/v1/preview.proto

/**
 * How a preview stands.
 */
export const PreviewState = {
  /**
   * The server never sends it. A client that sees it is older than the server.
   */
  PREVIEW_STATE_UNSPECIFIED: 'PREVIEW_STATE_UNSPECIFIED',
  /**
   * Its newest commit waits to be looked at, or to be tried again.
   */
  PREVIEW_STATE_QUEUED: 'PREVIEW_STATE_QUEUED',
  /**
   * An instance is sought or starts. An older commit may serve meanwhile.
   */
  PREVIEW_STATE_STARTING: 'PREVIEW_STATE_STARTING',
  /**
   * Its newest commit serves, and its names lead to it everywhere.
   */
  PREVIEW_STATE_SERVING: 'PREVIEW_STATE_SERVING',
  /**
   * Its newest commit does not serve, and is not tried again. An older one may serve.
   */
  PREVIEW_STATE_FAILED: 'PREVIEW_STATE_FAILED',
  /**
   * The commit comes from a fork, and nobody has approved it.
   */
  PREVIEW_STATE_WAITING_APPROVAL: 'PREVIEW_STATE_WAITING_APPROVAL',
  /**
   * The preview file wants no environment for this branch.
   */
  PREVIEW_STATE_NOT_WANTED: 'PREVIEW_STATE_NOT_WANTED',
  /**
   * It has ended: closed, deleted, expired, or released by an operator.
   */
  PREVIEW_STATE_RELEASED: 'PREVIEW_STATE_RELEASED',
} as const;

/**
 * How a preview stands.
 */
export type PreviewState =
  /**
   * The server never sends it. A client that sees it is older than the server.
   */
  | 'PREVIEW_STATE_UNSPECIFIED'
  | 0
  /**
   * Its newest commit waits to be looked at, or to be tried again.
   */
  | 'PREVIEW_STATE_QUEUED'
  | 1
  /**
   * An instance is sought or starts. An older commit may serve meanwhile.
   */
  | 'PREVIEW_STATE_STARTING'
  | 2
  /**
   * Its newest commit serves, and its names lead to it everywhere.
   */
  | 'PREVIEW_STATE_SERVING'
  | 3
  /**
   * Its newest commit does not serve, and is not tried again. An older one may serve.
   */
  | 'PREVIEW_STATE_FAILED'
  | 4
  /**
   * The commit comes from a fork, and nobody has approved it.
   */
  | 'PREVIEW_STATE_WAITING_APPROVAL'
  | 5
  /**
   * The preview file wants no environment for this branch.
   */
  | 'PREVIEW_STATE_NOT_WANTED'
  | 6
  /**
   * It has ended: closed, deleted, expired, or released by an operator.
   */
  | 'PREVIEW_STATE_RELEASED'
  | 7

/**
 * How a preview stands.
 */
export type PreviewState__Output = typeof PreviewState[keyof typeof PreviewState]
