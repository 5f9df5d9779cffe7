import type { ContainerInspectInfo } from 'dockerode';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { ObservedContainer } from '../core/order/planner.ts';
import type { DockerClient } from './client.ts';
import {
  createOptions,
  defaultStopTimeoutSeconds,
  type ContainerRequest,
  type ImageConfig,
} from './container-spec.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';
import { ContainerEnds, type KernelFacts } from './ends.ts';
import { isNotFound, isNotModified } from './errors.ts';
import { labels } from './labels.ts';
import type { LabelledContainer, OwnLabels } from './own-labels.ts';
import {
  ensureNetwork,
  listRoleResources,
  removeRoleResource,
  type RoleNetwork,
  type RoleResource,
} from './role-resources.ts';
import { nextEnd } from './events.ts';
import { findLine, lastLines, type LineSearch } from './logs.ts';

export interface EngineIdentity {
  id: string;
  version: string;
}

/** A container of ours as Docker alone sees it. */
export interface DockerContainer extends Omit<ObservedContainer, 'state'>, LabelledContainer {
  state: 'created' | 'running' | 'paused' | 'ended';
}

export interface InspectedContainer {
  running: boolean;
  pid: number;
  address: string;
  exitCode: number;
  stopTimeoutSeconds: number;
  /** Directories of its image's layers; none where the Engine does not tell. */
  layers: string[];
}

/** The Engine as the daemon needs it. Every call throws as `dockerError` says. */
export interface ContainerEngine {
  identity(signal: AbortSignal): Promise<EngineIdentity>;
  /** @returns undefined when the image is not there */
  image(ref: string, signal: AbortSignal): Promise<ImageConfig | undefined>;
  /** Containers that this agent made, also ended ones. */
  list(signal: AbortSignal): Promise<DockerContainer[]>;
  /** @returns its id */
  create(request: ContainerRequest, signal: AbortSignal): Promise<string>;
  start(id: string, signal: AbortSignal): Promise<void>;
  pause(id: string, signal: AbortSignal): Promise<void>;
  unpause(id: string, signal: AbortSignal): Promise<void>;
  /** Stops the container if it runs, and removes it. A missing container is not an error. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  /** Removes it at once: nothing of anybody's runs in it. */
  discard(id: string, signal: AbortSignal): Promise<void>;
  /** Whether it runs, its first process, its address on the Engine's bridge, how it ended, and its image's layers. */
  inspect(id: string, signal: AbortSignal): Promise<InspectedContainer>;
  /** The last lines it printed. */
  logs(id: string, signal: AbortSignal): Promise<string>;
  /**
   * Reads everything that it printed, and goes on reading while it runs.
   * @returns whether a line is wanted; false once it has ended without
   */
  findLine(id: string, search: LineSearch, signal: AbortSignal): Promise<boolean>;
  /** Stops the container and keeps it. One that has ended or is gone is not an error. */
  stop(id: string, signal: AbortSignal): Promise<void>;
  /** Resolves when a container of ours ends, or Docker stops telling. */
  nextEnd(signal: AbortSignal): Promise<void>;
  /** A network that leads nowhere but to this machine. @param bridge the name of its interface here. @returns its id */
  createInternalNetwork(name: string, bridge: string, signal: AbortSignal): Promise<string>;
  removeNetwork(id: string, signal: AbortSignal): Promise<void>;
  /** The network of a role, created unless it exists. */
  ensureNetwork(network: RoleNetwork, signal: AbortSignal): Promise<void>;
  /** The networks and volumes of all roles. */
  roleResources(signal: AbortSignal): Promise<RoleResource[]>;
  /** @returns false when a container still uses it */
  removeRoleResource(resource: Pick<RoleResource, 'kind' | 'name'>, signal: AbortSignal): Promise<boolean>;
}

/** @param ownLabels label the containers that it makes, and tell them from others */
export function containerEngine(
  client: DockerClient,
  kernel: KernelFacts,
  ownLabels: OwnLabels,
): ContainerEngine {
  let logDriver: string | undefined;
  /** It changes with the Engine's configuration only, whose containers are named a driver, so an old one is right too. */
  const engineLogDriver = async (signal: AbortSignal): Promise<string> => {
    logDriver ??= await withDeadline('ask Docker for its facts', dockerDeadlines.info, signal, async () => {
      const { LoggingDriver }: { LoggingDriver?: string } = await client.info();
      return LoggingDriver ?? '';
    });
    return logDriver;
  };
  const ends = new ContainerEnds(client, kernel);
  return {
    async identity(signal) {
      const info: { ID?: string; ServerVersion?: string } = await withDeadline(
        'ask Docker for its facts',
        dockerDeadlines.info,
        signal,
        () => client.info(),
      );
      return { id: info.ID ?? '', version: info.ServerVersion ?? '' };
    },
    image: (ref, signal) => inspectImage(client, ref, signal),
    async list(signal) {
      const labelled = await withDeadline('list containers', dockerDeadlines.inspect, signal, (abortSignal) =>
        client.listContainers({ all: true, filters: { label: [labels.seal] }, abortSignal }),
      );
      const found = labelled.flatMap((each) => {
        const own = ownLabels.read(each.Names, each.Labels);
        return own === undefined ? [] : [{ ...each, own, state: stateOf(each.State) }];
      });
      ends.look(found.filter(({ state }) => state === 'ended').map(({ Id }) => Id));
      return await Promise.all(
        found.map(async ({ Id: id, own, state, NetworkSettings }) => ({
          ...own,
          id,
          state,
          address: addressIn(NetworkSettings?.Networks),
          ...(state === 'ended' ? { end: await ends.of(await inspectInfo(client, id, signal), signal) } : {}),
        })),
      );
    },
    async create(request, signal) {
      const { name, image: ref } = request.container;
      const image = await inspectImage(client, ref, signal);
      if (image === undefined)
        throw new ParbakeError(
          'IMAGE_NOT_FOUND',
          `cannot create container ${name}: image ${ref} is not here`,
        );
      const options = createOptions(request, image, await engineLogDriver(signal), ownLabels);
      const made = await withDeadline(
        `create container ${name}`,
        dockerDeadlines.create,
        signal,
        (abortSignal) => client.createContainer({ ...options, abortSignal }),
      );
      return made.id;
    },
    async start(id, signal) {
      await withDeadline(`start container ${id.slice(0, 12)}`, dockerDeadlines.start, signal, (abortSignal) =>
        client.getContainer(id).start({ abortSignal }),
      ).catch((cause: unknown) => {
        if (!isNotModified(cause)) throw cause;
      });
    },
    async pause(id, signal) {
      await withDeadline(`pause container ${id.slice(0, 12)}`, dockerDeadlines.start, signal, (abortSignal) =>
        client.getContainer(id).pause({ abortSignal }),
      );
    },
    async unpause(id, signal) {
      await withDeadline(
        `unpause container ${id.slice(0, 12)}`,
        dockerDeadlines.start,
        signal,
        (abortSignal) => client.getContainer(id).unpause({ abortSignal }),
      );
    },
    stop: (id, signal) => stop(client, id, signal),
    async remove(id, signal) {
      await stop(client, id, signal);
      await discard(client, id, signal);
    },
    discard: (id, signal) => discard(client, id, signal),
    inspect: (id, signal) => inspect(client, id, signal),
    logs: (id, signal) => lastLines(client, id, signal),
    findLine: (id, search, signal) => findLine(client, id, search, signal),
    nextEnd: (signal) => nextEnd(client, signal),
    async createInternalNetwork(name, bridge, signal) {
      const made = await withDeadline(
        `create network ${name}`,
        dockerDeadlines.create,
        signal,
        (abortSignal) =>
          client.createNetwork({
            Name: name,
            Internal: true,
            Options: { 'com.docker.network.bridge.name': bridge },
            abortSignal,
          }),
      );
      return made.id;
    },
    async removeNetwork(id, signal) {
      await withDeadline('remove a network', dockerDeadlines.remove, signal, (abortSignal) =>
        client.getNetwork(id).remove({ abortSignal }),
      ).catch(ignoreGone);
    },
    ensureNetwork: (network, signal) => ensureNetwork(client, network, signal),
    roleResources: (signal) => listRoleResources(client, signal),
    removeRoleResource: (resource, signal) => removeRoleResource(client, resource, signal),
  };
}

async function stop(client: DockerClient, id: string, signal: AbortSignal): Promise<void> {
  try {
    // Docker itself keeps to the time that the container was made with.
    const { stopTimeoutSeconds } = await inspect(client, id, signal);
    await withDeadline(
      `stop container ${id.slice(0, 12)}`,
      dockerDeadlines.stop + stopTimeoutSeconds * 1000,
      signal,
      (abortSignal) => client.getContainer(id).stop({ abortSignal }),
    );
  } catch (cause) {
    ignoreGone(cause);
  }
}

async function discard(client: DockerClient, id: string, signal: AbortSignal): Promise<void> {
  await withDeadline(`remove container ${id.slice(0, 12)}`, dockerDeadlines.remove, signal, (abortSignal) =>
    client.getContainer(id).remove({ force: true, v: true, abortSignal }),
  ).catch(ignoreGone);
}

function ignoreGone(cause: unknown): void {
  if (!isNotFound(cause) && !isNotModified(cause)) throw cause;
}

async function inspectImage(
  client: DockerClient,
  ref: string,
  signal: AbortSignal,
): Promise<ImageConfig | undefined> {
  try {
    const { Config } = await withDeadline(`inspect image ${ref}`, dockerDeadlines.inspect, signal, () =>
      client.getImage(ref).inspect(),
    );
    const list = (value: string | string[] | null | undefined): string[] =>
      typeof value === 'string' ? [value] : (value ?? []);
    // The library's types do not know the shell.
    const { Shell = null }: { Healthcheck?: unknown; Shell?: string[] | null } = Config;
    return {
      entrypoint: list(Config.Entrypoint),
      cmd: list(Config.Cmd),
      healthcheck: Config.Healthcheck?.Test ?? [],
      shell: Shell ?? [],
    };
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    throw cause;
  }
}

async function inspectInfo(
  client: DockerClient,
  id: string,
  signal: AbortSignal,
): Promise<ContainerInspectInfo> {
  return await withDeadline(`inspect container ${id.slice(0, 12)}`, dockerDeadlines.inspect, signal, () =>
    client.getContainer(id).inspect(),
  );
}

async function inspect(client: DockerClient, id: string, signal: AbortSignal): Promise<InspectedContainer> {
  const found = await inspectInfo(client, id, signal);
  // The library's types know neither: they have the names of another driver.
  const driver: { Name: string; Data?: object } = found.GraphDriver;
  const { LowerDir }: { LowerDir?: string } = driver.Data ?? {};
  const { StopTimeout }: { Hostname: string; StopTimeout?: number } = found.Config;
  return {
    running: found.State.Running,
    pid: found.State.Pid,
    address: addressIn(found.NetworkSettings.Networks),
    exitCode: found.State.ExitCode,
    stopTimeoutSeconds: StopTimeout ?? defaultStopTimeoutSeconds,
    layers: LowerDir?.split(':') ?? [],
  };
}

/** The first that there is; empty without a network. */
function addressIn(
  networks: Readonly<Record<string, { IPAddress?: string; GlobalIPv6Address?: string }>> | undefined,
): string {
  const addresses = Object.values(networks ?? {}).flatMap(({ IPAddress, GlobalIPv6Address }) => [
    IPAddress,
    GlobalIPv6Address,
  ]);
  return addresses.find((address) => address !== undefined && address !== '') ?? '';
}

function stateOf(state: string): DockerContainer['state'] {
  if (state === 'created' || state === 'paused') return state;
  return state === 'running' || state === 'restarting' ? 'running' : 'ended';
}
