import type { Moment } from '../core/model.ts';
import type { News } from '../core/preview/news.ts';
import type { Outcome, Preview, Reported } from '../core/preview/preview.ts';

/** Something that GitHub sent. */
export interface Delivery {
  /** Which of several webhooks sent it. */
  hook: string;
  /** Names the event: a redelivery has the same one. */
  guid: string;
  news: readonly News[];
}

export interface PreviewFilter {
  /** `owner/name`. */
  repository?: string;
  /** Also those that are gone, released or not wanted. */
  includeEnded: boolean;
  /** Previews after this one, in the list's order. */
  after?: string;
  limit: number;
}

/** Environments of branches, and what GitHub said about them. */
export interface PreviewUseCases {
  /**
   * Keeps what a delivery says, and that it was taken.
   * @returns whether anything changed; false for one that was taken before
   */
  takeDelivery(delivery: Delivery, at: Moment): Promise<boolean>;
  /** What GitHub says when it is asked. @returns whether anything changed */
  takeNews(news: readonly News[], at: Moment): Promise<boolean>;
  /** In the order of their ids. */
  previews(filter: PreviewFilter): Promise<Preview[]>;
  preview(previewId: string): Promise<Preview | undefined>;
  /** Those for which there is something to do, the longest waiting first. */
  duePreviews(at: Moment, limit: number): Promise<Preview[]>;
  /**
   * What became of a preview.
   * @param sequence what the outcome is of; when something else is wanted by now, it stays due
   * @param nextLook milliseconds since the epoch at which to look again; 0 for never
   */
  concludePreview(previewId: string, sequence: number, outcome: Outcome, nextLook: number): Promise<void>;
  /** Those whose outcome GitHub was not told yet. */
  unreportedPreviews(at: Moment, limit: number): Promise<Preview[]>;
  /**
   * What GitHub was told.
   * @param revision of the outcome that it was told of; 0 when it could not be told
   * @param nextTry milliseconds since the epoch before which it is told nothing more
   */
  reportedPreview(previewId: string, revision: number, reported: Reported, nextTry: number): Promise<void>;
  /** @returns whether there is such a preview */
  releasePreview(previewId: string, at: Moment): Promise<boolean>;
  /** One commit of a fork may run. @returns whether there is such a preview */
  approvePreview(previewId: string, sha: string, at: Moment): Promise<boolean>;
  /** Deliveries, jobs, and previews that were over, before. @returns how many rows */
  removePreviews(before: number, limit: number): Promise<number>;
}
