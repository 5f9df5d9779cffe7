import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { DeploymentStatus, GitHub } from '../previews/github.ts';
import type { RunnerApi } from '../runners/runner-keeper.ts';

/** Milliseconds for one call. GitHub itself gives up after ten seconds. */
const deadline = 12_000;
/** Bytes of an answer that are read. */
const maxAnswer = 1024 * 1024;
/** GitHub's date-versioned API: a newer one is not given to clients that name this one. */
const apiVersion = '2022-11-28';
/** One name for all environments: GitHub keeps a name for ever, whatever becomes of what it names. */
const environment = 'preview';

/** The group of runners that every repository has. */
const defaultGroup = 1;

/** GitHub's REST API with a token. */
export class GitHubApi implements GitHub, RunnerApi {
  readonly #url: string;
  readonly #token: () => Promise<string>;

  /**
   * @param url of the API, without a slash at its end
   * @param token reads the token: it is replaced now and then
   */
  constructor(url: string, token: () => Promise<string>) {
    this.#url = url;
    this.#token = token;
  }

  async fileOf(repository: string, path: string, signal: AbortSignal): Promise<string | undefined> {
    const answer = await this.#call('GET', `/repos/${repository}/contents/${path}`, signal, {
      accept: 'application/vnd.github.raw+json',
    });
    return answer?.toString('utf8');
  }

  async branchOf(repository: string, branch: string, signal: AbortSignal): Promise<string | undefined> {
    const path = branch.split('/').map(encodeURIComponent).join('/');
    const answer = await this.#call('GET', `/repos/${repository}/branches/${path}`, signal);
    if (answer === undefined) return undefined;
    return commitIn(parsed(answer)['commit'], branch);
  }

  async pullRequestOf(
    repository: string,
    number: number,
    signal: AbortSignal,
  ): Promise<{ isOpen: boolean; sha: string; at: number } | undefined> {
    const answer = await this.#call('GET', `/repos/${repository}/pulls/${number}`, signal);
    if (answer === undefined) return undefined;
    const { state, head, updated_at: updated } = parsed(answer);
    const at = typeof updated === 'string' ? Math.floor(Date.parse(updated) / 1000) : Number.NaN;
    return {
      isOpen: state === 'open',
      sha: commitIn(head, `pull request ${number}`),
      at: Number.isFinite(at) ? at : 0,
    };
  }

  async createDeployment(repository: string, sha: string, signal: AbortSignal): Promise<number> {
    const answer = await this.#call('POST', `/repos/${repository}/deployments`, signal, {
      body: {
        ref: sha,
        environment,
        auto_merge: false,
        required_contexts: [],
        transient_environment: true,
        production_environment: false,
      },
    });
    const { id } = answer === undefined ? {} : parsed(answer);
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1)
      throw new ParbakeError('GITHUB_UNAVAILABLE', 'GitHub answered without the id of a deployment');
    return id;
  }

  async setStatus(
    repository: string,
    deploymentId: number,
    { state, description, url }: DeploymentStatus,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#call('POST', `/repos/${repository}/deployments/${deploymentId}/statuses`, signal, {
      body: { state, description, auto_inactive: false, ...(url === '' ? {} : { environment_url: url }) },
    });
  }

  async sourceOf(repository: string, runId: number, signal: AbortSignal): Promise<number | undefined> {
    const answer = await this.#call('GET', `/repos/${repository}/actions/runs/${runId}`, signal);
    const { head_repository: source } = answer === undefined ? {} : parsed(answer);
    const id = typeof source === 'object' && source !== null && 'id' in source ? source.id : undefined;
    return typeof id === 'number' ? id : undefined;
  }

  async createRunner(
    repository: string,
    name: string,
    labels: readonly string[],
    signal: AbortSignal,
  ): Promise<string> {
    const path = `/repos/${repository}/actions/runners/generate-jitconfig`;
    const answer = await this.#call('POST', path, signal, {
      body: { name, runner_group_id: defaultGroup, labels, work_folder: '_work' },
    });
    const { encoded_jit_config: config } = answer === undefined ? {} : parsed(answer);
    if (typeof config !== 'string' || config === '')
      throw new ParbakeError('GITHUB_UNAVAILABLE', 'GitHub answered without the configuration of a runner');
    return config;
  }

  /**
   * @returns undefined for 404
   * @throws ParbakeError GITHUB_UNAVAILABLE, GITHUB_REFUSED
   */
  async #call(
    method: 'GET' | 'POST',
    path: string,
    signal: AbortSignal,
    { accept = 'application/vnd.github+json', body }: { accept?: string; body?: object } = {},
  ): Promise<Buffer | undefined> {
    const response = await this.#fetch(method, path, signal, accept, body);
    const { status, headers } = response;
    const text = await read(response);
    if (status === 404 && method === 'GET') return undefined;
    if (status >= 200 && status < 300) return text;
    const said = `GitHub answered ${status} to ${method} ${path}`;
    const waitMs = waitOf(headers);
    const isLimited = status === 429 || (status === 403 && waitMs !== undefined);
    if (isLimited || status >= 500)
      throw new ParbakeError(
        'GITHUB_UNAVAILABLE',
        isLimited ? `${said}: too many calls` : said,
        waitMs === undefined ? {} : { retryAfterMs: waitMs },
      );
    throw new ParbakeError('GITHUB_REFUSED', said);
  }

  async #fetch(
    method: string,
    path: string,
    signal: AbortSignal,
    accept: string,
    body: object | undefined,
  ): Promise<Response> {
    const authorization = `Bearer ${await this.#token()}`;
    try {
      return await fetch(`${this.#url}${path}`, {
        method,
        // A token is for one host.
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(deadline)]),
        headers: {
          accept,
          authorization,
          'user-agent': 'parbake',
          'x-github-api-version': apiVersion,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      signal.throwIfAborted();
      throw new ParbakeError('GITHUB_UNAVAILABLE', `GitHub does not answer: ${reasonOf(cause)}`, { cause });
    }
  }
}

/** How long GitHub asks to wait, in milliseconds; undefined when it does not. */
function waitOf(headers: Headers): number | undefined {
  const seconds = headers.get('retry-after');
  if (seconds !== null && /^\d{1,6}$/.test(seconds)) return Number(seconds) * 1000;
  const reset = headers.get('x-ratelimit-reset') ?? '';
  if (headers.get('x-ratelimit-remaining') !== '0' || !/^\d{1,12}$/.test(reset)) return undefined;
  return Math.min(3_600_000, Math.max(1_000, Number(reset) * 1000 - Date.now()));
}

async function read({ body }: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of body ?? []) {
      length += part.length;
      if (length > maxAnswer) throw new Error(`the answer is longer than ${maxAnswer} bytes`);
      parts.push(part);
    }
  } catch (cause) {
    throw new ParbakeError('GITHUB_UNAVAILABLE', `GitHub's answer broke off: ${reasonOf(cause)}`, { cause });
  }
  return Buffer.concat(parts);
}

function parsed(answer: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(answer.toString('utf8'));
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // The same as an answer of another shape.
  }
  throw new ParbakeError('GITHUB_UNAVAILABLE', 'GitHub answered something that is not a JSON object');
}

/** @throws ParbakeError GITHUB_UNAVAILABLE */
function commitIn(value: unknown, what: string): string {
  const sha = typeof value === 'object' && value !== null && 'sha' in value ? value.sha : undefined;
  if (typeof sha === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) return sha;
  throw new ParbakeError('GITHUB_UNAVAILABLE', `GitHub answered without the commit of ${what}`);
}
