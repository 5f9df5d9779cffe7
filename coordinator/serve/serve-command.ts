import type { Command, CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import type { Logger } from '../../proto/process/log.ts';
import { reportToServiceManager } from '../../proto/process/service-manager.ts';
import { aborted, runTasks, type Task } from '../../proto/process/tasks.ts';
import { withOutcomes } from '../core/observer.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { Otlp } from '../telemetry/otlp/otlp.ts';
import { traceparentBelow } from '../telemetry/trace-ids.ts';
import type { RunningWeb, WebOptions } from '../web/server.ts';
import { SqliteStore } from '../store/sqlite/store.ts';
import { Assigner } from '../fleet/assigner.ts';
import { Dispatcher } from '../fleet/dispatcher.ts';
import { Ec2Sync } from '../ec2/ec2-sync.ts';
import { measureCalls } from './measure-calls.ts';
import { runRetention } from '../fleet/retention.ts';
import { readServeOptions, serveHelp, type WebListener } from './serve-options.ts';
import { startServer } from './server.ts';

export const serveCommand: Command = {
  name: 'serve',
  summary: 'Serve agents, callers and operators.',
  help: serveHelp,
  run: serve,
};

async function serve(args: string[], context: CommandContext): Promise<ExitCode> {
  const options = await readServeOptions(args, context.env);
  const logger = context.createLogger('parbake-coordinator');
  const store = new SqliteStore(options.storePath);
  try {
    const metrics = new Metrics();
    const otlp = await Otlp.start(options.otlp, metrics, logger);
    const { traces } = otlp;
    const dispatcher =
      traces === undefined
        ? new Dispatcher(store, logger, metrics)
        : new Dispatcher(store, logger, withOutcomes(metrics, traces), traceparentBelow);
    const assigner = new Assigner(dispatcher);
    const server = await startServer(dispatcher, assigner, options.listeners, {
      reflection: options.reflection,
      interceptors: [measureCalls((...call) => metrics.call(...call))],
      onReport: (message, isNew) => {
        metrics.reported(message, isNew);
        const instance = traces && isNew ? store.instances.get(message.instanceId) : undefined;
        if (instance === undefined) return;
        const { facts, clock } = instance;
        const source = { facts, bootId: message.bootId, offsetMs: clock?.offsetMs ?? 0 };
        traces?.reported(source, message.spans, (id) => store.assignments.get(id));
      },
      logger,
    });
    const ec2 =
      options.region === undefined ? {} : { ec2: await ec2Task(options.region, dispatcher, logger) };
    let pages: RunningWeb[] = [];
    try {
      pages = await startPages(options.pages, dispatcher, () => metrics.scrape(dispatcher), logger);
      const urls = pages.map(({ url }) => url);
      logger.info({ addresses: server.addresses, urls, store: options.store }, 'listening');
      const isConnected = (instanceId: string): boolean => dispatcher.sessions.has(instanceId);
      const retain: Task = (signal) => runRetention(store, { ...options.keep, isConnected }, logger, signal);
      await runTasks(context.signal, {
        serving: aborted,
        manager: (signal) => reportToServiceManager(context.env, logger, signal),
        retain,
        otlp: otlp.task(dispatcher, logger),
        ...ec2,
      });
    } finally {
      logger.info('shutting down');
      await Promise.all(pages.map((page) => page.close()));
      await server.close();
      await otlp.close();
    }
    return exitCodes.done;
  } finally {
    store.close();
  }
}

/** The page is loaded only where it is served. */
async function startPages(
  listeners: readonly WebListener[],
  dispatcher: Dispatcher,
  metrics: WebOptions['metrics'],
  logger: Logger,
): Promise<RunningWeb[]> {
  const pages: RunningWeb[] = [];
  for (const listener of listeners) {
    const { startWeb } = await import('../web/server.ts');
    pages.push(await startWeb(dispatcher, { ...listener, metrics, logger }));
  }
  return pages;
}

/** The AWS SDK is loaded only where it is used: it is most of this program's memory. */
async function ec2Task(region: string, dispatcher: Dispatcher, logger: Logger): Promise<Task> {
  const { ec2Api } = await import('../ec2/ec2-api.ts');
  return async (signal) => {
    const api = ec2Api(region);
    await new Ec2Sync({ dispatcher, api, logger, random: Math.random }).run(signal);
    api.close();
  };
}
