import { environmentOf, type ObservedContainer, type Order } from '../core/planner.ts';
import type { ContainerSpec } from '../core/role.ts';
import type { DockerClient } from './client.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';
import { isNotFound, isNotModified } from './errors.ts';

const assignmentLabel = 'dev.parbake.assignment';
const nameLabel = 'dev.parbake.container';

/** Seconds that a container has to end after SIGTERM. */
const grace = 10;

export interface EngineIdentity {
  id: string;
  version: string;
}

/** The Engine as the daemon needs it. Every call throws as `dockerError` says. */
export interface ContainerEngine {
  identity(signal: AbortSignal): Promise<EngineIdentity>;
  hasImage(ref: string, signal: AbortSignal): Promise<boolean>;
  /** Containers with our labels, also ended ones. */
  list(signal: AbortSignal): Promise<ObservedContainer[]>;
  /** @returns its id */
  create(container: ContainerSpec, order: Order, instanceId: string, signal: AbortSignal): Promise<string>;
  start(id: string, signal: AbortSignal): Promise<void>;
  /** Stops it if it runs, and removes it; one that is gone is no error. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  /** Whether it runs, its address on the Engine's bridge, and how it ended. */
  inspect(id: string, signal: AbortSignal): Promise<{ running: boolean; address: string; exitCode: number }>;
  /** The last lines it printed. */
  logs(id: string, signal: AbortSignal): Promise<string>;
}

export function containerEngine(client: DockerClient): ContainerEngine {
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
    async hasImage(ref, signal) {
      try {
        await withDeadline(`inspect image ${ref}`, dockerDeadlines.inspect, signal, () =>
          client.getImage(ref).inspect(),
        );
        return true;
      } catch (cause) {
        if (isNotFound(cause)) return false;
        throw cause;
      }
    },
    async list(signal) {
      const found = await withDeadline('list containers', dockerDeadlines.inspect, signal, (abortSignal) =>
        client.listContainers({ all: true, filters: { label: [assignmentLabel] }, abortSignal }),
      );
      return await Promise.all(
        found.map(async ({ Id: id, Labels: labels, State: state }) => ({
          id,
          name: labels[nameLabel] ?? '',
          assignmentId: labels[assignmentLabel] ?? '',
          state: stateOf(state),
          exitCode: state === 'exited' || state === 'dead' ? (await inspect(client, id, signal)).exitCode : 0,
        })),
      );
    },
    async create(container, order, instanceId, signal) {
      const env = Object.entries(environmentOf(order, container, instanceId));
      const ports = container.ports.map((port) => `${port}/tcp`);
      const made = await withDeadline(
        `create container ${container.name}`,
        dockerDeadlines.create,
        signal,
        (abortSignal) =>
          client.createContainer({
            name: `${container.name}-${order.assignmentId}`,
            Image: container.image,
            Env: env.map(([name, value]) => `${name}=${value}`),
            Labels: { [assignmentLabel]: order.assignmentId, [nameLabel]: container.name },
            ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
            HostConfig: {
              PortBindings: Object.fromEntries(
                ports.map((port) => [port, [{ HostPort: port.replace('/tcp', '') }]]),
              ),
              // The user's container outlives the agent, and its end is for the agent to see.
              RestartPolicy: { Name: 'no' },
              SecurityOpt: ['no-new-privileges'],
            },
            abortSignal,
          }),
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
    async remove(id, signal) {
      const container = client.getContainer(id);
      const short = id.slice(0, 12);
      const ignoreGone = (cause: unknown): void => {
        if (!isNotFound(cause) && !isNotModified(cause)) throw cause;
      };
      await withDeadline(
        `stop container ${short}`,
        dockerDeadlines.stop + grace * 1000,
        signal,
        (abortSignal) => container.stop({ t: grace, abortSignal }),
      ).catch(ignoreGone);
      await withDeadline(`remove container ${short}`, dockerDeadlines.remove, signal, (abortSignal) =>
        container.remove({ force: true, v: true, abortSignal }),
      ).catch(ignoreGone);
    },
    inspect: (id, signal) => inspect(client, id, signal),
    async logs(id, signal) {
      const text = await withDeadline(`read logs of ${id.slice(0, 12)}`, dockerDeadlines.logs, signal, () =>
        client.getContainer(id).logs({ stdout: true, stderr: true, tail: 100 }),
      );
      return withoutFrames(text);
    },
  };
}

async function inspect(client: DockerClient, id: string, signal: AbortSignal) {
  const found = await withDeadline(
    `inspect container ${id.slice(0, 12)}`,
    dockerDeadlines.inspect,
    signal,
    () => client.getContainer(id).inspect(),
  );
  const networks = Object.values(found.NetworkSettings.Networks);
  return {
    running: found.State.Running,
    address: networks[0]?.IPAddress ?? '',
    exitCode: found.State.ExitCode,
  };
}

function stateOf(state: string): ObservedContainer['state'] {
  if (state === 'created') return 'created';
  return state === 'running' || state === 'paused' || state === 'restarting' ? 'running' : 'ended';
}

/** Without a terminal, each piece of output comes behind eight bytes that name its stream and length. */
function withoutFrames(output: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= output.length;) {
    const length = output.readUInt32BE(at + 4);
    pieces.push(output.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(pieces).toString();
}
