import { rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { DesiredState__Output } from '../../proto/gen/parbake/v1/DesiredState.ts';
import type { ObservedState } from '../../proto/gen/parbake/v1/ObservedState.ts';
import { ParbakeError } from '../../proto/errors.ts';
import { parbakeV1 } from '../../proto/loader.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { Role } from '../core/role.ts';
import type { ContainerEngine, DockerContainer } from '../docker/containers.ts';
import { answersHttp } from '../docker/readiness.ts';
import { GatePlaces } from '../gate/places.ts';
import { desiredFromProto } from './desired.ts';
import { FirstProcesses } from './first-processes.ts';
import { OrderFiles } from './order-files.ts';
import { Recorder } from './recorder.ts';
import { Worker } from './worker.ts';

export interface RehearsalOptions {
  /** For what lives for the moment, on a tmpfs; it is removed. Its name is short, since sockets are in it. */
  directory: string;
  /** Beside the one that orders are stored in, on the same disk; it is removed. */
  statePath: string;
  /** The gate's program. */
  gate: string;
  /** On the file system whose reads count. */
  ioDirectory: string;
  logger: Logger;
}

/** Often enough that an order does not get faster any more. */
const rounds = 10;
/** Milliseconds in which a round must be over. */
const deadline = 5_000;

const methods = parbakeV1('AgentService').AgentService.service;
const role: Role = {
  name: 'rehearsal',
  containers: [
    {
      name: 'rehearsal',
      image: 'rehearsal',
      prepare: 'gate',
      ports: [],
      ready: { kind: 'log', pattern: 'ready', timeoutMs: deadline },
      userEnv: ['REHEARSAL'],
    },
  ],
};

/**
 * Goes the way of an order with nobody's order, before anybody waits for it: an instance has one order in its life, and
 * code that runs for the first time takes many times as long as code that has run before. All of it is what an order
 * meets, but for Docker, the gate and the application, which are played.
 * @throws ParbakeError as the way does
 */
export async function rehearse(options: RehearsalOptions, signal: AbortSignal): Promise<void> {
  const { directory, statePath } = options;
  const httpSocket = join(directory, 'http');
  const http = createHttpServer((_request, response) => void response.end('ok'));
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await listen(http, httpSocket);
    for (let round = 0; round < rounds && !signal.aborted; round++) {
      await once(options, AbortSignal.any([signal, AbortSignal.timeout(deadline)]));
      await answersHttp({ socketPath: httpSocket, path: '/' }, signal);
    }
  } finally {
    http.close();
    // Whatever hinders it has hindered the rehearsal, which says so.
    await Promise.allSettled(
      [directory, statePath].map((path) => rm(path, { recursive: true, force: true })),
    );
  }
}

/** One order, to its container being ready. */
async function once(options: RehearsalOptions, signal: AbortSignal): Promise<void> {
  const { directory, statePath, gate: program, ioDirectory, logger } = options;
  const places = new GatePlaces(directory, program);
  const key = await places.make();
  const socket = places.socket(key);
  const gate = createServer((peer) => {
    peer.on('data', () => {
      rmSync(socket, { force: true });
      peer.end('A');
    });
    peer.on('error', () => {});
  });
  const ended = new AbortController();
  const engine = dockerWith(key);
  const worker = new Worker({
    ...{ instanceId: 'rehearsal', address: '', manifest: { roles: [role] }, engine, places },
    files: new OrderFiles(join(directory, 'files')),
    processes: new FirstProcesses(engine, signal),
    prepareMemoryBytes: Infinity,
    statePlaces: { state: statePath, orderEnv: join(directory, 'order-env.json') },
    state: { version: 1, instanceId: 'rehearsal', generation: 0, desired: { phase: 'idle' } },
    warming: { order: () => {}, replayed: () => undefined },
    watch: { begin: () => {}, end: () => Promise.resolve(), close: () => Promise.resolve() },
    recorder: new Recorder(() => {}, ioDirectory),
    rehearse: () => Promise.resolve(),
    pullAtBoot: () => Promise.resolve(),
    logger: logger.child({}, { level: 'silent' }),
  });
  try {
    await listen(gate, socket);
    const running = worker.run(AbortSignal.any([signal, ended.signal]));
    await reached(worker, ({ preparation }) => preparation?.state === 'PREPARATION_STATE_READY', signal);
    await worker.apply(1, desiredFromProto(orderFromTheWire()));
    await reached(worker, ({ order }) => order?.state === 'ORDER_STATE_SERVING', signal);
    ended.abort();
    await running;
  } finally {
    ended.abort();
    gate.close();
    await places.remove(key);
  }
}

/** Resolves once what the worker observes is so; each change is encoded, as it is for the coordinator. */
function reached(
  worker: Worker,
  isSo: (observed: ObservedState) => boolean,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const observed = worker.observed();
      methods.Session.requestSerialize({ observed });
      if (isSo(observed)) resolve();
    };
    worker.onChange = look;
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    look();
  });
}

/** As it comes from the coordinator. */
function orderFromTheWire(): DesiredState__Output {
  const order = {
    ...{ assignmentId: 'rehearsal', user: 'nobody', role: role.name, environment: '', files: {} },
    env: { REHEARSAL: 'yes' },
  };
  const bytes = methods.Session.responseSerialize({
    desired: { generation: 1, phase: 'DESIRED_PHASE_RUN', order },
  });
  const { desired } = methods.Session.responseDeserialize(bytes);
  if (desired === null || desired === undefined)
    throw new ParbakeError('INTERNAL', 'an order does not come through its own encoding');
  return desired;
}

/** An Engine that has one container, whose gate waits, and can do no more than an order asks of it. */
function dockerWith(gateKey: string): ContainerEngine {
  const container: DockerContainer = {
    ...{ id: 'rehearsal', name: 'rehearsal', role: role.name, assignmentId: '', level: 'gate' },
    ...{ state: 'running', gateKey, filesKey: '', address: '127.0.0.1', exitCode: 0 },
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
    Promise.reject(new ParbakeError('INTERNAL', 'nothing is made in a rehearsal'));
  return {
    identity: () => Promise.resolve({ id: '', version: '' }),
    image: () => Promise.resolve({ entrypoint: [], cmd: [], healthcheck: [], shell: [] }),
    list: () => Promise.resolve([container]),
    inspect: () => Promise.resolve(inspected),
    logs: () => Promise.resolve('ready'),
    create: cannot,
    start: cannot,
    pause: cannot,
    unpause: cannot,
    remove: cannot,
    discard: cannot,
    createIsolatedNetwork: cannot,
    removeNetwork: cannot,
  };
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
