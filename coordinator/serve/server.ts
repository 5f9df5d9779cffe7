import {
  experimental,
  Server,
  type ServerCredentials,
  type ServerInterceptor,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { serverOptions } from '../../proto/wire/channel.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { listenError } from '../../proto/wire/listen-error.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import { permissions, type Door } from '../core/permissions.ts';
import type { Authoriser } from '../trust/authorise.ts';
import type { Logger } from '../../proto/process/log.ts';
import { pause } from '../../proto/process/tasks.ts';
import { agentService, type ReportObserver } from '../api/agent-service.ts';
import { assignmentService } from '../api/assignment-service.ts';
import { Attachments } from '../api/attachments.ts';
import { fleetService } from '../api/fleet-service.ts';
import { imageService } from '../api/image-service.ts';
import { poolService } from '../api/pool-service.ts';
import { previewService } from '../api/preview-service.ts';
import { moment } from '../fleet/moment.ts';
import type { PreviewOperator } from '../previews/preview-operator.ts';
import type { CallerOf } from '../api/caller.ts';
import type { TraceparentOf } from '../api/session-stream.ts';
import type { StoreHealth } from '../fleet/store-health.ts';
import { withMessageLimit } from '../api/message-limit.ts';
import type { Answerer } from '../routes/dns/server.ts';
import { dnsHandlers, dnsService } from './dns-service.ts';
import type { Fleet } from './fleet.ts';
import { composePools, type Pools } from './pools.ts';
import { composePreviews } from './previews.ts';
import { addReflection } from './reflection.ts';
import { clearSocket, privately } from './unix-socket.ts';
import { attestService } from '../api/attest-service.ts';
import { routeService } from '../api/route-service.ts';
import { trustService } from '../api/trust-service.ts';
import type { TrustParts } from './trust.ts';
import { telemetryService } from '../api/telemetry-service.ts';
import { EventStreams } from '../api/watch-events.ts';

const services = [
  'AgentService',
  'AssignmentService',
  'AttestService',
  'FleetService',
  'ImageService',
  'PoolService',
  'PreviewService',
  'RouteService',
  'TelemetryService',
  'TrustService',
] as const;

/** What cannot do its work while the store takes no changes: the program as a whole, and two services. The others read. */
const changing = ['', 'parbake.v1.AgentService', 'parbake.v1.AssignmentService'] as const;

/** Milliseconds in which those who still wait at the end are answered. */
const lastAnswers = 200;

/** Bytes of one message of an agent. */
const maxAgentMessage = 256 * 1024;

export interface Listener {
  /** `host:port` or `unix:path`; port 0 takes a free one. */
  address: string;
  credentials: ServerCredentials;
  door: Door;
  /** A Unix socket that only this user reaches, whatever the umask says. */
  isPrivate?: boolean;
}

export interface RunningServer {
  /** The addresses with the ports that were taken, in the order of the listeners. */
  addresses: string[];
  /** Tells agents to come back later, lets calls end, then ends them. */
  close(): Promise<void>;
}

/** @throws ParbakeError USAGE when an address cannot be listened on */
export async function startServer(
  fleet: Fleet,
  listeners: readonly Listener[],
  options: {
    authoriser: Authoriser;
    /** Absent: none can be applied. */
    pools?: Pick<Pools, 'operator' | 'images'>;
    /** Absent: there are none. */
    previews?: PreviewOperator;
    trust: Pick<TrustParts, 'attestation' | 'certificates' | 'limits' | 'operator' | 'tokens'>;
    reflection: boolean;
    interceptors?: readonly ServerInterceptor[];
    onReport?: ReportObserver;
    /** The caller's own unless said otherwise. */
    traceparentOf?: TraceparentOf;
    /** Milliseconds that a reader of events may not read. */
    readerPatience?: number;
    /** Answers CoreDNS; absent where DNS is not served. */
    dns?: Answerer;
    /** Whether the store works; it is taken to work when absent. */
    health?: Pick<StoreHealth, 'watch'>;
    logger: Logger;
  },
): Promise<RunningServer> {
  const { authoriser, trust, logger, interceptors = [], onReport = () => {}, readerPatience } = options;
  const { traceparentOf = ({ traceparent }) => traceparent } = options;
  const { store, changes, dispatcher, assigner, sessions, outputs, contents, routing } = fleet;
  const attachments = new Attachments(sessions, fleet.elsewhere);
  const events = new EventStreams(store, changes, readerPatience);
  const v1 = parbakeV1(...services);
  const callerOf: CallerOf = (call) => authoriser.callerOf(call);
  const server = new AuthorisedServer({ ...serverOptions(), interceptors: [...interceptors] });
  server.addService(
    withMessageLimit(v1.AgentService.service, maxAgentMessage),
    agentService({
      ...{ dispatcher, store, contents, attachments, onReport, traceparentOf, callerOf, logger },
      certificates: trust.certificates,
    }),
  );
  server.addService(
    v1.AssignmentService.service,
    assignmentService({ assignments: assigner, store, outputs, attachments, callerOf, logger }),
  );
  server.addService(
    v1.FleetService.service,
    fleetService({ fleet: fleet.view, operator: fleet.operator, store, changes, logger }),
  );
  server.addService(v1.TelemetryService.service, telemetryService(store, events, logger));
  const pools = options.pools ?? composePools(fleet, undefined, () => {}, logger);
  server.addService(v1.PoolService.service, poolService(pools.operator, moment, logger));
  server.addService(v1.ImageService.service, imageService(pools.images, logger));
  const previews = options.previews ?? composePreviews(fleet, undefined, logger).operator;
  server.addService(v1.PreviewService.service, previewService(previews, logger));
  server.addService(v1.RouteService.service, routeService({ routing, store, callerOf, logger }));
  const { attestation, limits } = trust;
  server.addService(v1.AttestService.service, attestService({ attestation, limits, callerOf, logger }));
  server.addService(v1.TrustService.service, trustService(trust.operator, trust.tokens, logger));
  if (options.dns !== undefined) server.addService(dnsService, dnsHandlers(options.dns, logger));
  const health = new HealthImplementation(healthOf('SERVING'));
  health.addToServer(server);
  let isClosing = false;
  options.health?.watch((isWorking) => {
    if (isClosing) return;
    const status = isWorking ? 'SERVING' : 'NOT_SERVING';
    for (const service of changing) health.setStatus(service, status);
  });
  if (options.reflection) addReflection(server);
  const addresses: string[] = [];
  try {
    for (const listener of listeners) addresses.push(await bind(server, listener, authoriser));
  } catch (cause) {
    // The addresses that were bound would keep the process alive.
    server.forceShutdown();
    throw cause;
  }
  return {
    addresses,
    async close() {
      isClosing = true;
      for (const [service, status] of Object.entries(healthOf('NOT_SERVING')))
        health.setStatus(service, status);
      // Agents reconnect to the other coordinators, so what callers wait for still happens meanwhile.
      if (!fleet.isShared) assigner.stop();
      events.stop();
      for (const session of sessions.all()) session.drain(deadlines.drain);
      const done = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      await within(deadlines.drain - lastAnswers, done);
      assigner.stop();
      await within(lastAnswers, done);
      server.forceShutdown();
    },
  };
}

async function within(ms: number, done: Promise<void>): Promise<void> {
  const late = new AbortController();
  await Promise.race([done, pause(ms, late.signal)]);
  late.abort();
}

/** The program as a whole, and each service by its name, as health checks of gRPC ask for it. */
function healthOf<Status extends string>(status: Status): Record<string, Status> {
  return Object.fromEntries(
    ['', ...services.map((name) => `parbake.v1.${name}`)].map((name) => [name, status]),
  );
}

/** Takes no service that has a method without a row in the table of permissions. */
class AuthorisedServer extends Server {
  override addService(service: ServiceDefinition, implementation: UntypedServiceImplementation): void {
    for (const { path } of Object.values(service))
      if (permissions[path] === undefined) throw new Error(`${path} has no row in the table of permissions`);
    super.addService(service, implementation);
  }
}

async function bind(
  server: Server,
  { address, credentials, door, isPrivate = false }: Listener,
  authoriser: Authoriser,
): Promise<string> {
  if (address.startsWith('unix:')) await clearSocket(address);
  const guarded = experimental.createServerCredentialsWithInterceptors(credentials, [
    authoriser.interceptor(door),
  ]);
  const listen = () =>
    new Promise<string>((resolve, reject) => {
      server.bindAsync(address, guarded, (cause, port) => {
        if (cause !== null) reject(listenError(address, cause));
        else resolve(address.startsWith('unix:') ? address : address.replace(/:\d+$/, `:${port}`));
      });
    });
  return isPrivate ? await privately(listen) : await listen();
}
