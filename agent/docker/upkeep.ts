import type { DockerClient } from './client.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';

/** A container or volume that an image would carry. */
export interface Carried {
  id: string;
  /** As a person knows it. */
  name: string;
  running: boolean;
}

/** What an Engine holds besides images. */
export interface EngineContents {
  containers: Carried[];
  volumes: Carried[];
  /** Bytes. */
  buildCacheBytes: number;
  /** Docker's word: `inactive`, `active` and so on. */
  swarm: string;
}

/** The Engine as a scrub needs it. Calls throw as `dockerError` says. */
export interface UpkeepEngine {
  contents(signal: AbortSignal): Promise<EngineContents>;
  /** Also while it runs. */
  removeContainer(id: string, signal: AbortSignal): Promise<void>;
  removeVolume(name: string, signal: AbortSignal): Promise<void>;
  pruneBuildCache(signal: AbortSignal): Promise<void>;
}

export function upkeepEngine(client: DockerClient): UpkeepEngine {
  return {
    contents: (signal) => readContents(client, signal),
    async removeContainer(id, signal) {
      await withDeadline(`remove container ${id}`, dockerDeadlines.remove, signal, (abortSignal) =>
        client.getContainer(id).remove({ force: true, v: false, abortSignal }),
      );
    },
    async removeVolume(name, signal) {
      await withDeadline(`remove volume ${name}`, dockerDeadlines.remove, signal, (abortSignal) =>
        client.getVolume(name).remove({ abortSignal }),
      );
    },
    async pruneBuildCache(signal) {
      await withDeadline('prune the build cache', dockerDeadlines.remove, signal, () =>
        client.pruneBuilder(),
      );
    },
  };
}

async function readContents(client: DockerClient, signal: AbortSignal): Promise<EngineContents> {
  const info: { Swarm?: { LocalNodeState?: string } } = await withDeadline(
    'ask Docker for its facts',
    dockerDeadlines.info,
    signal,
    () => client.info(),
  );
  const containers = await withDeadline('list containers', dockerDeadlines.inspect, signal, (abortSignal) =>
    client.listContainers({ all: true, abortSignal }),
  );
  const { Volumes: volumes } = await withDeadline('list volumes', dockerDeadlines.inspect, signal, () =>
    client.listVolumes(),
  );
  const usage: { BuildCache?: { Size: number }[] | null } = await withDeadline(
    "ask for Docker's disk usage",
    dockerDeadlines.info,
    signal,
    () => client.df(),
  );
  return {
    containers: containers.map(({ Id, Names, State }) => ({
      id: Id,
      name: Names[0]?.replace(/^\//, '') ?? Id,
      running: State === 'running' || State === 'paused' || State === 'restarting',
    })),
    volumes: (volumes ?? []).map(({ Name }) => ({ id: Name, name: Name, running: false })),
    buildCacheBytes: (usage.BuildCache ?? []).reduce((sum, { Size }) => sum + Size, 0),
    swarm: info.Swarm?.LocalNodeState ?? 'inactive',
  };
}
