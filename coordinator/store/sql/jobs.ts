import type { Moment } from '../../core/model.ts';
import { withJobNews, type Job } from '../../core/runner/job.ts';
import type { JobUseCases } from '../jobs.ts';
import type { Database } from './database.ts';
import { text } from './rows.ts';
import type { Tables } from './tables.ts';

export function jobCommands({ db }: Tables): JobUseCases {
  return {
    jobs: async (repository) =>
      (
        await db.all('SELECT job FROM job WHERE repository = ? ORDER BY job_id DESC LIMIT 1000', repository)
      ).map((row) => JSON.parse(text(row, 'job')) as Job),
  };
}

/** Keeps what GitHub says of a job, as a part of the caller's transaction. @returns whether anything changed */
export async function takeJob(db: Database, news: Job, { now }: Moment): Promise<boolean> {
  const row = await db.one('SELECT job FROM job WHERE job_id = ?', news.jobId);
  const known = row === undefined ? undefined : (JSON.parse(text(row, 'job')) as Job);
  const after = withJobNews(known, news);
  if (after === known) return false;
  await db.run(
    `INSERT INTO job (job_id, repository, status, job, receive_time) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (job_id) DO UPDATE SET repository = excluded.repository, status = excluded.status,
       job = excluded.job, receive_time = excluded.receive_time`,
    ...[after.jobId, after.repository, after.status, JSON.stringify(after), now],
  );
  return true;
}
