import { ParbakeError } from '../../proto/errors/errors.ts';
import {
  parsePreviewFile,
  type PreviewFile,
  type PreviewVariables,
} from '../../proto/preview/preview-file.ts';
import type { RepositoryRules } from '../../proto/preview/repository-file.ts';
import { fitsBranch } from '../core/preview/branch-pattern.ts';
import type { Head } from '../core/preview/head.ts';
import type { Preview, PreviewState } from '../core/preview/preview.ts';
import { hostNameProblem } from '../core/route-name.ts';
import type { RouteRequest } from '../core/route.ts';

/** The environment that a preview should have. */
export type Wish =
  | { kind: 'none'; state: PreviewState; reason: string }
  | {
      kind: 'assignment';
      /** Whose secrets it may name, and who is shown as its owner. */
      owner: string;
      role: string;
      env: Record<string, string>;
      routes: RouteRequest[];
      ttlMs: number;
      urls: string[];
    };

/** A preview file, and what it is called in messages. */
export interface FileText {
  text: string;
  name: string;
}

/** What nobody has to ask GitHub for; undefined when the preview file decides. */
export function settled({ head }: Preview, rules: RepositoryRules | undefined): Wish | undefined {
  const { isGone, isReleased, isFork, pullRequest, sha, approvedSha, repository } = head;
  if (isGone) return none('RELEASED', 'the branch is gone');
  if (isReleased) return none('RELEASED', 'an operator released it');
  if (rules === undefined)
    return none('RELEASED', `${repository} is not among the repositories of this coordinator`);
  if (sha === '') return none('NOT_WANTED', 'no commit of it is known');
  if (!isFork) return undefined;
  if (pullRequest?.isOpen !== true) return none('RELEASED', 'the pull request is closed');
  if (rules.forks === undefined) return none('NOT_WANTED', 'nothing runs for forks of this repository');
  // Nothing of a commit that nobody approved is looked at, and no instance is taken for it.
  if (approvedSha !== sha)
    return none('WAITING_APPROVAL', `somebody with write permission has to approve commit ${short(sha)}`);
  return undefined;
}

/**
 * @param file always of a branch that the repository's own people write to
 * @throws ParbakeError PREVIEW_FILE_INVALID, PREVIEW_NOT_ALLOWED
 */
export function wishOf({ head }: Preview, rules: RepositoryRules, file: FileText): Wish {
  const { isFork, label, repository, branch, pullRequest } = head;
  const zone = isFork ? (rules.forks?.zone ?? '') : rules.zone;
  const preview = parsePreviewFile(file.text, file.name, variablesOf(head, rules, zone));
  if (!isFork && !isAsked(preview, branch, pullRequest?.isOpen === true))
    return pullRequest === undefined
      ? none('NOT_WANTED', `${file.name} names no such branch`)
      : none('RELEASED', 'the pull request is closed');
  const role = isFork ? (rules.forks?.role ?? '') : preview.role;
  if (!isFork && !rules.roles.includes(role))
    throw new ParbakeError('PREVIEW_NOT_ALLOWED', `${repository} may not use role ${role}`);
  if (isFork && Object.values(preview.env).some((value) => value.includes('${secret:')))
    throw new ParbakeError('PREVIEW_NOT_ALLOWED', `${file.name} names a secret, and forks get none`);
  const routes = preview.hosts.map(({ name, container, port, scheme }): RouteRequest => {
    const host = `${name === '' ? label : `${label}--${name}`}.${zone}`;
    const problem = hostNameProblem(host);
    if (problem !== undefined)
      throw new ParbakeError('PREVIEW_FILE_INVALID', `${file.name}: ${host} ${problem}`);
    return { name: host, container, port, scheme: scheme.toUpperCase() as RouteRequest['scheme'] };
  });
  return {
    kind: 'assignment',
    owner: `${isFork ? 'fork' : 'preview'}/${repository}`,
    role,
    env: preview.env,
    routes,
    ttlMs: preview.ttlMs,
    urls: routes.map(({ name, scheme }) => (scheme === 'TCP' ? name : rules.address.replace('{host}', name))),
  };
}

/** As people write a commit. */
export function short(sha: string): string {
  return sha.slice(0, 7);
}

function isAsked({ on }: PreviewFile, branch: string, hasOpenPullRequest: boolean): boolean {
  return (
    (on.pullRequests && hasOpenPullRequest) || on.branches.some((pattern) => fitsBranch(pattern, branch))
  );
}

function variablesOf(
  { branch, sha, label, repository, pullRequest }: Head,
  { address }: RepositoryRules,
  zone: string,
): PreviewVariables {
  return {
    ...{ branch, sha, label, repository },
    short_sha: short(sha),
    url: address.replace('{host}', `${label}.${zone}`),
    number: pullRequest === undefined ? '' : String(pullRequest.number),
  };
}

function none(state: PreviewState, reason: string): Wish {
  return { kind: 'none', state, reason };
}
