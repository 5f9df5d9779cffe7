// Original file: proto/parbake/v1/preview.proto

import type { PreviewState as _parbake_v1_PreviewState, PreviewState__Output as _parbake_v1_PreviewState__Output } from '../../parbake/v1/PreviewState.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { PreviewTimings as _parbake_v1_PreviewTimings, PreviewTimings__Output as _parbake_v1_PreviewTimings__Output } from '../../parbake/v1/PreviewTimings.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * The environment of a branch, or of a pull request of a fork.
 */
export interface Preview {
  /**
   * Names it: always the same for the same branch of the same repository.
   */
  'previewId'?: (string);
  /**
   * GitHub's number of the repository.
   */
  'repositoryId'?: (number | string | Long);
  /**
   * The repository's name, such as `acme/shop`.
   */
  'repository'?: (string);
  /**
   * The branch that its commits come from; of a fork, a branch of the fork.
   */
  'branch'?: (string);
  /**
   * The pull request that the branch is the head of; 0 for none.
   */
  'pullRequest'?: (number | string | Long);
  /**
   * Whether the commits come from a repository that others may write to.
   */
  'fromFork'?: (boolean);
  /**
   * How it stands.
   */
  'state'?: (_parbake_v1_PreviewState);
  /**
   * Why it does not serve: an error code. Empty while it serves, and where no error is the
   * reason.
   */
  'reason'?: (string);
  /**
   * The same as a sentence.
   */
  'message'?: (string);
  /**
   * The commit that is wanted.
   */
  'sha'?: (string);
  /**
   * The commit that serves; empty for none.
   */
  'servingSha'?: (string);
  /**
   * Its assignment; empty for none.
   */
  'assignmentId'?: (string);
  /**
   * Its part of host names.
   */
  'label'?: (string);
  /**
   * Where it answers; empty until it does.
   */
  'urls'?: (string)[];
  /**
   * When the news of the commit came.
   */
  'receiveTime'?: (_google_protobuf_Timestamp | null);
  /**
   * How long the steps took; absent before it served.
   */
  'timings'?: (_parbake_v1_PreviewTimings | null);
}

/**
 * The environment of a branch, or of a pull request of a fork.
 */
export interface Preview__Output {
  /**
   * Names it: always the same for the same branch of the same repository.
   */
  'previewId': (string);
  /**
   * GitHub's number of the repository.
   */
  'repositoryId': (number);
  /**
   * The repository's name, such as `acme/shop`.
   */
  'repository': (string);
  /**
   * The branch that its commits come from; of a fork, a branch of the fork.
   */
  'branch': (string);
  /**
   * The pull request that the branch is the head of; 0 for none.
   */
  'pullRequest': (number);
  /**
   * Whether the commits come from a repository that others may write to.
   */
  'fromFork': (boolean);
  /**
   * How it stands.
   */
  'state': (_parbake_v1_PreviewState__Output);
  /**
   * Why it does not serve: an error code. Empty while it serves, and where no error is the
   * reason.
   */
  'reason': (string);
  /**
   * The same as a sentence.
   */
  'message': (string);
  /**
   * The commit that is wanted.
   */
  'sha': (string);
  /**
   * The commit that serves; empty for none.
   */
  'servingSha': (string);
  /**
   * Its assignment; empty for none.
   */
  'assignmentId': (string);
  /**
   * Its part of host names.
   */
  'label': (string);
  /**
   * Where it answers; empty until it does.
   */
  'urls': (string)[];
  /**
   * When the news of the commit came.
   */
  'receiveTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * How long the steps took; absent before it served.
   */
  'timings': (_parbake_v1_PreviewTimings__Output | null);
}
