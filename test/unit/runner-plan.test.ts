import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { jobStatuses, planRunners, withJobNews, type Job } from '../../coordinator/core/runner/job.ts';

const job = (jobId: number, status: Job['status'] = 'queued', runnerName = ''): Job => ({
  ...{ jobId, runId: jobId, repositoryId: 1, repository: 'acme/shop', labels: ['parbake'] },
  ...{ status, runnerName, queuedAt: 1, startedAt: 0 },
});
const runner = (name: string) => ({ assignmentId: `as-${name}`, name });

test.each<[string, Job[], string[], number[], string[]]>([
  ['a job without a runner', [job(1)], [], [1], []],
  ['a job with an idle runner', [job(1)], ['r1'], [], []],
  ['a runner that has a job, and another job', [job(1, 'in_progress', 'r1'), job(2)], ['r1'], [2], []],
  ['a job that was cancelled while it waited', [job(1, 'completed')], ['r1'], [], ['r1']],
  ['a runner that has ended its job', [job(1, 'completed', 'r1')], ['r1'], [], []],
  ['a runner that GitHub gave another job', [job(1), job(2, 'in_progress', 'r1')], ['r1', 'r2'], [], []],
  ['more jobs than runners are allowed', [job(1), job(2), job(3), job(4)], ['r1'], [1, 2], []],
])('%s', (_, jobs, names, start, release) => {
  const plan = planRunners(jobs, names.map(runner), 3);
  expect(plan.start.map(({ jobId }) => jobId)).toEqual(start);
  expect(plan.release.map(({ name }) => name)).toEqual(release);
});

test('a plan leaves as many idle runners as jobs wait, as far as it may', () => {
  const arbitrary = fc.record({
    jobs: fc.array(fc.record({ status: fc.constantFrom(...jobStatuses), by: fc.nat({ max: 6 }) }), {
      maxLength: 8,
    }),
    runners: fc.nat({ max: 6 }),
  });
  fc.assert(
    fc.property(arbitrary, ({ jobs, runners }) => {
      const known = jobs.map(({ status, by }, index) =>
        job(index + 1, status, status === 'queued' || by === 0 ? '' : `r${by}`),
      );
      const there = Array.from({ length: runners }, (_, index) => runner(`r${index + 1}`));
      const { start, release } = planRunners(known, there, 10);
      const queued = known.filter(({ status }) => status === 'queued').length;
      const idle = there.filter(({ name }) => !known.some(({ runnerName }) => runnerName === name)).length;
      expect(idle + start.length - release.length).toBe(Math.min(queued, idle + 10 - runners));
    }),
  );
});

test('late and repeated news moves a job forward only', () => {
  const news = jobStatuses.map((status) => job(1, status, status === 'in_progress' ? 'r1' : ''));
  fc.assert(
    fc.property(fc.shuffledSubarray([...news, ...news], { minLength: 1 }), (some) => {
      let known: Job | undefined;
      for (const one of some) known = withJobNews(known, one);
      const furthest = Math.max(...some.map(({ status }) => jobStatuses.indexOf(status)));
      expect(known?.status).toBe(jobStatuses[furthest]);
    }),
  );
});
