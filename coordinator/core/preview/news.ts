import { createHash } from 'node:crypto';
import type { Job } from '../runner/job.ts';

/** What GitHub said about a repository. It was signed, and is believed only as far as each kind says. */
export type News = { repositoryId: number; repository: string } & (
  | Pushed
  | { kind: 'deleted'; branch: string; at: number }
  | PullRequestNews
  /** The repository has another name now. */
  | { kind: 'renamed' }
  | { kind: 'job'; job: Job }
  /** The repository is somebody else's now, archived or deleted, or the installation is over. */
  | { kind: 'lost' }
);

/** A branch leads to another commit. */
export interface Pushed {
  kind: 'pushed';
  branch: string;
  /** The commit that it led to; empty for a new branch. */
  before: string;
  after: string;
  /** When the repository was last pushed to, in seconds since the epoch. */
  at: number;
}

/** A pull request was opened, closed, or has other commits. */
export interface PullRequestNews {
  kind: 'pull_request';
  number: number;
  isOpen: boolean;
  /** Its commits come from a repository that others may write to. */
  isFork: boolean;
  /** The branch that its commits come from. */
  branch: string;
  sha: string;
  /** The commit before, where this says that there is another one; else empty. */
  before: string;
  /** When the pull request was last changed, in seconds since the epoch. */
  at: number;
  /** When the repository of its commits was last pushed to, in seconds since the epoch; 0 when not known. */
  pushedAt: number;
}

/** What one environment is for: `branch/feature/x`, or `pull/17` for a pull request of a fork. */
export function keyOf(news: Pick<Pushed, 'branch'> | PullRequestNews): string {
  return 'isFork' in news && news.isFork ? `pull/${news.number}` : `branch/${news.branch}`;
}

/** The same branch of the same repository always has the same id. */
export function previewIdOf(repositoryId: number, key: string): string {
  return `pv-${createHash('sha256').update(`${repositoryId} ${key}`).digest('hex').slice(0, 16)}`;
}
