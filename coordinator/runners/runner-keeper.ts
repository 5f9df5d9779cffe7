import { randomBytes } from 'node:crypto';
import { reasonOf } from '../../proto/errors/cause.ts';
import { toParbakeError } from '../../proto/errors/errors.ts';
import type { RepositoryRules } from '../../proto/preview/repository-file.ts';
import type { Bell } from '../../proto/process/bell.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import { isOwned } from '../core/assignment-state.ts';
import { planRunners, type Job, type Runner } from '../core/runner/job.ts';
import type { Assignments } from '../fleet/assigner.ts';
import type { JobUseCases } from '../store/jobs.ts';
import type { RequestUseCases } from '../store/requests.ts';

/** Milliseconds between two looks when nothing wakes the keeper. */
const interval = 2_000;
/** How long a runner waits for an instance, in milliseconds. */
const patience = 600_000;
/** A runner takes one job, and GitHub ends a job after a day at most where nobody says otherwise. Milliseconds. */
const longestJob = 24 * 3_600_000;
/** Milliseconds after which a runner that could not be started is tried again. */
const retryAfter = 10_000;

/** The variable from which GitHub's runner takes its configuration. */
const jitVariable = 'ACTIONS_RUNNER_INPUT_JITCONFIG';

/** What runners need of GitHub. Each call throws ParbakeError GITHUB_UNAVAILABLE or GITHUB_REFUSED. */
export interface RunnerApi {
  /** @returns GitHub's number of the repository that the run's commits come from; undefined when that is gone */
  sourceOf(repository: string, runId: number, signal: AbortSignal): Promise<number | undefined>;
  /** @returns the configuration of a runner that takes one job, which is a secret */
  createRunner(
    repository: string,
    name: string,
    labels: readonly string[],
    signal: AbortSignal,
  ): Promise<string>;
}

export interface RunnerKeeperParts {
  store: Pick<JobUseCases, 'jobs'> & Pick<RequestUseCases, 'assignments'>;
  assignments: Pick<Assignments, 'assign' | 'release'>;
  github: RunnerApi;
  repositories: readonly RepositoryRules[];
  /** Is rung when a job has changed. */
  bell: Bell;
  now: () => number;
  logger: Logger;
}

/** Keeps a runner for each job that waits, until the signal aborts. What jobs there are and what runs is in the store. */
export class RunnerKeeper {
  readonly #parts: RunnerKeeperParts;
  /** Runners that are being started, with their repository and label. */
  readonly #starting = new Map<string, string>();
  readonly #running = new Set<Promise<void>>();
  /** Jobs of forks by their number, which get no runner, and others that were looked at. */
  readonly #fromFork = new Map<number, boolean>();
  #quietUntil = 0;

  constructor(parts: RunnerKeeperParts) {
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { bell, now, logger, repositories } = this.#parts;
    while (!signal.aborted) {
      for (const rules of repositories)
        for (const label of Object.keys(rules.runners))
          try {
            if (now() >= this.#quietUntil) await this.#look(rules, label, signal);
          } catch (cause) {
            if (isAbort(cause) && signal.aborted) break;
            const error = toParbakeError(cause);
            this.#quietUntil = now() + (error.retryAfterMs ?? retryAfter);
            logger.warn(
              { repository: rules.name, label, code: error.code, reason: reasonOf(cause) },
              'no runners',
            );
          }
      await bell.wait(interval, signal);
    }
    await Promise.all(this.#running);
  }

  async #look(rules: RepositoryRules, label: string, signal: AbortSignal): Promise<void> {
    const { store, assignments, logger } = this.#parts;
    const { name: repository, max } = rules;
    const jobs: Job[] = [];
    for (const job of await store.jobs(repository))
      if (isFor(job, label) && !(await this.#isFromFork(job, signal))) jobs.push(job);
    const live = await store.assignments({
      owner: ownerOf(repository),
      environment: label,
      liveOnly: true,
      limit: 1_000,
    });
    const known = live
      .filter(({ state }) => isOwned(state))
      .map(({ assignmentId, user }): Runner => ({ assignmentId, name: user }));
    const place = `${repository} ${label}`;
    const begun = [...this.#starting].flatMap(([name, of]): Runner[] =>
      of === place && !known.some((runner) => runner.name === name) ? [{ assignmentId: '', name }] : [],
    );
    const { start, release } = planRunners(jobs, [...begun, ...known], max);
    for (const { assignmentId, name } of release) {
      if (assignmentId === '') continue;
      await assignments.release({ assignmentId });
      logger.info({ repository, label, runner: name }, 'runner released: nobody waits for it');
    }
    for (const job of start) this.#start(rules, label, job, signal);
  }

  #start(rules: RepositoryRules, label: string, { jobId }: Job, signal: AbortSignal): void {
    // A name of its own for each try: GitHub keeps the name of a runner that never came.
    const name = `parbake-${jobId}-${randomBytes(4).toString('hex')}`;
    this.#starting.set(name, `${rules.name} ${label}`);
    const running = this.#serve(rules, label, name, signal)
      .catch((cause: unknown) => {
        if (isAbort(cause) || signal.aborted) return;
        const error = toParbakeError(cause);
        this.#quietUntil = this.#parts.now() + (error.retryAfterMs ?? retryAfter);
        this.#parts.logger.warn(
          { repository: rules.name, label, runner: name, code: error.code, reason: error.message },
          'runner failed to start',
        );
      })
      .finally(() => {
        this.#starting.delete(name);
        this.#running.delete(running);
        this.#parts.bell.ring();
      });
    this.#running.add(running);
  }

  async #serve(rules: RepositoryRules, label: string, name: string, signal: AbortSignal): Promise<void> {
    const { github, assignments, logger } = this.#parts;
    const { name: repository, runners } = rules;
    const config = await github.createRunner(repository, name, [label, 'self-hosted'], signal);
    const { assignment } = await assignments.assign(
      {
        owner: ownerOf(repository),
        requestId: name,
        user: name,
        role: runners[label] ?? '',
        environment: label,
        env: { [jitVariable]: config },
        files: {},
        wait: 'READY',
        traceparent: '',
        tracestate: '',
        ttlMs: longestJob,
        routes: [],
      },
      patience,
      signal,
    );
    const { assignmentId } = assignment;
    logger.info({ repository, label, runner: name, assignmentId }, 'runner started');
  }

  /** A fork's workflow could do anything to the instance, and to what it reaches. */
  async #isFromFork(
    { jobId, runId, repository, repositoryId, status }: Job,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (status !== 'queued') return false;
    const known = this.#fromFork.get(jobId);
    if (known !== undefined) return known;
    const isFork = (await this.#parts.github.sourceOf(repository, runId, signal)) !== repositoryId;
    this.#fromFork.set(jobId, isFork);
    for (const old of [...this.#fromFork.keys()].slice(0, -10_000)) this.#fromFork.delete(old);
    if (isFork) this.#parts.logger.warn({ repository, jobId, runId }, 'no runner for a job of a fork');
    return isFork;
  }
}

/** Whose runners they are: rules for secrets can name it. */
function ownerOf(repository: string): string {
  return `runner/${repository}`;
}

/** A runner of ours has its own label and the one that GitHub gives every runner of others. */
function isFor({ labels }: Job, label: string): boolean {
  return labels.includes(label) && labels.every((one) => one === label || one === 'self-hosted');
}
