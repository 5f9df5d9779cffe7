import { totalmem } from 'node:os';
import type Docker from 'dockerode';
import { logDrivers, publishedPorts, type ContainerSpec, type LogDriver } from '../../proto/recipe/role.ts';
import { labels } from './labels.ts';

/** A fork bomb stops here; no application that we know of needs as many. */
const defaultPidsLimit = 4096;
/** What a container prints must not fill the instance's disk. */
const defaultLogBytes = 10 * 1024 ** 2;
const defaultLogFiles = 3;
/**
 * What the system, Docker and the agent keep for themselves: a container that takes more than the rest is killed instead of what
 * looks after it.
 */
const reservedBytes = 128 * 1024 ** 2;
/** Docker refuses less. */
const minMemoryBytes = 6 * 1024 ** 2;
/** Microseconds; the kernel's own default. */
const cpuPeriod = 100_000;

/** The parts of a container's surroundings that the recipe does not name. */
export interface Surroundings {
  role: string;
  binds: readonly string[];
  network: string | undefined;
  /** The log driver that the Engine uses by itself. */
  engineLogDriver: string;
}

/** What Docker gives a container of the machine. More rights than Docker's own are never in it. */
export function hostConfig(container: ContainerSpec, surroundings: Surroundings): Docker.HostConfig {
  const { role, binds, network, engineLogDriver } = surroundings;
  const config: Docker.HostConfig = {
    PortBindings: portBindings(container),
    // The user's container outlives the agent, and its end is for the agent to see.
    RestartPolicy: { Name: 'no' },
    SecurityOpt: ['no-new-privileges'],
    PidsLimit: container.pidsLimit ?? defaultPidsLimit,
    Memory: container.memoryBytes ?? Math.max(minMemoryBytes, totalmem() - reservedBytes),
  };
  const log = logConfig(container, engineLogDriver);
  if (log !== undefined) config.LogConfig = log;
  if (network !== undefined) config.NetworkMode = network;
  if (container.init === true) config.Init = true;
  if (container.readOnly === true) config.ReadonlyRootfs = true;
  if (container.cpus !== undefined) {
    // Not NanoCpus, which Docker refuses on a machine that has fewer.
    config.CpuPeriod = cpuPeriod;
    config.CpuQuota = Math.round(container.cpus * cpuPeriod);
  }
  if (container.tmpfs !== undefined)
    config.Tmpfs = Object.fromEntries(container.tmpfs.map(({ path, options }) => [path, options]));
  if (container.volumes !== undefined)
    config.Mounts = container.volumes.map(({ volume, path, readOnly = false }) => ({
      Type: 'volume',
      Source: volumeName(role, volume),
      Target: path,
      ReadOnly: readOnly,
      VolumeOptions: {
        NoCopy: false,
        Labels: { [labels.role]: role },
        DriverConfig: { Name: 'local', Options: {} },
      },
    }));
  if (binds.length > 0) config.Binds = [...binds];
  return config;
}

/** Volumes and networks belong to a role: an instance has one assignment in its life. */
export function volumeName(role: string, volume: string): string {
  return `parbake-${role}-${volume}`;
}

function portBindings(container: ContainerSpec): Docker.PortMap {
  const { publish } = container;
  const at = typeof publish === 'string' ? { HostIp: publish } : {};
  return Object.fromEntries(
    publishedPorts(container).map((port) => [`${port}/tcp`, [{ ...at, HostPort: String(port) }]]),
  );
}

/** @returns undefined where the Engine's driver keeps logs elsewhere, and the recipe says nothing of it */
function logConfig({ logging }: ContainerSpec, engineDriver: string): Docker.HostConfig['LogConfig'] {
  const usual: LogDriver | undefined = logDrivers.find((known) => known === engineDriver);
  if (usual === undefined && logging === undefined) return undefined;
  return {
    Type: logging?.driver ?? usual ?? 'json-file',
    Config: {
      'max-size': String(logging?.maxBytes ?? defaultLogBytes),
      'max-file': String(logging?.maxFiles ?? defaultLogFiles),
    },
  };
}
