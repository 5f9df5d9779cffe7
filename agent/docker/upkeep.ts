import type { DockerClient } from './client.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';
import { refuseOthers } from './engine-kind.ts';
import { isNotFound } from './errors.ts';
import { asError } from '../../proto/errors/cause.ts';

/** A container or volume that an image would carry. */
export interface Carried {
  id: string;
  /** The name that people know. */
  name: string;
  running: boolean;
}

/** What an Engine holds. */
export interface EngineContents {
  /** Path as the Engine sees it. */
  dataRoot: string;
  images: { id: string; name: string }[];
  /** Names of networks that a person made. */
  networks: string[];
  containers: Carried[];
  volumes: Carried[];
  /** Bytes. */
  buildCacheBytes: number;
  /** Docker's word: `inactive`, `active` and so on. */
  swarm: string;
}

/** The Engine as a scrub needs it. Calls throw as `dockerError` says. */
export interface UpkeepEngine {
  /** @throws ParbakeError DOCKER_UNSUPPORTED too, when something else answers */
  ping(signal: AbortSignal): Promise<void>;
  contents(signal: AbortSignal): Promise<EngineContents>;
  /** An object that is already gone is not an error. */
  removeContainer(id: string, signal: AbortSignal): Promise<void>;
  removeVolume(name: string, signal: AbortSignal): Promise<void>;
  /** All of it, not only what no image uses. */
  pruneBuildCache(signal: AbortSignal): Promise<void>;
}

export function upkeepEngine(client: DockerClient): UpkeepEngine {
  return {
    async ping(signal) {
      const version = await withDeadline('ask Docker for its version', dockerDeadlines.info, signal, () =>
        client.version(),
      );
      refuseOthers(version);
    },
    contents: (signal) => readContents(client, signal),
    async removeContainer(id, signal) {
      await goneIsFine(
        withDeadline(`remove container ${id}`, dockerDeadlines.remove, signal, (abortSignal) =>
          client.getContainer(id).remove({ v: false, abortSignal }),
        ),
      );
    },
    async removeVolume(name, signal) {
      await goneIsFine(
        withDeadline(`remove volume ${name}`, dockerDeadlines.remove, signal, (abortSignal) =>
          client.getVolume(name).remove({ abortSignal }),
        ),
      );
    },
    async pruneBuildCache(signal) {
      await withDeadline('prune the build cache', dockerDeadlines.prune, signal, (abortSignal) =>
        pruneAll(client, abortSignal),
      );
    },
  };
}

/** The library's own method sends no options, and without `all` Docker keeps what images share. */
async function pruneAll(client: DockerClient, abortSignal: AbortSignal): Promise<void> {
  const request = {
    path: '/build/prune?',
    method: 'POST',
    options: { all: true },
    abortSignal,
    statusCodes: { 200: true, 500: 'server error' },
  };
  await new Promise<void>((resolve, reject) => {
    client.modem.dial(request, (cause: unknown) =>
      cause === null || cause === undefined ? resolve() : reject(asError(cause)),
    );
  });
}

async function goneIsFine(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (cause) {
    if (!isNotFound(cause)) throw cause;
  }
}

async function readContents(client: DockerClient, signal: AbortSignal): Promise<EngineContents> {
  const list = <T>(what: string, call: (abortSignal: AbortSignal) => Promise<T>): Promise<T> =>
    withDeadline(`list ${what}`, dockerDeadlines.inspect, signal, call);
  const info: { DockerRootDir?: string; Swarm?: { LocalNodeState?: string } } = await withDeadline(
    'ask Docker for its facts',
    dockerDeadlines.info,
    signal,
    () => client.info(),
  );
  const containers = await list('containers', (abortSignal) =>
    client.listContainers({ all: true, abortSignal }),
  );
  const { Volumes: volumes } = await list('volumes', () => client.listVolumes());
  const images = await list('images', (abortSignal) => client.listImages({ abortSignal }));
  const networks = await list('networks', (abortSignal) => client.listNetworks({ abortSignal }));
  const usage: { BuildCache?: { Size: number }[] | null } = await withDeadline(
    "ask for Docker's disk usage",
    dockerDeadlines.usage,
    signal,
    () => client.df(),
  );
  return {
    dataRoot: info.DockerRootDir ?? '',
    images: images.map(({ Id, RepoTags }) => ({ id: Id, name: RepoTags?.[0] ?? Id })),
    networks: networks.map(({ Name }) => Name).filter((name) => !ownNetworks.has(name)),
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

/** Docker makes these by itself. */
const ownNetworks = new Set(['bridge', 'host', 'none', 'docker_gwbridge', 'ingress']);
