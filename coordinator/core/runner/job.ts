/** Where a job of a workflow is in its life, in the order in which it goes through them. */
export const jobStatuses = ['queued', 'in_progress', 'completed'] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** A job of a workflow. */
export interface Job {
  /** GitHub's number of it. */
  jobId: number;
  /** GitHub's number of the run that it belongs to. */
  runId: number;
  repositoryId: number;
  /** `owner/name`. */
  repository: string;
  /** Labels that its runner must have. */
  labels: string[];
  status: JobStatus;
  /** The runner that has it; empty before. GitHub decides which one that is. */
  runnerName: string;
  /** When it was queued and when it began, in seconds since the epoch; 0 before. */
  queuedAt: number;
  startedAt: number;
}

/** What is known of a job after news, which may be late or repeated: it only moves forward. */
export function withJobNews(known: Job | undefined, news: Job): Job {
  if (known === undefined) return news;
  const rank = ({ status }: Job): number => jobStatuses.indexOf(status);
  if (rank(news) <= rank(known)) return known;
  // One that was cancelled while it had a runner says so no more.
  return { ...news, runnerName: news.runnerName || known.runnerName };
}

/** A runner that may still take a job, or has one. */
export interface Runner {
  assignmentId: string;
  /** As GitHub knows it. */
  name: string;
}

export interface RunnerPlan {
  /** Jobs for which a runner is started, the longest waiting first. */
  start: Job[];
  /** Runners that nobody waits for. */
  release: Runner[];
}

/**
 * As many runners without a job as there are jobs without a runner. GitHub gives a job to any runner with its labels, so
 * runners are counted, not paired.
 * @param jobs all that are known, of one repository and one label
 * @param runners newest first, with those that start
 */
export function planRunners(jobs: readonly Job[], runners: readonly Runner[], max: number): RunnerPlan {
  const queued = jobs.filter(({ status }) => status === 'queued').sort((a, b) => a.jobId - b.jobId);
  const taken = new Set(jobs.map(({ runnerName }) => runnerName));
  const idle = runners.filter(({ name }) => !taken.has(name));
  const missing = Math.max(0, Math.min(queued.length - idle.length, max - runners.length));
  return {
    start: queued.slice(0, missing),
    release: idle.slice(0, Math.max(0, idle.length - queued.length)),
  };
}
