import { reasonOf } from '../../proto/errors/cause.ts';
import { toParbakeError } from '../../proto/errors/errors.ts';
import type { Bell } from '../../proto/process/bell.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import type { Moment } from '../core/model.ts';
import { notReported, type Outcome, type Preview, type Reported } from '../core/preview/preview.ts';
import type { PreviewUseCases } from '../store/previews.ts';
import type { DeploymentStatus, GitHub } from './github.ts';
import { short } from './wanted.ts';

/** Milliseconds between two looks when nothing wakes the reporter. */
const interval = 1_000;
/** Milliseconds between two statuses of one preview: what changes meanwhile is told once. */
const pace = 2_000;
/** Milliseconds after which GitHub is asked again, where it does not say. */
const retryAfter = 30_000;
/** Characters of a description: GitHub takes no more. */
const maxDescription = 140;

export interface ReporterParts {
  store: Pick<PreviewUseCases, 'unreportedPreviews' | 'reportedPreview'>;
  github: GitHub;
  /** Is rung when a preview may have a new outcome. */
  bell: Bell;
  moment: () => Moment;
  logger: Logger;
}

/**
 * Tells GitHub how each preview stands, as statuses of a deployment of its commit. The address is told once it answers
 * everywhere. One call is made at a time; while GitHub refuses or does not answer, outcomes wait and the newest is told.
 */
export async function reportPreviews(parts: ReporterParts, signal: AbortSignal): Promise<void> {
  const { store, bell, moment, logger } = parts;
  let quietUntil = 0;
  let problem = '';
  while (!signal.aborted) {
    try {
      if (moment().now >= quietUntil)
        for (const preview of await store.unreportedPreviews(moment(), 50)) {
          if (signal.aborted) return;
          await report(parts, preview, signal);
        }
      problem = '';
    } catch (cause) {
      if (isAbort(cause) && signal.aborted) return;
      const error = toParbakeError(cause);
      quietUntil = moment().now + (error.retryAfterMs ?? retryAfter);
      if (problem !== error.message)
        logger.warn({ code: error.code, reason: reasonOf(cause) }, 'cannot tell GitHub how previews stand');
      problem = error.message;
    }
    await bell.wait(interval, signal);
  }
}

async function report(
  { store, github, moment, logger }: ReporterParts,
  { previewId, head, outcome, revision, reported }: Preview,
  signal: AbortSignal,
): Promise<void> {
  const { repository, sha } = head;
  const keep = async (told: Reported, of = revision): Promise<void> => {
    await store.reportedPreview(previewId, of, told, moment().now + pace);
  };
  try {
    let present = reported;
    const status = statusOf(outcome, sha);
    // An older commit's deployment ends with the first status of the next one.
    if (present.deploymentId !== 0 && present.sha !== sha && status !== undefined) {
      await github.setStatus(repository, present.deploymentId, superseded(sha), signal);
      present = notReported;
    }
    if (status === undefined || (status.state === 'inactive' && present.deploymentId === 0))
      return await keep(present);
    if (present.deploymentId === 0) {
      present = { deploymentId: await github.createDeployment(repository, sha, signal), sha, status: '' };
      // Kept at once: a deployment that nobody knows would stay as it is for ever.
      await keep(present, 0);
    }
    const text = JSON.stringify(status);
    if (present.status !== text) await github.setStatus(repository, present.deploymentId, status, signal);
    await keep(status.state === 'inactive' ? notReported : { ...present, status: text });
  } catch (cause) {
    const error = toParbakeError(cause);
    if (error.code !== 'GITHUB_REFUSED') throw cause;
    logger.warn(
      { preview: previewId, repository, reason: error.message },
      'GitHub takes no status of a preview',
    );
    await keep(reported);
  }
}

/** @returns undefined for what is nobody's concern on GitHub */
function statusOf(outcome: Outcome, sha: string): DeploymentStatus | undefined {
  const { state, reason, servingSha, urls } = outcome;
  const [url = ''] = urls;
  switch (state) {
    case 'QUEUED':
    case 'STARTING':
      return of('in_progress', reason === '' ? 'an instance is sought' : reason, '');
    case 'SERVING':
      return servingSha === sha ? of('success', answersIn(outcome), url) : undefined;
    case 'FAILED':
      return of('failure', reason, '');
    case 'RELEASED':
      return of('inactive', reason, '');
    case 'WAITING_APPROVAL':
    case 'NOT_WANTED':
      return undefined;
  }
}

function answersIn({ timings }: Outcome): string {
  if (timings === undefined) return 'answers';
  const { claimed, serving, routed } = timings;
  const steps = [
    `claimed ${Math.round(claimed)}`,
    `started ${Math.round(serving - claimed)}`,
    ...(routed === undefined ? [] : [`routed ${Math.round(routed - serving)}`]),
  ];
  return `answers ${Math.round(routed ?? serving)} ms after the push came (${steps.join(', ')})`;
}

function superseded(sha: string): DeploymentStatus {
  return of('inactive', `superseded by ${short(sha)}`, '');
}

function of(state: DeploymentStatus['state'], description: string, url: string): DeploymentStatus {
  const cut =
    description.length > maxDescription ? `${description.slice(0, maxDescription - 1)}…` : description;
  return { state, description: cut, url };
}
