import { createHash, createHmac, randomUUID } from 'node:crypto';

// Payloads of GitHub's webhooks, in the shape that its documentation gives, with the fields that a receiver may look at.

export const zeros = '0'.repeat(40);

/** A commit's id that is always the same for the same name. */
export function aSha(name: string): string {
  return createHash('sha1').update(name).digest('hex');
}

export interface Repo {
  id: number;
  full_name: string;
}

export const shop: Repo = { id: 4711, full_name: 'acme/shop' };

function aRepository({ id, full_name: fullName }: Repo, pushedAt: number | string) {
  const [owner = '', name = ''] = fullName.split('/');
  return {
    id,
    node_id: `R_${id}`,
    name,
    full_name: fullName,
    private: true,
    owner: { login: owner, id: 1, type: 'Organization' },
    html_url: `https://github.com/${fullName}`,
    fork: false,
    default_branch: 'main',
    pushed_at: pushedAt,
  };
}

const sender = { login: 'alice', id: 7, type: 'User' };

export interface PushOptions {
  repo?: Repo;
  branch: string;
  before?: string;
  after?: string;
  /** Seconds since the epoch. */
  at: number;
}

/** A push; without `before` of a new branch, without `after` of one that is deleted. */
export function aPush({ repo = shop, branch, before = zeros, after = zeros, at }: PushOptions) {
  return {
    ref: `refs/heads/${branch}`,
    before,
    after,
    repository: aRepository(repo, at),
    pusher: { name: 'alice', email: 'alice@example.com' },
    sender,
    created: before === zeros,
    deleted: after === zeros,
    forced: false,
    base_ref: null,
    compare: `https://github.com/${repo.full_name}/compare/${before}...${after}`,
    commits: [],
    head_commit: after === zeros ? null : { id: after, message: 'a commit' },
  };
}

export interface PullRequestOptions {
  repo?: Repo;
  action: string;
  number: number;
  branch: string;
  sha: string;
  before?: string;
  state?: 'open' | 'closed';
  /** Where its commits come from; the repository itself unless given, null when that is gone. */
  from?: Repo | null;
  /** Seconds since the epoch. */
  at: number;
}

export function aPullRequest(options: PullRequestOptions) {
  const { repo = shop, action, number, branch, sha, before, at, from = repo } = options;
  const { state = action === 'closed' ? 'closed' : 'open' } = options;
  const time = new Date(at * 1000).toISOString();
  return {
    action,
    number,
    pull_request: {
      id: number * 1000,
      number,
      state,
      title: 'A change',
      draft: false,
      merged: false,
      labels: [],
      created_at: time,
      updated_at: time,
      head: {
        label: `acme:${branch}`,
        ref: branch,
        sha,
        repo: from === null ? null : aRepository(from, time),
      },
      base: { label: 'acme:main', ref: 'main', sha: aSha('main'), repo: aRepository(repo, time) },
      author_association: 'CONTRIBUTOR',
    },
    ...(before === undefined ? {} : { before, after: sha }),
    repository: aRepository(repo, time),
    sender,
  };
}

export function aDelete(branch: string, at: number, repo: Repo = shop) {
  const time = new Date(at * 1000).toISOString();
  return {
    ref: branch,
    ref_type: 'branch',
    pusher_type: 'user',
    repository: aRepository(repo, time),
    sender,
  };
}

export function aRepositoryEvent(action: string, repo: Repo, at: number) {
  return { action, repository: aRepository(repo, new Date(at * 1000).toISOString()), sender };
}

export function anInstallation(action: string, repositories: readonly Repo[]) {
  return {
    action,
    installation: { id: 99, app_id: 5, account: { login: 'acme', id: 1 } },
    repositories: repositories.map(({ id, full_name }) => ({ id, full_name, private: true })),
    sender,
  };
}

export interface WorkflowJobOptions {
  id: number;
  runId?: number;
  action: 'queued' | 'in_progress' | 'completed' | 'waiting';
  labels: string[];
  /** The runner that has it; none unless given. */
  runner?: string;
}

export function aWorkflowJob({ id, runId = id, action, labels, runner }: WorkflowJobOptions) {
  const queued = new Date(1_800_000_000_000 + id * 1000).toISOString();
  return {
    action,
    workflow_job: {
      id,
      run_id: runId,
      run_attempt: 1,
      name: 'build',
      status: action,
      conclusion: action === 'completed' ? 'success' : null,
      labels,
      runner_id: runner === undefined ? null : 21,
      runner_name: runner ?? null,
      created_at: queued,
      started_at: queued,
      completed_at: action === 'completed' ? queued : null,
    },
    repository: aRepository(shop, queued),
    sender,
  };
}

export interface SendOptions {
  /** Names the event; another one with each call unless given. */
  guid?: string;
  hook?: string;
  headers?: Readonly<Record<string, string>>;
}

export const webhookSecret = 'a secret of the webhook, long enough';

/** Delivers as GitHub does. @returns the status of the answer, and what it says */
export async function deliver(
  address: string,
  event: string,
  payload: object | string,
  { guid = randomUUID(), hook = '12345678', headers = {} }: SendOptions = {},
): Promise<{ status: number; text: string }> {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const response = await fetch(`http://${address}/github/webhook`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/abcdef0',
      'x-github-event': event,
      'x-github-delivery': guid,
      'x-github-hook-id': hook,
      'x-hub-signature-256': `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`,
      ...headers,
    },
  });
  return { status: response.status, text: await response.text() };
}
