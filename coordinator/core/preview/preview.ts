import type { Head } from './head.ts';

/** How a preview stands; see PreviewState in preview.proto. */
export const previewStates = [
  /** Its newest commit was not looked at yet. */
  'QUEUED',
  /** An instance is sought or starts. */
  'STARTING',
  /** Its newest commit serves. */
  'SERVING',
  /** Its newest commit does not serve; the reason says why, and whether an older one does. */
  'FAILED',
  /** The commit of a fork waits for somebody to approve it. */
  'WAITING_APPROVAL',
  /** Nobody wants an environment for this branch. */
  'NOT_WANTED',
  /** It was released: closed, deleted, or by an operator. */
  'RELEASED',
] as const;
export type PreviewState = (typeof previewStates)[number];

/** What became of it, as the keeper last saw it. */
export interface Outcome {
  state: PreviewState;
  /** `CODE: sentence`, why it does not serve; else empty. */
  reason: string;
  /** The commit that serves; empty for none. */
  servingSha: string;
  /** Its assignment; empty for none. */
  assignmentId: string;
  /** Where it answers. */
  urls: string[];
  /** How long the steps took, in milliseconds; absent before it served. */
  timings?: PreviewTimings;
}

/** Milliseconds from the delivery of the commit on. */
export interface PreviewTimings {
  claimed: number;
  serving: number;
  /** Absent for a preview without hosts. */
  routed?: number;
}

/** What GitHub was told. */
export interface Reported {
  /** The id of the deployment; 0 for none. */
  deploymentId: number;
  /** Whose commit the deployment is of. */
  sha: string;
  /** The last status that GitHub took; empty for none. */
  status: string;
}

/** The environment of a branch, or of a pull request of a fork. */
export interface Preview {
  previewId: string;
  head: Head;
  /** Rises with every change of what is wanted. */
  sequence: number;
  /** When the news of the newest commit was received, in milliseconds since the epoch. */
  receiveTime: number;
  /** The sequence that `outcome` is of; an older one is on its way. */
  doneSequence: number;
  outcome: Outcome;
  /** Rises with every outcome. */
  revision: number;
  reported: Reported;
}

export const noOutcome: Outcome = { state: 'QUEUED', reason: '', servingSha: '', assignmentId: '', urls: [] };
export const notReported: Reported = { deploymentId: 0, sha: '', status: '' };

/** How it stands, with what is wanted since the keeper last looked. */
export function stateOf({ sequence, doneSequence, outcome }: Preview): PreviewState {
  const isUnderWay = sequence !== doneSequence && outcome.state !== 'STARTING';
  return isUnderWay ? 'QUEUED' : outcome.state;
}
