import type { Job } from '../core/runner/job.ts';

/** Jobs of workflows that GitHub told of. Deliveries bring them; see PreviewUseCases. */
export interface JobUseCases {
  /** Those of a repository that are not over, and those that were lately; the newest first, and a thousand at most. */
  jobs(repository: string): Promise<Job[]>;
}
