import { listenerCredentials, type TlsFiles } from '../../proto/wire/channel.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command, CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { readRequired } from '../../proto/process/required-file.ts';
import type { Logger } from '../../proto/process/log.ts';
import { aborted, runTasks, type Task } from '../../proto/process/tasks.ts';
import { readTls } from '../../proto/wire/tls-files.ts';
import { defaultRetentionDays, retentionOf } from '../core/retention.ts';
import { withOutcomes } from '../core/observer.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { Otlp } from '../telemetry/otlp/otlp.ts';
import { otlpTargets } from '../telemetry/otlp/otlp-options.ts';
import { traceparentBelow } from '../telemetry/trace-ids.ts';
import type { RunningWeb, WebOptions } from '../web/server.ts';
import { SqliteStore } from '../store/sqlite/store.ts';
import { Assigner } from '../fleet/assigner.ts';
import { Dispatcher } from '../fleet/dispatcher.ts';
import { Ec2Sync } from '../ec2/ec2-sync.ts';
import { measureCalls } from './measure-calls.ts';
import { runRetention } from '../fleet/retention.ts';
import { startServer, type Listener } from './server.ts';

/** An empty store and some instances fit. */
const leastBytes = 16 * 1024 ** 2;

const help = `
Usage: parbake-coordinator serve [options]

Serves agents, callers and operators over gRPC until SIGTERM. Plaintext is accepted on loopback addresses and Unix
sockets only; every client of a TLS listener needs a certificate signed by --tls-ca.

Options:
  --listen ADDRESS        host:port or unix:PATH, in plaintext; may be repeated (default 127.0.0.1:7443)
  --tls-listen ADDRESS    host:port, with TLS; may be repeated
  --tls-ca FILE           certificates that sign clients' certificates (PEM)
  --tls-cert FILE         the coordinator's certificate (PEM)
  --tls-key FILE          its key (PEM)
  --http ADDRESS          host:port of a loopback address for the page, /metrics and /healthz, in plaintext
  --https ADDRESS         the same with TLS; every client needs a certificate signed by --tls-ca
  --otlp URL              an OpenTelemetry collector that takes OTLP over HTTP, such as http://127.0.0.1:4318; gets every
                          instance's timeline as traces, and the metrics (from OTEL_* variables where this and the
                          options that follow do not say; docs/opentelemetry.md)
  --otlp-headers FILE     sent along, a NAME: VALUE in each line
  --otlp-ca FILE          certificates that sign the collector's (PEM)
  --otlp-interval SECONDS between two exports of metrics (default 60)
  --store sqlite:PATH     where everything is kept (default sqlite:parbake.db)
  --region REGION         look instances up in EC2 and tag them with their user; credentials come from where AWS's
                          own tools take them (ec2:DescribeInstances, ec2:CreateTags, ec2:DeleteTags)
  --keep-days DAYS        how long what instances reported, and instances that are over or silent, are kept (default
                          ${defaultRetentionDays})
  --keep-bytes SIZE       what the store may hold, such as 500M or 20G: when it is more, the oldest goes sooner (default:
                          no limit; docs/retention.md)
  --dev                   answer server reflection

Example:
  parbake-coordinator serve --store sqlite:/var/lib/parbake/coordinator.db --dev
`;

export const serveCommand: Command = {
  name: 'serve',
  summary: 'Serve agents, callers and operators.',
  help,
  run: serve,
};

async function serve(args: string[], context: CommandContext): Promise<ExitCode> {
  const { values, positionals } = parseOptions('parbake-coordinator serve', args, {
    listen: { type: 'string', multiple: true },
    'tls-listen': { type: 'string', multiple: true, default: [] },
    'tls-ca': { type: 'string' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    http: { type: 'string' },
    https: { type: 'string' },
    otlp: { type: 'string' },
    'otlp-headers': { type: 'string' },
    'otlp-ca': { type: 'string' },
    'otlp-interval': { type: 'string' },
    store: { type: 'string', default: 'sqlite:parbake.db' },
    region: { type: 'string' },
    'keep-days': { type: 'string', default: String(defaultRetentionDays) },
    'keep-bytes': { type: 'string' },
    dev: { type: 'boolean', default: false },
  });
  if (positionals.length > 0) throw new ParbakeError('USAGE', `serve takes no "${positionals[0] ?? ''}"`);
  const { 'tls-ca': ca, 'tls-cert': certificate, 'tls-key': key } = values;
  const isTls = values['tls-listen'].length > 0 || values.https !== undefined;
  if (isTls && (ca === undefined || certificate === undefined || key === undefined))
    throw new ParbakeError(
      'INSECURE_ADDRESS',
      '--tls-listen and --https need --tls-ca, --tls-cert and --tls-key',
    );
  if (!isTls && (ca ?? certificate ?? key) !== undefined)
    throw new ParbakeError(
      'USAGE',
      '--tls-ca, --tls-cert and --tls-key are for --tls-listen and --https: give one',
    );
  const tls = isTls ? await readTls({ ca, certificate, key }) : undefined;
  const plain = values.listen ?? ['127.0.0.1:7443'];
  const listeners: Listener[] = [
    ...plain.map((address) => ({ address, credentials: listenerCredentials(address, undefined) })),
    ...values['tls-listen'].map((address) => ({ address, credentials: listenerCredentials(address, tls) })),
  ];
  const path = /^sqlite:(.+)$/.exec(values.store)?.[1];
  if (path === undefined) throw new ParbakeError('USAGE', `--store takes sqlite:PATH, not "${values.store}"`);
  const wanted = [
    { address: values.http, tls: undefined },
    { address: values.https, tls },
  ];
  // Refused before anything listens.
  if (values.http !== undefined) listenerCredentials(values.http, undefined);
  const targets = await otlpTargets(
    {
      ...{ endpoint: values.otlp, headersFile: values['otlp-headers'] },
      ...{ caFile: values['otlp-ca'], interval: values['otlp-interval'] },
    },
    context.env,
    readRequired,
  );
  const retention = retentionOf(keepDays(values['keep-days']));
  const keepBytes = values['keep-bytes'] === undefined ? {} : { keepBytes: bytesOf(values['keep-bytes']) };
  const logger = context.createLogger('parbake-coordinator');
  const store = new SqliteStore(path);
  try {
    const metrics = new Metrics();
    const otlp = await Otlp.start(targets, metrics, logger);
    const { traces } = otlp;
    const dispatcher =
      traces === undefined
        ? new Dispatcher(store, logger, metrics)
        : new Dispatcher(store, logger, withOutcomes(metrics, traces), traceparentBelow);
    const assigner = new Assigner(dispatcher);
    const server = await startServer(dispatcher, assigner, listeners, {
      reflection: values.dev,
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
    const ec2 = values.region === undefined ? {} : { ec2: await ec2Task(values.region, dispatcher, logger) };
    let pages: RunningWeb[] = [];
    try {
      pages = await startPages(wanted, dispatcher, () => metrics.scrape(dispatcher), logger);
      const urls = pages.map(({ url }) => url);
      logger.info({ addresses: server.addresses, urls, store: values.store }, 'listening');
      const isConnected = (instanceId: string): boolean => dispatcher.sessions.has(instanceId);
      const retain: Task = (signal) =>
        runRetention(store, { retention, ...keepBytes, isConnected }, logger, signal);
      await runTasks(context.signal, {
        serving: aborted,
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

/** The page is loaded where it is wanted only. */
async function startPages(
  wanted: readonly { address: string | undefined; tls: TlsFiles | undefined }[],
  dispatcher: Dispatcher,
  metrics: WebOptions['metrics'],
  logger: Logger,
): Promise<RunningWeb[]> {
  const pages: RunningWeb[] = [];
  for (const { address, tls } of wanted) {
    if (address === undefined) continue;
    const { startWeb } = await import('../web/server.ts');
    pages.push(await startWeb(dispatcher, { address, tls, metrics, logger }));
  }
  return pages;
}

/** @throws ParbakeError USAGE */
function keepDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 3650)
    throw new ParbakeError('USAGE', `--keep-days takes whole days from 1 to 3650, not "${text}"`);
  return days;
}

/** @throws ParbakeError USAGE */
function bytesOf(text: string): number {
  const [, count, unit = ''] = /^(\d{1,9})([kMGT]?)(?:i?B)?$/.exec(text) ?? [];
  const bytes = Number(count) * 1024 ** ' kMGT'.indexOf(unit === '' ? ' ' : unit);
  if (count === undefined || bytes < leastBytes)
    throw new ParbakeError('USAGE', `--keep-bytes takes a size from 16M, such as 500M or 20G, not "${text}"`);
  return bytes;
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
