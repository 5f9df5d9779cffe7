import type Docker from 'dockerode';
import type { ContainerSpec, PrepareLevel } from '../../proto/recipe/role.ts';

/** Labels by which our containers are found again after a restart. */
export const labels = {
  /** On containers that were made for one assignment. */
  assignment: 'dev.parbake.assignment',
  container: 'dev.parbake.container',
  role: 'dev.parbake.role',
  /** How far it was prepared; absent on one that was made for an assignment. */
  prepared: 'dev.parbake.prepared',
  /** Where it meets its gate. */
  gate: 'dev.parbake.gate',
  /** Where its files appear. */
  files: 'dev.parbake.files',
} as const;

/** Docker's own, too; said to it all the same, so that it does not depend on the daemon. */
export const defaultStopTimeoutSeconds = 10;

/** How a container has the gate as its first process. */
export interface GateMount {
  /** Names the place, as a label. */
  key: string;
  binds: string[];
  /** The gate and its socket, as the container sees them. */
  program: string;
  socket: string;
}

export interface ContainerRequest {
  container: ContainerSpec;
  role: string;
  /** Absent while it is made for whoever comes. */
  assignmentId?: string;
  level: PrepareLevel;
  env: Readonly<Record<string, string>>;
  gate?: GateMount | undefined;
  /** Where the order's files appear: what names the place, and Docker's bind mount. */
  files?: { key: string; bind: string } | undefined;
  /** The network it is in, without published ports; absent for the usual one. */
  network?: string;
}

/** What of an image's configuration decides how its container starts. */
export interface ImageConfig {
  entrypoint: string[];
  cmd: string[];
  /** Empty when the image has no health check; its first word is CMD, CMD-SHELL or NONE. */
  healthcheck: string[];
  shell: string[];
}

/** What Docker is asked to create. With a gate, the image's own command is the gate's argument. */
export function createOptions(request: ContainerRequest, image: ImageConfig): Docker.ContainerCreateOptions {
  const { container, role, assignmentId, level, env, gate, files, network } = request;
  const ports = container.ports.map((port) => `${port}/tcp`);
  const binds = [...(gate?.binds ?? []), ...(files === undefined ? [] : [files.bind])];
  const suffix = assignmentId ?? gate?.key ?? level;
  return {
    name: `${role}-${container.name}-${suffix}`,
    Image: container.image,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: {
      [labels.container]: container.name,
      [labels.role]: role,
      ...(assignmentId === undefined ? { [labels.prepared]: level } : { [labels.assignment]: assignmentId }),
      ...(gate === undefined ? {} : { [labels.gate]: gate.key }),
      ...(files === undefined ? {} : { [labels.files]: files.key }),
    },
    ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
    StopTimeout: container.stopTimeoutSeconds ?? defaultStopTimeoutSeconds,
    ...(gate === undefined ? {} : gated(gate, image)),
    HostConfig: {
      ...(network === undefined
        ? { PortBindings: Object.fromEntries(ports.map((port) => [port, [{ HostPort: portNumber(port) }]])) }
        : { NetworkMode: network }),
      // The user's container outlives the agent, and its end is for the agent to see.
      RestartPolicy: { Name: 'no' },
      SecurityOpt: ['no-new-privileges'],
      ...(container.init === true ? { Init: true } : {}),
      ...(container.readOnly === true ? { ReadonlyRootfs: true } : {}),
      ...(binds.length === 0 ? {} : { Binds: binds }),
    },
  };
}

function portNumber(port: string): string {
  return port.replace('/tcp', '');
}

function gated({ program, socket }: GateMount, image: ImageConfig): Partial<Docker.ContainerCreateOptions> {
  const check = healthcheckCommand(image);
  return {
    Entrypoint: [program, socket, '--'],
    Cmd: [...image.entrypoint, ...image.cmd],
    // Docker takes what is left out here, such as the interval, from the image.
    ...(check === undefined
      ? {}
      : { Healthcheck: { Test: ['CMD', program, '--health', socket, '--', ...check] } }),
  };
}

/** @returns undefined when nothing is checked */
function healthcheckCommand({ healthcheck, shell }: ImageConfig): string[] | undefined {
  const [kind, ...rest] = healthcheck;
  if (kind === 'CMD') return rest;
  if (kind === 'CMD-SHELL') return [...(shell.length > 0 ? shell : ['/bin/sh', '-c']), ...rest];
  return undefined;
}
