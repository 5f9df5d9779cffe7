import { reasonFrom } from '../../proto/errors/reason.ts';
import type { Preview as PreviewMessage } from '../../proto/gen/parbake/v1/Preview.ts';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import { stateOf, type Preview } from '../core/preview/preview.ts';

export function previewMessage(preview: Preview): PreviewMessage {
  const { previewId, head, outcome, receiveTime } = preview;
  const { repositoryId, repository, branch, label, sha, isFork, pullRequest } = head;
  const { servingSha, assignmentId, urls, timings } = outcome;
  const state = stateOf(preview);
  return {
    ...{ previewId, repositoryId, repository, branch, label, sha, servingSha, assignmentId, urls },
    pullRequest: pullRequest?.number ?? 0,
    fromFork: isFork,
    state: `PREVIEW_STATE_${state}`,
    // What is said of an older commit is not said of the newest.
    ...reasonFrom(state === outcome.state ? outcome.reason : ''),
    receiveTime: timeOf(receiveTime),
    timings:
      timings === undefined
        ? null
        : {
            claimed: durationOf(timings.claimed),
            serving: durationOf(timings.serving),
            routed: timings.routed === undefined ? null : durationOf(timings.routed),
          },
  };
}
