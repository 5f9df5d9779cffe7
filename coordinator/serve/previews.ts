import { defined } from '../../proto/errors/defined.ts';
import { Bell } from '../../proto/process/bell.ts';
import type { Logger } from '../../proto/process/log.ts';
import { aborted, runTasks, type Task } from '../../proto/process/tasks.ts';
import { moment } from '../fleet/moment.ts';
import type { RunningWebhook } from '../github/webhook.ts';
import { PreviewOperator } from '../previews/preview-operator.ts';
import type { Delivery } from '../store/previews.ts';
import type { Fleet } from './fleet.ts';
import type { PreviewOptions } from './preview-options.ts';

/** What operators ask about previews, what takes GitHub's deliveries, and what keeps environments. */
export interface Previews {
  operator: PreviewOperator;
  /** Takes deliveries from now on; each coordinator may. @returns undefined where there are no previews */
  listen: () => Promise<RunningWebhook | undefined>;
  /** Keeps environments until the signal aborts; the coordinator that leads does it. */
  keep: Task;
}

/** @param options undefined where there are no previews */
export function composePreviews(
  { store, assigner }: Fleet,
  options: PreviewOptions | undefined,
  logger: Logger,
): Previews {
  const [bell, outcomes, jobs] = [new Bell(), new Bell(), new Bell()];
  const changed = (): void => {
    bell.ring();
    jobs.ring();
  };
  const operator = new PreviewOperator({ store, changed, moment, logger });
  // A task of a leader that returns at once would be started again at once.
  if (options === undefined) return { operator, listen: async () => undefined, keep: aborted };
  const { address, tls, url, repositories, secrets, token } = options;
  const take = async ({ news, ...delivery }: Delivery): Promise<void> => {
    // An organisation's webhook tells of all its repositories. What is not ours by name may still be ours under another.
    const ours = news.filter(
      ({ kind, repository }) => repositories.has(repository) || kind === 'renamed' || kind === 'lost',
    );
    if (ours.length > 0 && (await store.takeDelivery({ ...delivery, news: ours }, moment()))) changed();
    for (const { job } of ours.filter((one) => one.kind === 'job'))
      if (job.status === 'in_progress' && job.startedAt > 0) {
        const { jobId, repository, runnerName: runner } = job;
        logger.info({ repository, jobId, runner, queueSeconds: job.startedAt - job.queuedAt }, 'job began');
      }
  };
  return {
    operator,
    async listen() {
      const { startWebhook } = await import('../github/webhook.ts');
      return await startWebhook({ address, ...(tls === undefined ? {} : { tls }), secrets, take, logger });
    },
    async keep(signal) {
      const [{ GitHubApi }, { PreviewKeeper }, { reportPreviews }, { Wishes }, { RunnerKeeper }] =
        await Promise.all([
          import('../github/github-api.ts'),
          import('../previews/keeper.ts'),
          import('../previews/reporter.ts'),
          import('../previews/wishes.ts'),
          import('../runners/runner-keeper.ts'),
        ]);
      const github = token === undefined ? undefined : new GitHubApi(url, token);
      const wishes = new Wishes({ store, repositories, moment, ...defined({ github }) });
      const concluded = (): void => outcomes.ring();
      const keeper = new PreviewKeeper({
        ...{ store, assignments: assigner, wishes, bell, concluded, moment, logger },
      });
      await runTasks(signal, {
        keep: (ended) => keeper.run(ended),
        ...(github === undefined
          ? {}
          : {
              report: (ended: AbortSignal) =>
                reportPreviews({ store, github, bell: outcomes, moment, logger }, ended),
              runners: (ended: AbortSignal) =>
                new RunnerKeeper({
                  ...{ store, assignments: assigner, github, bell: jobs, logger },
                  repositories: [...repositories.values()].map(({ rules }) => rules),
                  now: Date.now,
                }).run(ended),
            }),
      });
    },
  };
}
