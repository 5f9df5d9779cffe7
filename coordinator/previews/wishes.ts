import { ParbakeError } from '../../proto/errors/errors.ts';
import type { RepositoryRules } from '../../proto/preview/repository-file.ts';
import type { Moment } from '../core/model.ts';
import type { Head } from '../core/preview/head.ts';
import type { News } from '../core/preview/news.ts';
import type { Preview } from '../core/preview/preview.ts';
import type { PreviewUseCases } from '../store/previews.ts';
import type { GitHub } from './github.ts';
import { settled, wishOf, type FileText, type Wish } from './wanted.ts';

/** Where a repository keeps its preview file. */
export const previewFileName = 'parbake.preview.yaml';

/** What the operator's file says of a repository, with the preview file that it names. */
export interface Repository {
  rules: RepositoryRules;
  previewFile?: FileText;
}

export interface WishParts {
  store: Pick<PreviewUseCases, 'takeNews'>;
  /** Repositories that have previews, by `owner/name`. */
  repositories: ReadonlyMap<string, Repository>;
  /** Absent without a token. */
  github?: GitHub;
  moment: () => Moment;
}

/**
 * Finds out what environment each preview should have. A webhook says only that something may have changed: where there is a
 * token, GitHub is asked what is so.
 */
export class Wishes {
  readonly #parts: WishParts;
  /** The last preview file of each repository, for when GitHub does not answer. */
  readonly #files = new Map<string, FileText | undefined>();

  constructor(parts: WishParts) {
    this.#parts = parts;
  }

  /**
   * @returns undefined when GitHub said that something else is wanted by now
   * @throws ParbakeError PREVIEW_FILE_INVALID, PREVIEW_NOT_ALLOWED, GITHUB_UNAVAILABLE, GITHUB_REFUSED
   */
  async of(preview: Preview, signal: AbortSignal): Promise<Wish | undefined> {
    const { head } = preview;
    const repository = this.#parts.repositories.get(head.repository);
    const known = settled(preview, repository?.rules);
    if (known !== undefined || repository === undefined) return known;
    if (await this.#isOutdated(preview, signal)) return undefined;
    const file = await this.#fileOf(head.repository, repository, signal);
    if (file === undefined)
      return { kind: 'none', state: 'NOT_WANTED', reason: `${head.repository} has no ${previewFileName}` };
    return wishOf(preview, repository.rules, file);
  }

  /** Whether GitHub can be asked what is so. */
  get canAsk(): boolean {
    return this.#parts.github !== undefined;
  }

  /** How many environments the repository may have at a time. */
  maxOf({ head }: Preview): number {
    return this.#parts.repositories.get(head.repository)?.rules.max ?? 0;
  }

  /** Asks GitHub where the branch leads. While it does not answer, what it sent before counts. */
  async #isOutdated({ head }: Preview, signal: AbortSignal): Promise<boolean> {
    const { github, store, moment } = this.#parts;
    if (github === undefined) return false;
    const found = await unlessUnavailable(() => truthOf(github, head, signal));
    return found !== undefined && (await store.takeNews(found, moment()));
  }

  async #fileOf(
    name: string,
    { previewFile }: Repository,
    signal: AbortSignal,
  ): Promise<FileText | undefined> {
    const { github } = this.#parts;
    if (github === undefined) return previewFile;
    try {
      const text = await github.fileOf(name, previewFileName, signal);
      const file = text === undefined ? previewFile : { text, name: previewFileName };
      this.#files.set(name, file);
      return file;
    } catch (cause) {
      if (isUnavailable(cause) && this.#files.has(name)) return this.#files.get(name);
      throw cause;
    }
  }
}

function isUnavailable(cause: unknown): boolean {
  return cause instanceof ParbakeError && cause.code === 'GITHUB_UNAVAILABLE';
}

async function unlessUnavailable<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (cause) {
    if (isUnavailable(cause)) return undefined;
    throw cause;
  }
}

/** What GitHub says of a branch or of a fork's pull request, as news; empty when it says what is known. */
async function truthOf(github: GitHub, head: Head, signal: AbortSignal): Promise<News[]> {
  const { repositoryId, repository, branch, sha, isFork, pushedAt, pullRequest } = head;
  const of = { repositoryId, repository, branch };
  const news: News[] = [];
  if (pullRequest?.isOpen === true) {
    const { number, at } = pullRequest;
    const said = await github.pullRequestOf(repository, number, signal);
    const isChanged = said?.isOpen !== true || (isFork && said.sha !== sha);
    if (isChanged)
      news.push({
        ...{ kind: 'pull_request', ...of, number, isFork, isOpen: said?.isOpen === true },
        ...{ sha: said?.sha ?? sha, before: sha, at: Math.max(at, said?.at ?? 0), pushedAt: 0 },
      });
  }
  if (isFork) return news;
  const after = await github.branchOf(repository, branch, signal);
  if (after === undefined) news.push({ kind: 'deleted', ...of, at: pushedAt });
  else if (after !== sha) news.push({ kind: 'pushed', ...of, before: sha, after, at: pushedAt });
  return news;
}
