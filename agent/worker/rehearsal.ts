import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { DesiredState__Output } from '../../proto/gen/parbake/v1/DesiredState.ts';
import type { ObservedState } from '../../proto/gen/parbake/v1/ObservedState.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import type { Logger } from '../../proto/process/log.ts';
import { probeHttp } from '../docker/probe.ts';
import { GatePlaces } from '../gate/places.ts';
import type { ReportItem } from '../report/recorder.ts';
import { desiredFromProto } from './desired.ts';
import { listening, playedRole, playedWorker, playGate } from './played.ts';
import type { Worker } from './worker.ts';

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

/**
 * Goes the way of an order with nobody's order, before anybody waits for it: an instance has one order in its life, and
 * code that runs for the first time takes many times as long as code that has run before. All of it is what an order
 * meets, but for Docker, the gate and the application, which are played.
 * @throws ParbakeError as the way does, or the signal's reason when it is cut short
 */
export async function rehearse(options: RehearsalOptions, signal: AbortSignal): Promise<void> {
  const { directory, statePath } = options;
  const httpSocket = join(directory, 'http');
  const http = createServer((_request, response) => void response.end('ok'));
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await listening(http, httpSocket);
    for (let round = 0; round < rounds && !signal.aborted; round++) {
      await once(options, AbortSignal.any([signal, AbortSignal.timeout(deadline)]));
      await probeHttp({ socketPath: httpSocket, path: '/' }, signal);
    }
    signal.throwIfAborted();
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
  const places = new GatePlaces(options.directory, options.gate);
  const gateKey = await places.make();
  const ended = new AbortController();
  const logger = options.logger.child({}, { level: 'silent' });
  const worker = playedWorker({ ...options, places, gateKey, logger, emit: encodeReport }, signal);
  const gate = await playGate(places.socket(gateKey));
  try {
    const running = worker.run(AbortSignal.any([signal, ended.signal]));
    await reached(worker, ({ preparation }) => preparation?.state === 'PREPARATION_STATE_READY', signal);
    await worker.apply(1, desiredFromProto(orderFromTheWire(), undefined));
    await reached(worker, ({ order }) => order?.state === 'ORDER_STATE_SERVING', signal);
    ended.abort();
    await running;
  } finally {
    ended.abort();
    gate.close();
    await places.remove(gateKey);
  }
}

/** Resolves once what the worker observes is so; each change is encoded, as it is for the coordinator. */
function reached(
  worker: Worker,
  isSo: (observed: ObservedState) => boolean,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
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

/** What an order reports is on its way while its user connects. */
function encodeReport(item: ReportItem): void {
  methods.Report.requestSerialize({
    spans: 'span' in item ? [item.span] : [],
    starts: 'start' in item ? [item.start] : [],
  });
}

/** As it comes from the coordinator. */
function orderFromTheWire(): DesiredState__Output {
  const order = {
    assignmentId: 'rehearsal',
    user: 'nobody',
    role: playedRole.name,
    environment: '',
    files: {},
    env: { PLAYED: 'yes' },
  };
  const bytes = methods.Session.responseSerialize({
    desired: { generation: 1, phase: 'DESIRED_PHASE_RUN', order },
  });
  const { desired } = methods.Session.responseDeserialize(bytes);
  if (desired === null || desired === undefined)
    throw new ParbakeError('INTERNAL', 'an order does not come through its own encoding');
  return desired;
}
