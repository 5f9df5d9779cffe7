import { ParbakeError } from '../../../proto/errors/errors.ts';
import { jobStatuses } from '../runner/job.ts';
import type { News } from './news.ts';

/** What an event of GitHub's says, in the shape that its documentation gives: one event can be news of many repositories. */
export type EventNews = News[];

/** Repositories in one event of an installation. */
const maxRepositories = 1_000;

/**
 * Reads the payload of a delivery. It was signed, and is hostile all the same: whoever may write to a repository chooses
 * the names in it.
 * @param event GitHub's name for the event
 * @returns nothing for events that change no environment
 * @throws ParbakeError REQUEST_INVALID when it does not have the documented shape
 */
export function newsOf(event: string, payload: unknown): EventNews {
  const given = new Fields(payload, event);
  switch (event) {
    case 'push':
      return push(given);
    case 'delete':
      return deleted(given);
    case 'pull_request':
      return pullRequest(given);
    case 'repository':
      return repository(given);
    case 'workflow_job':
      return workflowJob(given);
    case 'installation':
      return ['deleted', 'suspend'].includes(given.text('action', 32)) ? lost(given, 'repositories') : [];
    case 'installation_repositories':
      return given.text('action', 32) === 'removed' ? lost(given, 'repositories_removed') : [];
    default:
      return [];
  }
}

function push(given: Fields): EventNews {
  const branch = branchIn(given.text('ref', maxRef));
  if (branch === undefined) return [];
  const of = repositoryOf(given);
  // A push has a number here, any other event a text.
  const at = given.part('repository').time('pushed_at');
  if (given.flag('deleted')) return [{ kind: 'deleted', ...of, branch, at }];
  const [before, after] = [commit(given, 'before'), commit(given, 'after')];
  if (after === '') throw given.wrong('after', 'is not a commit');
  return [{ kind: 'pushed', ...of, branch, before, after, at }];
}

function deleted(given: Fields): EventNews {
  if (given.text('ref_type', 32) !== 'branch') return [];
  const branch = checkedBranch(given, 'ref');
  return [
    { kind: 'deleted', ...repositoryOf(given), branch, at: given.part('repository').time('pushed_at') },
  ];
}

/** What other actions change has no part in what runs. */
const pullRequestActions = ['opened', 'reopened', 'synchronize', 'closed', 'edited', 'ready_for_review'];

function pullRequest(given: Fields): EventNews {
  const action = given.text('action', 32);
  if (!pullRequestActions.includes(action)) return [];
  const of = repositoryOf(given);
  const request = given.part('pull_request');
  const head = request.part('head');
  // The repository of a fork may be gone.
  const from = head.has('repo') ? head.part('repo') : undefined;
  return [
    {
      kind: 'pull_request',
      ...of,
      number: request.whole('number'),
      isOpen: request.text('state', 16) === 'open',
      isFork: from?.whole('id') !== of.repositoryId,
      branch: checkedBranch(head, 'ref'),
      sha: commit(head, 'sha'),
      before: action === 'synchronize' && given.has('before') ? commit(given, 'before') : '',
      at: request.time('updated_at'),
      pushedAt: from?.time('pushed_at') ?? 0,
    },
  ];
}

/** Labels of one job. */
const maxLabels = 20;

function workflowJob(given: Fields): EventNews {
  const action = given.text('action', 32);
  // `waiting` is for an approval, and `queued` follows it.
  const status = jobStatuses.find((one) => one === action);
  if (status === undefined) return [];
  const of = repositoryOf(given);
  const job = given.part('workflow_job');
  const runnerName = job.has('runner_name') ? job.text('runner_name', 256) : '';
  return [
    {
      kind: 'job',
      ...of,
      job: {
        ...of,
        jobId: job.whole('id'),
        runId: job.whole('run_id'),
        labels: job.texts('labels', maxLabels, 100),
        status,
        runnerName: runnerName.replaceAll(/\p{C}+/gu, ' '),
        queuedAt: job.has('created_at') ? job.time('created_at') : 0,
        startedAt: status !== 'queued' && job.has('started_at') ? job.time('started_at') : 0,
      },
    },
  ];
}

function repository(given: Fields): EventNews {
  const action = given.text('action', 32);
  if (action === 'renamed') return [{ kind: 'renamed', ...repositoryOf(given) }];
  return ['deleted', 'archived', 'transferred'].includes(action)
    ? [{ kind: 'lost', ...repositoryOf(given) }]
    : [];
}

function lost(given: Fields, field: string): EventNews {
  return given
    .list(field, maxRepositories)
    .map((one) => ({ kind: 'lost', repositoryId: one.whole('id'), repository: fullName(one) }));
}

function repositoryOf(given: Fields): { repositoryId: number; repository: string } {
  const repository = given.part('repository');
  return { repositoryId: repository.whole('id'), repository: fullName(repository) };
}

function fullName(repository: Fields): string {
  const name = repository.text('full_name', 140);
  if (!isRepositoryName(name)) throw repository.wrong('full_name', 'is not OWNER/NAME');
  return name;
}

/** @param name `owner/name` */
export function isRepositoryName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/.test(name);
}

/** Git's own limit is that of file names. */
const maxRef = 300;
const heads = 'refs/heads/';

/** @returns undefined for tags */
function branchIn(ref: string): string | undefined {
  if (!ref.startsWith(heads)) return undefined;
  const branch = ref.slice(heads.length);
  return isBranch(branch) ? branch : undefined;
}

function checkedBranch(given: Fields, field: string): string {
  const branch = given.text(field, maxRef);
  if (!isBranch(branch)) throw given.wrong(field, 'is not the name of a branch');
  return branch;
}

/** What Git takes as a branch's name, and terminals and addresses can show. */
function isBranch(name: string): boolean {
  return name !== '' && name.length <= 255 && name.isWellFormed() && !/[\p{C}\s~^:?*[\\]/u.test(name);
}

/** @returns empty for the commit of zeros, which stands for none */
function commit(given: Fields, field: string): string {
  const sha = given.text(field, 64);
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) throw given.wrong(field, 'is not a commit');
  return /^0+$/.test(sha) ? '' : sha;
}

/** A part of a payload, read field by field. */
class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new ParbakeError('REQUEST_INVALID', `${path} is not an object`);
    this.#value = { ...value };
  }

  has(field: string): boolean {
    const value = this.#of(field);
    return value !== undefined && value !== null;
  }

  part(field: string): Fields {
    return new Fields(this.#of(field), `${this.#path}.${field}`);
  }

  list(field: string, max: number): Fields[] {
    const value = this.#of(field);
    if (!Array.isArray(value) || value.length > max)
      throw this.wrong(field, `is not a list of at most ${max}`);
    return value.map((one, index) => new Fields(one, `${this.#path}.${field}[${index}]`));
  }

  texts(field: string, max: number, longest: number): string[] {
    const value = this.#of(field);
    if (!Array.isArray(value) || value.length > max)
      throw this.wrong(field, `is not a list of at most ${max}`);
    return value.map((one: unknown) => {
      if (typeof one === 'string' && one.length <= longest) return one;
      throw this.wrong(field, `has something else than texts of at most ${longest} characters`);
    });
  }

  text(field: string, max: number): string {
    const value = this.#of(field);
    if (typeof value !== 'string' || value.length > max)
      throw this.wrong(field, `is not a text of at most ${max} characters`);
    return value;
  }

  flag(field: string): boolean {
    const value = this.#of(field);
    if (typeof value !== 'boolean') throw this.wrong(field, 'is not true or false');
    return value;
  }

  /** A number from 1 on. */
  whole(field: string): number {
    const value = this.#of(field);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
      throw this.wrong(field, 'is not a whole number above 0');
    return value;
  }

  /** @returns seconds since the epoch, of a number or a time in text */
  time(field: string): number {
    const value = this.#of(field);
    const ms = typeof value === 'string' && value.length <= 40 ? Date.parse(value) : Number.NaN;
    const seconds = typeof value === 'number' ? value : ms / 1000;
    if (!Number.isFinite(seconds) || seconds < 0 || seconds > 1e11) throw this.wrong(field, 'is not a time');
    return Math.floor(seconds);
  }

  wrong(field: string, problem: string): ParbakeError {
    return new ParbakeError('REQUEST_INVALID', `${this.#path}.${field} ${problem}`);
  }

  #of(field: string): unknown {
    return Object.hasOwn(this.#value, field) ? this.#value[field] : undefined;
  }
}
