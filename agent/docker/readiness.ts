import { request } from 'node:http';
import { connect } from 'node:net';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { pause } from '../../proto/process/tasks.ts';
import type { ContainerSpec, Readiness } from '../../proto/recipe/role.ts';
import type { ContainerEngine } from './containers.ts';
import { sendRequest } from '../../proto/process/http.ts';

/** Milliseconds between two tries: close together at first, since a quick application is ready at once. */
const firstInterval = 1;
const longestInterval = 100;
/** Milliseconds between two looks whether the container still runs: the Engine takes longer to say than a quick application to start. */
const inspectInterval = 100;
/** Milliseconds that one try may take. */
const tryDeadline = 1_000;

/**
 * Waits until a container's readiness check holds.
 * @param address on the Engine's bridge; empty when it has to be asked for
 * @throws ParbakeError CONTAINER_EXITED with its last lines, READINESS_TIMEOUT; the signal's reason on abort
 */
export async function awaitReady(
  id: string,
  { name, ready }: ContainerSpec,
  address: string,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<void> {
  if (ready.kind === 'started') return;
  const until = performance.now() + ready.timeoutMs;
  const host = address === '' ? (await engine.inspect(id, signal)).address : address;
  let nextInspection = performance.now() + inspectInterval;
  for (let interval = firstInterval; ; interval = Math.min(interval * 1.5, longestInterval)) {
    signal.throwIfAborted();
    if (await holds(id, ready, host, engine, signal)) return;
    if (performance.now() > nextInspection) {
      const { running, exitCode } = await engine.inspect(id, signal);
      if (!running) throw await exited(id, name, exitCode, engine, signal);
      nextInspection = performance.now() + inspectInterval;
    }
    if (performance.now() > until)
      throw new ParbakeError(
        'READINESS_TIMEOUT',
        `container ${name} was not ready within ${ready.timeoutMs / 1000} s (${describe(ready)})`,
      );
    await pause(interval, signal);
  }
}

/** Why a container that should run does not, with what it said last. */
export async function exited(
  id: string,
  name: string,
  exitCode: number,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<ParbakeError> {
  const log = await engine.logs(id, signal).catch(() => '');
  const lines = log.trim().split('\n').slice(-3).join(' | ').slice(-500);
  const said = lines === '' ? 'it printed nothing' : `its last lines: ${lines}`;
  return new ParbakeError('CONTAINER_EXITED', `container ${name} ended with code ${exitCode}; ${said}`);
}

async function holds(
  id: string,
  ready: Exclude<Readiness, { kind: 'started' }>,
  address: string,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<boolean> {
  if (ready.kind === 'http')
    return await answersHttp({ host: address, port: ready.port, path: ready.path }, signal);
  if (ready.kind === 'tcp') return await accepts(address, ready.port);
  return new RegExp(ready.pattern).test(await engine.logs(id, signal));
}

/** Any answer below 400 will do. */
export async function answersHttp(
  where: { host: string; port: number; path: string } | { socketPath: string; path: string },
  signal: AbortSignal,
): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(tryDeadline)]);
  const call = request({ ...where, signal: limit, agent: false });
  const answer = await sendRequest(call).catch(() => undefined);
  answer?.resume();
  return (answer?.statusCode ?? 500) < 400;
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: tryDeadline });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
    socket.on('timeout', () => end(false));
  });
}

function describe(ready: Exclude<Readiness, { kind: 'started' }>): string {
  if (ready.kind === 'http') return `GET ${ready.path} on port ${ready.port}`;
  return ready.kind === 'tcp' ? `port ${ready.port}` : `log line ${ready.pattern}`;
}
