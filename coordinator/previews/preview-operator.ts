import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { Moment } from '../core/model.ts';
import { previewNotFound } from '../core/not-found.ts';
import type { Preview } from '../core/preview/preview.ts';
import type { PreviewFilter, PreviewUseCases } from '../store/previews.ts';

export interface PreviewOperatorParts {
  store: Pick<PreviewUseCases, 'previews' | 'preview' | 'releasePreview' | 'approvePreview'>;
  /** Something else is wanted. */
  changed: () => void;
  moment: () => Moment;
  logger: Logger;
}

/** What operators see and change of previews. Each change is a line of the log. */
export class PreviewOperator {
  readonly #parts: PreviewOperatorParts;

  constructor(parts: PreviewOperatorParts) {
    this.#parts = parts;
  }

  async list(filter: PreviewFilter): Promise<Preview[]> {
    return await this.#parts.store.previews(filter);
  }

  /** @throws ParbakeError PREVIEW_NOT_FOUND, as all that follow */
  async get(previewId: string): Promise<Preview> {
    const found = await this.#parts.store.preview(previewId);
    if (found === undefined) throw previewNotFound(previewId);
    return found;
  }

  async release(previewId: string): Promise<Preview> {
    const { store, moment } = this.#parts;
    if (!(await store.releasePreview(previewId, moment()))) throw previewNotFound(previewId);
    this.#tell('preview released', { preview: previewId });
    return await this.get(previewId);
  }

  /** @throws ParbakeError PREVIEW_OUTDATED when the pull request has another commit */
  async approve(previewId: string, sha: string): Promise<Preview> {
    const { store, moment } = this.#parts;
    const { head } = await this.get(previewId);
    if (head.sha !== sha)
      throw new ParbakeError('PREVIEW_OUTDATED', `preview ${previewId} is of commit ${head.sha} by now`, {
        metadata: { sha: head.sha },
      });
    // A commit that comes in between is not approved: approval is of this one only.
    if (!(await store.approvePreview(previewId, sha, moment()))) throw previewNotFound(previewId);
    this.#tell('commit approved', { preview: previewId, sha });
    return await this.get(previewId);
  }

  #tell(action: string, fields: Readonly<Record<string, string>>): void {
    const { logger, changed } = this.#parts;
    logger.info({ action, ...fields }, 'changed by an operator');
    changed();
  }
}
