import { branchLabel, pullRequestLabel } from './label.ts';
import type { News, PullRequestNews, Pushed } from './news.ts';

/** What is known of a branch, or of a pull request of a fork. */
export interface Head {
  repositoryId: number;
  /** `owner/name`, as GitHub last said it. */
  repository: string;
  key: string;
  branch: string;
  /** Its part of host names. */
  label: string;
  isFork: boolean;
  /** The commit that it leads to. */
  sha: string;
  /** Seconds since the epoch: when the repository was last pushed to, as of the newest news that counted. */
  pushedAt: number;
  /** What was pushed in that second, in the order in which it came. */
  moves: { before: string; after: string }[];
  /** Deleted, or its repository is not ours any more. It stays known, so that late news does not bring it back. */
  isGone: boolean;
  /** The pull request that it is the head of; absent for none. */
  pullRequest?: { number: number; isOpen: boolean; at: number };
  /** An operator released it; a new commit ends that. */
  isReleased: boolean;
  /** The one commit of a fork that somebody approved; empty for none. */
  approvedSha: string;
}

/** Pushes of one second that are remembered. */
const maxMoves = 64;

/** News of one branch or pull request. */
export type HeadNews = Extract<News, { kind: 'pushed' | 'deleted' | 'pull_request' }>;

/**
 * What is known after news, which may be late, repeated or out of order: GitHub promises no order. Newer news wins by
 * GitHub's own times. Those have whole seconds: pushes of the same one follow each other by their commits.
 * @param head undefined before any news. @returns the same object when the news changes nothing
 */
export function withNews(head: Head | undefined, key: string, news: HeadNews): Head {
  switch (news.kind) {
    case 'pushed':
      return moved(head ?? headOf(key, news), news);
    case 'deleted':
      return deleted(head ?? headOf(key, news), news.at);
    case 'pull_request':
      return pullRequest(head ?? headOf(key, news), news);
  }
}

/** What is known after news of its repository as a whole. */
export function withRepositoryNews(
  head: Head,
  { kind, repository }: { kind: 'renamed' | 'lost'; repository: string },
): Head {
  if (kind === 'lost') return head.isGone ? head : { ...head, isGone: true };
  return head.repository === repository ? head : { ...head, repository };
}

/** Whether the same environment is wanted. */
export function isSameWish(one: Head, other: Head): boolean {
  const wish = ({ repository, sha, isGone, isReleased, pullRequest, approvedSha }: Head): string =>
    JSON.stringify([
      ...[repository, sha, isGone, isReleased, approvedSha],
      ...[pullRequest?.number, pullRequest?.isOpen],
    ]);
  return wish(one) === wish(other);
}

/** Deleted, also when that is the first news of it: what was before may come late. */
function deleted(head: Head, at: number): Head {
  return head.isGone || at < head.pushedAt ? head : { ...head, isGone: true, pushedAt: at };
}

/** The branch leads to another commit, unless that is old news. */
function moved(head: Head, { before, after, at }: Pick<Pushed, 'before' | 'after' | 'at'>): Head {
  const isNew = head.pushedAt === 0;
  // What was deleted comes back with a later push only.
  if (!isNew && (at < head.pushedAt || (head.isGone && at === head.pushedAt))) return head;
  const isSameSecond = !isNew && at === head.pushedAt;
  if (isSameSecond && head.moves.some((move) => move.before === before && move.after === after)) return head;
  const moves = [...(isSameSecond ? head.moves : []), { before, after }].slice(-maxMoves);
  const sha = isSameSecond ? last(head.sha, moves) : after;
  const isReleased = head.isReleased && sha === head.sha;
  return { ...head, sha, pushedAt: at, moves, isGone: false, isReleased };
}

/** Where moves lead from a commit on. */
function last(from: string, moves: Head['moves']): string {
  const seen = new Set<string>();
  let sha = from;
  for (let next: string | undefined = from; next !== undefined && !seen.has(next);) {
    seen.add(next);
    sha = next;
    next = moves.findLast(({ before }) => before === sha)?.after;
  }
  return sha;
}

function pullRequest(head: Head, news: PullRequestNews): Head {
  const { number, isOpen, isFork, sha, before, at, pushedAt } = news;
  const known = head.pullRequest;
  const isOther = known !== undefined && known.number !== number;
  // One branch can be the head of several pull requests: an open one counts.
  if (isOther && known.isOpen && !isOpen) return head;
  const isOld =
    known !== undefined && !isOther && (at < known.at || (at === known.at && !known.isOpen && isOpen));
  if (isOld) return head;
  const isSame = known !== undefined && !isOther && known.isOpen === isOpen && known.at === at;
  const opened = isSame ? head : { ...head, pullRequest: { number, isOpen, at } };
  const time = isFork ? at : pushedAt;
  // A closed one says nothing new of commits.
  return isOpen && time > 0 ? moved(opened, { before, after: sha, at: time }) : opened;
}

function headOf(key: string, news: HeadNews): Head {
  const { repositoryId, repository, branch } = news;
  const isFork = news.kind === 'pull_request' && news.isFork;
  const label =
    news.kind === 'pull_request' && news.isFork
      ? pullRequestLabel(news.number)
      : branchLabel(repositoryId, branch);
  return {
    ...{ repositoryId, repository, key, branch, label, isFork },
    ...{ sha: '', pushedAt: 0, moves: [], isGone: false, isReleased: false, approvedSha: '' },
  };
}
