import { command, type ValuesOf } from '../../proto/process/cli/command.ts';
import type { Settings } from '../../proto/process/cli/declaration.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { toParbakeError } from '../../proto/errors/errors.ts';
import { defined } from '../../proto/errors/defined.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import type { Logger } from '../../proto/process/log.ts';
import { reportToServiceManager } from '../../proto/process/service-manager.ts';
import { aborted, runTasks, type Task } from '../../proto/process/tasks.ts';
import { isStoreFailure } from '../store/failure.ts';
import { withOutcomes } from '../core/observer.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { Otlp } from '../telemetry/otlp/otlp.ts';
import { traceparentBelow } from '../telemetry/trace-ids.ts';
import type { RunningWebhook } from '../github/webhook.ts';
import type { RunningWeb, WebOptions } from '../web/server.ts';
import { openStore } from '../store/threads/open.ts';
import { Ec2Sync } from '../ec2/ec2-sync.ts';
import type { Levels, PoolLevels } from '../telemetry/metrics.ts';
import type { KnownPool } from '../store/pools.ts';
import { composeFleet, type Fleet } from './fleet.ts';
import { handshakeLog } from './handshake-log.ts';
import { watchHandshakes } from './handshakes.ts';
import { measureCalls } from './measure-calls.ts';
import { JsonGateway } from '../json/gateway.ts';
import { ownListener, ticketsFor } from './own-listener.ts';
import { joinPeers } from './peers.ts';
import { moment } from '../fleet/moment.ts';
import { runRetention } from '../fleet/retention.ts';
import { StoreHealth } from '../fleet/store-health.ts';
import { serveDeclaration } from './serve-declaration.ts';
import { readServeOptions, type WebListener } from './serve-options.ts';
import { startServer, type Listener } from './server.ts';
import { startRoutes } from './routes.ts';
import { Authoriser } from '../trust/authorise.ts';
import { pageReaders } from '../trust/page-readers.ts';
import { Principals } from '../trust/principal.ts';
import { Tickets } from '../trust/tickets.ts';
import { composePools } from './pools.ts';
import { composePreviews } from './previews.ts';
import { composeTrust } from './trust.ts';
import { openVault } from './vault.ts';
import { traceReport } from './trace-reports.ts';

export const serveCommand = command(serveDeclaration, serve);

async function serve(
  values: ValuesOf<typeof serveDeclaration>,
  context: CommandContext,
  settings: Settings,
): Promise<ExitCode> {
  const options = await readServeOptions(values, settings, context.env);
  const logger = context.createLogger('parbake-coordinator', options.logLevel);
  const health = new StoreHealth({ logger });
  let listening: readonly string[] = [];
  const membership = await joinPeers(options.store.place, () => listening.join(', '), logger);
  const { peers } = membership;
  const store = await openStore(membership.place, (error) => health.failed(error));
  try {
    const vault = await openVault(options.store.key, store, logger);
    const metrics = new Metrics();
    const otlp = await Otlp.start(options.otlp, metrics, logger);
    const { traces } = otlp;
    const fleet = composeFleet(store, logger, {
      ...(membership.isShared ? { peers } : {}),
      vault,
      secrets: options.secrets,
      zones: options.routes.zones,
      observer: traces === undefined ? metrics : withOutcomes(metrics, traces),
    });
    const levels = (): Promise<Levels> => levelsOf(fleet, health);
    const { trustDomain, isSharedAllowed } = options;
    const now = (): number => Date.now();
    const trust = await composeTrust({
      store,
      options: options.trust,
      issuing: options.issuing,
      trustDomain,
      region: options.region,
      peers,
      env: context.env,
      observer: metrics,
      logger,
    });
    const principals = new Principals({ trustDomain, isSharedAllowed, serials: trust.serials, now });
    const tickets = new Tickets();
    const authoriser = new Authoriser({
      principals,
      tokens: {
        identify: (token, at) => tickets.identify(token) ?? trust.tokens.identify(token, at),
      },
      ...defined({ oidc: options.oidc }),
      areAgentsBehindNat: options.areAgentsBehindNat,
      logger,
    });
    trust.onRevoked(() => authoriser.recheck());
    warnOfClaims(options, logger);
    const onFailedHandshake = handshakeLog({
      logger,
      count: (kind) => metrics.handshakeFailed(kind),
      now: () => performance.now(),
    });
    const listen = <T>(start: () => Promise<T>): Promise<T> => watchHandshakes(onFailedHandshake, start);
    const pools = composePools(fleet, options.region, (...call) => metrics.providerCalled(...call), logger);
    const previews = composePreviews(fleet, options.previews, logger);
    const routes = await startRoutes(options.routes, fleet.routing.feed);
    const own = options.pages.length === 0 ? [] : [ownListener()];
    const startGrpc = () =>
      startServer(fleet, [...options.listeners, ...own], {
        authoriser,
        pools,
        previews: previews.operator,
        trust,
        reflection: options.reflection,
        interceptors: [measureCalls((...call) => metrics.call(...call))],
        onReport: (message, isNew) => {
          metrics.reported(message, isNew);
          if (traces !== undefined && isNew) void traceReport(store, traces, message, logger);
        },
        ...(traces === undefined ? {} : { traceparentOf: traceparentBelow }),
        ...(routes.answerer === undefined ? {} : { dns: routes.answerer }),
        health,
        logger,
      });
    const server = await listen(startGrpc);
    // What only this program reaches is nobody else's business.
    listening = server.addresses.slice(0, options.listeners.length);
    const [ownAddress] = server.addresses.slice(options.listeners.length);
    const gateway =
      ownAddress === undefined ? undefined : new JsonGateway(ownAddress, ticketsFor(tickets, principals));
    const ec2 =
      options.region === undefined
        ? {}
        : { ec2: await ec2Task(options.region, fleet, trust.hasProved, logger) };
    let pages: RunningWeb[] = [];
    let webhook: RunningWebhook | undefined;
    const [closing, closed] = [new AbortController(), new AbortController()];
    const close = async (): Promise<void> => {
      if (closing.signal.aborted) return await aborted(closed.signal);
      closing.abort();
      logger.info('shutting down');
      await Promise.all([...pages, ...(webhook === undefined ? [] : [webhook])].map((one) => one.close()));
      gateway?.close();
      await server.close();
      closed.abort();
    };
    try {
      const answers = {
        metrics: async () => await metrics.scrape(await levels()),
        problem: () => health.problem,
        readers: pageReaders(principals, trust.tokens),
        ...(gateway === undefined ? {} : { api: gateway.answer.bind(gateway) }),
      };
      pages = await listen(() => startPages(options.pages, fleet, answers, logger));
      webhook = await previews.listen();
      const urls = pages.map(({ url }) => url);
      const dns = routes.addresses;
      logger.info(
        {
          ...{ addresses: listening, urls, dns, store: options.store.shown },
          ...(webhook === undefined ? {} : { webhook: webhook.address }),
        },
        'listening',
      );
      const { leadership } = fleet;
      const retain: Task = (signal) => runRetention(store, options.keep, logger, signal);
      await runTasks(context.signal, {
        serving: async (signal) => {
          await aborted(signal);
          await close();
        },
        manager: (signal) => reportToServiceManager(context.env, logger, signal),
        retain: (signal) => leadership.during(retain, signal),
        // Others are heard until the last call is answered.
        ...membership.follow(fleet, trust.remembered, closed.signal),
        store: (signal) => store.watch(signal),
        health: (signal) => health.run(store, signal),
        sweep: fleet.sweep,
        pools: (signal) => leadership.during(pools.keep, signal),
        previews: (signal) => leadership.during(previews.keep, signal),
        routes: fleet.routing.task({ ...routes, external: options.routes.external }),
        otlp: otlp.task(levels, logger),
        ...ec2,
      });
    } finally {
      await close();
      await routes.close();
      await otlp.close();
    }
    return exitCodes.done;
  } finally {
    await store.close();
  }
}

/** Says where an agent can pass for another. */
function warnOfClaims(
  { listeners, isSharedAllowed }: { listeners: readonly Listener[]; isSharedAllowed: boolean },
  logger: Logger,
): void {
  const addresses = listeners.filter(({ door }) => door === 'local-insecure').map(({ address }) => address);
  if (addresses.length > 0) logger.warn({ addresses }, 'nothing proves which instance an agent is here');
  if (isSharedAllowed) logger.warn('agents share one certificate, so any of them can pass for another');
}

/**
 * Without what the store knows when it cannot be read: that it fails is still told. Of coordinators that share a store, the
 * leader tells what is in it, so that it is not counted twice.
 */
async function levelsOf({ store, view, sessions, leadership }: Fleet, health: StoreHealth): Promise<Levels> {
  const isLeader = leadership.since !== undefined;
  const reads = isLeader
    ? Promise.all([view.counts(), store.size(), store.pools(), store.images()])
    : Promise.resolve(undefined);
  const read = await reads.catch((cause: unknown) => {
    if (isStoreFailure(toParbakeError(cause).code)) return undefined;
    throw cause;
  });
  const { problem, failures } = health;
  const stored =
    read === undefined
      ? undefined
      : { ...read[0], storeBytes: read[1], pools: read[2].flatMap(poolLevels), images: read[3] };
  const told = { isFailing: problem !== '', failures };
  return { stored, connected: sessions.size, isLeader, store: told };
}

/** The page is loaded only where it is served. */
async function startPages(
  listeners: readonly WebListener[],
  { view, store, changes }: Fleet,
  told: Pick<WebOptions, 'metrics' | 'problem' | 'readers' | 'api'>,
  logger: Logger,
): Promise<RunningWeb[]> {
  const pages: RunningWeb[] = [];
  for (const listener of listeners) {
    const { startWeb } = await import('../web/server.ts');
    pages.push(await startWeb({ ...listener, sources: { fleet: view, store }, changes, ...told, logger }));
  }
  return pages;
}

/** The AWS SDK is loaded only where it is used: it is most of this program's memory. */
async function ec2Task(
  region: string,
  { store, changes, outcomes, leadership }: Fleet,
  hasProved: (instanceId: string) => boolean,
  logger: Logger,
): Promise<Task> {
  const { ec2Api } = await import('../ec2/ec2-api.ts');
  const sync: Task = async (signal) => {
    const api = ec2Api(region);
    await new Ec2Sync({
      store,
      api,
      hasProved,
      logger,
      moment,
      random: Math.random,
      watch: (changed) => changes.watch(changed),
      concluded: (operated) => outcomes.operated(operated),
    }).run(signal);
    api.close();
  };
  return (signal) => leadership.during(sync, signal);
}

/** A pool without a plan has no figures yet. */
function poolLevels({ spec, status }: KnownPool): PoolLevels[] {
  if (status === undefined) return [];
  const { target, condition, counts, launching } = status;
  const { gone: _, ...phases } = counts;
  return [{ name: spec.name, target, condition, phases: { ...phases, launching } }];
}
