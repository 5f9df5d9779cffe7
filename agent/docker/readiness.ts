import { pause } from '../../proto/process/tasks.ts';
import type { ContainerSpec, Readiness } from '../../proto/recipe/role.ts';
import { ContainerFailure } from './container-failure.ts';
import type { ContainerEngine } from './containers.ts';
import { probeHttp, probeTcp, type Probed } from './probe.ts';

/** Milliseconds between two tries: close together at first, since a quick application is ready at once. */
const firstInterval = 1;
const longestInterval = 100;
/** Milliseconds between two looks whether the container still runs: the Engine takes longer to say than a quick application to start. */
const inspectInterval = 100;

/** A container that was started, and where it is probed. */
export interface Starting {
  id: string;
  container: Pick<ContainerSpec, 'name' | 'ready'>;
  /** On the Engine's bridge; empty when it has to be asked for. */
  address: string;
  /** When it was started again, milliseconds since the epoch: what it printed before does not count. Absent for the first start. */
  since?: number | undefined;
}

/**
 * Waits until a container's readiness check passes.
 * @returns false when the container ended before
 * @throws ContainerFailure READINESS_TIMEOUT with what the last probe saw; the signal's reason on abort
 */
export async function awaitReady(
  starting: Starting,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<boolean> {
  const { ready } = starting.container;
  if (ready.kind === 'started') return true;
  return ready.kind === 'log'
    ? await awaitLine(starting, ready, engine, signal)
    : await awaitProbe(starting, ready, engine, signal);
}

async function awaitProbe(
  { id, container, address }: Starting,
  ready: Extract<Readiness, { kind: 'http' | 'tcp' }>,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<boolean> {
  const until = performance.now() + ready.timeoutMs;
  let host = address === '' ? (await engine.inspect(id, signal)).address : address;
  let nextInspection = performance.now() + inspectInterval;
  let tries = 0;
  for (let interval = firstInterval; ; interval = Math.min(interval * 1.5, longestInterval)) {
    signal.throwIfAborted();
    const probed = await probe(host, ready, signal);
    tries += 1;
    if (probed.passed) return true;
    if (performance.now() > nextInspection) {
      const found = await engine.inspect(id, signal);
      if (!found.running) return false;
      if (found.address !== '') host = found.address;
      nextInspection = performance.now() + inspectInterval;
    }
    if (performance.now() > until)
      throw notReady(
        container.name,
        ready.timeoutMs,
        `${describe(ready)} ${probed.saw}, ${triesText(tries)}`,
        await engine.logs(id, signal).catch(() => ''),
      );
    await pause(interval, signal);
  }
}

async function probe(
  host: string,
  ready: Extract<Readiness, { kind: 'http' | 'tcp' }>,
  signal: AbortSignal,
): Promise<Probed> {
  // An empty host would be this machine's own loopback.
  if (host === '') return { passed: false, saw: 'was not tried: the container has no address' };
  if (ready.kind === 'tcp') return await probeTcp(host, ready.port);
  return await probeHttp({ host, port: ready.port, path: ready.path }, signal);
}

async function awaitLine(
  { id, container, since }: Starting,
  { pattern, timeoutMs }: Extract<Readiness, { kind: 'log' }>,
  engine: ContainerEngine,
  signal: AbortSignal,
): Promise<boolean> {
  const wanted = new RegExp(pattern, 'u');
  let lines = 0;
  const isWanted = (line: string): boolean => {
    lines += 1;
    return wanted.test(line);
  };
  const late = AbortSignal.timeout(timeoutMs);
  try {
    return await engine.findLine(id, { since, isWanted }, AbortSignal.any([signal, late]));
  } catch (cause) {
    signal.throwIfAborted();
    if (!late.aborted) throw cause;
    const seen = lines === 0 ? 'it printed nothing' : `it printed ${lines} ${lines === 1 ? 'line' : 'lines'}`;
    const output = await engine.logs(id, signal).catch(() => '');
    throw notReady(container.name, timeoutMs, `no log line matches /${pattern}/; ${seen}`, output);
  }
}

function notReady(name: string, timeoutMs: number, why: string, output: string): ContainerFailure {
  const message = `container ${name} was not ready within ${timeoutMs / 1000} s: ${why}`;
  return new ContainerFailure('READINESS_TIMEOUT', message, { output });
}

function triesText(tries: number): string {
  return tries === 1 ? '1 try' : `${tries} tries`;
}

function describe(ready: Extract<Readiness, { kind: 'http' | 'tcp' }>): string {
  return ready.kind === 'http' ? `GET ${ready.path} on port ${ready.port}` : `port ${ready.port}`;
}
