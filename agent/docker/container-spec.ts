import type Docker from 'dockerode';
import type { PlaceKey } from '../core/order/place-key.ts';
import type { ContainerSpec, PrepareLevel } from '../../proto/recipe/role.ts';
import { hostConfig } from './host-config.ts';
import type { OwnLabels } from './own-labels.ts';

/** Docker's own, too; said to it all the same, so that it does not depend on the daemon. */
export const defaultStopTimeoutSeconds = 10;

/** How a container has the gate as its first process. */
export interface GateMount {
  /** Names the place, as a label. */
  key: PlaceKey;
  binds: string[];
  /** The gate and its socket, as the container sees them. */
  program: string;
  socket: string;
}

/** How a container reads its order itself. */
export interface HoldMount {
  /** Names the place, as a label. */
  key: PlaceKey;
  binds: string[];
  /** The file with the order, as the container sees it; it is there until the order is given. */
  order: string;
  /** The gate's program as the container sees it, which keeps health checks quiet until then. */
  program: string;
}

export interface ContainerRequest {
  container: ContainerSpec;
  role: string;
  /** Absent while the container is prepared for an unknown user. */
  assignmentId?: string;
  level: PrepareLevel;
  env: Readonly<Record<string, string>>;
  gate?: GateMount | undefined;
  hold?: HoldMount | undefined;
  /** Where the order's files and certificate appear: what names the places, and Docker's bind mounts. */
  files?: { key: PlaceKey; binds: string[] } | undefined;
  /** A network in which the containers of its role find each other by name; absent for Docker's default. */
  network?: string | undefined;
}

/** What of an image's configuration decides how its container starts. */
export interface ImageConfig {
  entrypoint: string[];
  cmd: string[];
  /** Empty when the image has no health check; its first word is CMD, CMD-SHELL or NONE. */
  healthcheck: string[];
  shell: string[];
}

/**
 * What Docker is asked to create. With a gate, the command is the gate's argument.
 * @param engineLogDriver the log driver that the Engine uses by itself
 */
export function createOptions(
  request: ContainerRequest,
  image: ImageConfig,
  engineLogDriver: string,
  ownLabels: OwnLabels,
): Docker.ContainerCreateOptions {
  const { container, role, assignmentId, level, gate, hold, files, network } = request;
  const place = gate ?? hold;
  const binds = [...(place?.binds ?? []), ...(files?.binds ?? [])];
  const name = `${role}-${container.name}-${assignmentId ?? place?.key ?? level}`;
  const asks = hold === undefined ? {} : { PARBAKE_ORDER: hold.order };
  const env = { ...container.env, ...request.env, ...asks };
  const options: Docker.ContainerCreateOptions = {
    name,
    Image: container.image,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: ownLabels.write(name, {
      name: container.name,
      role,
      assignmentId: assignmentId ?? '',
      level: assignmentId === undefined ? level : 'none',
      gateKey: gate?.key,
      holdKey: hold?.key,
      filesKey: files?.key,
    }),
    ExposedPorts: Object.fromEntries(container.ports.map((port) => [`${port}/tcp`, {}])),
    StopTimeout: container.stopTimeoutSeconds ?? defaultStopTimeoutSeconds,
    HostConfig: hostConfig(container, { role, binds, network, engineLogDriver }),
  };
  if (container.workingDir !== undefined) options.WorkingDir = container.workingDir;
  if (network !== undefined)
    options.NetworkingConfig = { EndpointsConfig: { [network]: { Aliases: [container.name] } } };
  if (gate !== undefined) return { ...options, ...gated(gate, container, image) };
  if (container.entrypoint !== undefined) options.Entrypoint = container.entrypoint;
  if (container.command !== undefined) options.Cmd = container.command;
  return hold === undefined ? options : { ...options, ...quietCheck(hold.program, hold.order, image) };
}

/** The first process and its arguments, as Docker decides them: an entrypoint of its own drops the image's command. */
export function programOf(
  { entrypoint, command }: { entrypoint?: string[] | undefined; command?: string[] | undefined },
  image: Pick<ImageConfig, 'entrypoint' | 'cmd'>,
): string[] {
  if (entrypoint !== undefined) return [...entrypoint, ...(command ?? [])];
  return [...image.entrypoint, ...(command ?? image.cmd)];
}

function gated(
  { program, socket }: GateMount,
  container: ContainerSpec,
  image: ImageConfig,
): Partial<Docker.ContainerCreateOptions> {
  return {
    Entrypoint: [program, socket, '--'],
    Cmd: programOf(container, image),
    ...quietCheck(program, socket, image),
  };
}

/**
 * The image's health check, which passes until there is an order.
 * @param waiting there until then
 */
function quietCheck(
  program: string,
  waiting: string,
  image: ImageConfig,
): Pick<Docker.ContainerCreateOptions, 'Healthcheck'> {
  const check = healthcheckCommand(image);
  if (check === undefined) return {};
  // Docker takes what is left out here, such as the interval, from the image.
  return { Healthcheck: { Test: ['CMD', program, '--health', waiting, '--', ...check] } };
}

/** @returns undefined when nothing is checked */
function healthcheckCommand({ healthcheck, shell }: ImageConfig): string[] | undefined {
  const [kind, ...rest] = healthcheck;
  if (kind === 'CMD') return rest;
  if (kind === 'CMD-SHELL') return [...(shell.length > 0 ? shell : ['/bin/sh', '-c']), ...rest];
  return undefined;
}
