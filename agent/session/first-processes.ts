import type { ContainerEngine } from '../docker/containers.ts';
import type { SamplerOptions } from './sampler.ts';
import type { Worker } from './worker.ts';

/** The containers that run, with their processes. Docker is asked once for each: a process keeps its number. */
export function firstProcesses(
  engine: ContainerEngine,
  worker: Pick<Worker, 'running'>,
): SamplerOptions['containers'] {
  const pids = new Map<string, number>();
  return async (signal) => {
    const { running } = worker;
    for (const { id } of running) if (!pids.has(id)) pids.set(id, (await engine.inspect(id, signal)).pid);
    for (const id of pids.keys()) if (running.every((one) => one.id !== id)) pids.delete(id);
    return running.map(({ id, name }) => ({ name, pid: pids.get(id) ?? 0 })).filter(({ pid }) => pid > 0);
  };
}
