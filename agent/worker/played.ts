import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { aborted } from '../../proto/process/tasks.ts';
import type { Role } from '../../proto/recipe/role.ts';
import type { ContainerEngine, DockerContainer } from '../docker/containers.ts';
import type { PlaceKey } from '../core/order/place-key.ts';
import type { GatePlaces } from '../gate/places.ts';
import { CertificateFiles } from './certificate-files.ts';
import { FirstProcesses } from './first-processes.ts';
import { ImdsProbe } from './imds-probe.ts';
import { OrderFiles } from './order-files.ts';
import { Recorder, type ReportItem } from '../report/recorder.ts';
import { RestartLog } from './restart-log.ts';
import type { FoundState } from './state-file.ts';
import { Worker } from './worker.ts';
import type { WorkerOptions } from './worker-options.ts';

/** What can be ordered of a played instance. */
export const playedRole: Role = {
  name: 'played',
  containers: [
    {
      name: 'app',
      image: 'played',
      prepare: 'gate',
      ports: [80],
      ready: { kind: 'log', pattern: 'ready', timeoutMs: 5_000 },
      userEnv: ['PLAYED'],
    },
  ],
};

export interface PlayedOptions {
  /** Where its gate waits. */
  places: GatePlaces;
  gateKey: PlaceKey;
  /** For what lives for the moment. */
  directory: string;
  /** Where its orders are stored. */
  statePath: string;
  /** On the file system whose reads count. */
  ioDirectory: string;
  logger: Logger;
  /** What it would report. */
  emit?: (item: ReportItem) => void;
  /** What differs for a test. */
  over?: { found?: FoundState; rehearse?: WorkerOptions['prepare']['rehearse'] };
}

/** A worker whose Docker is played: it has one container of the played role, and does no more than an order asks of it. */
export function playedWorker(options: PlayedOptions, signal: AbortSignal): Worker {
  const { places, gateKey, directory, statePath, ioDirectory, logger, emit = () => {} } = options;
  const engine = playedDocker(gateKey);
  const { over } = options;
  return new Worker({
    instance: {
      instanceId: 'played',
      ownAddress: () => '127.0.0.1',
      manifest: { roles: [playedRole] },
      imds: new ImdsProbe(),
    },
    containers: {
      engine,
      places,
      holds: undefined,
      files: new OrderFiles(join(directory, 'files')),
      certificates: new CertificateFiles(join(directory, 'tls')),
      processes: new FirstProcesses(engine, signal),
      restarts: new RestartLog(join(directory, 'restarts.json')),
    },
    memory: {
      places: { state: statePath, orderEnv: join(directory, 'order-env.json') },
      found: over?.found ?? {
        state: { version: 1, instanceId: 'played', generation: 0, desired: { phase: 'idle' } },
        isRemembered: true,
      },
    },
    prepare: {
      prepareMemoryBytes: Infinity,
      rehearse: over?.rehearse ?? (() => Promise.resolve()),
      pullAtBoot: () => Promise.resolve(),
    },
    start: {
      warming: { order: () => {}, replayed: () => undefined },
      watch: { begin: () => {}, end: () => Promise.resolve(), close: () => Promise.resolve() },
    },
    recorder: new Recorder(emit, ioDirectory),
    logger,
    random: Math.random,
  });
}

/** A gate that takes any order. Its server is the caller's to close. */
export async function playGate(socket: string): Promise<Server> {
  const gate = createServer((peer) => {
    peer.on('data', () => {
      rmSync(socket, { force: true });
      peer.end('A');
    });
    peer.on('error', () => {});
  });
  await listening(gate, socket);
  return gate;
}

/** Resolves once it listens. @param path of a Unix socket */
export async function listening(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

/** A Docker that has one gated container. */
export function playedDocker(gateKey: PlaceKey): ContainerEngine {
  const container: DockerContainer = {
    id: 'played',
    name: 'app',
    role: playedRole.name,
    assignmentId: '',
    level: 'gate',
    state: 'running',
    gateKey,
    holdKey: undefined,
    filesKey: undefined,
    address: '127.0.0.1',
  };
  const inspected = {
    running: true,
    pid: 1,
    address: '',
    exitCode: 0,
    stopTimeoutSeconds: 0,
    layers: [],
  };
  const cannot = (): Promise<never> =>
    Promise.reject(new ParbakeError('INTERNAL', 'nothing is made where Docker is played'));
  return {
    identity: () => Promise.resolve({ id: '', version: '' }),
    image: () => Promise.resolve({ entrypoint: [], cmd: [], healthcheck: [], shell: [] }),
    list: () => Promise.resolve([container]),
    inspect: () => Promise.resolve(inspected),
    logs: () => Promise.resolve('ready'),
    findLine: (_id, { isWanted }) => Promise.resolve(isWanted('ready')),
    stop: cannot,
    nextEnd: aborted,
    create: cannot,
    start: cannot,
    pause: cannot,
    unpause: cannot,
    remove: () => Promise.resolve(),
    discard: cannot,
    createInternalNetwork: cannot,
    removeNetwork: cannot,
    ensureNetwork: cannot,
    roleResources: () => Promise.resolve([]),
    removeRoleResource: cannot,
  };
}
