import { isNotFound } from './errors.ts';
import type { DockerClient } from './client.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';

export interface RunOnce {
  /** The container gets this name. */
  name: string;
  image: string;
  /** A program of the instance and its arguments, as the container sees it. */
  command: readonly string[];
  /** Docker's bind mounts. */
  binds: readonly string[];
  /** Docker's default network when absent. */
  network: string | undefined;
}

/**
 * Runs a program in a container that has no rights, and removes the container again.
 * @returns what it exited with
 * @throws ParbakeError as `dockerError` says
 */
export async function runOnce(
  client: DockerClient,
  { name, image, command: [program = '', ...args], binds, network = 'default' }: RunOnce,
  signal: AbortSignal,
): Promise<number> {
  // An agent that was killed may have left one behind.
  await remove(client, name, signal);
  const container = await withDeadline(
    `create container ${name}`,
    dockerDeadlines.create,
    signal,
    (abortSignal) =>
      client.createContainer({
        name,
        Image: image,
        Entrypoint: [program],
        Cmd: args,
        User: '65534:65534',
        Healthcheck: { Test: ['NONE'] },
        HostConfig: {
          NetworkMode: network,
          Binds: [...binds],
          CapDrop: ['ALL'],
          SecurityOpt: ['no-new-privileges'],
          ReadonlyRootfs: true,
          LogConfig: { Type: 'none', Config: {} },
        },
        abortSignal,
      }),
  );
  try {
    await withDeadline(`start container ${name}`, dockerDeadlines.start, signal, (abortSignal) =>
      container.start({ abortSignal }),
    );
    const { StatusCode: code }: { StatusCode: number } = await withDeadline(
      `wait for container ${name}`,
      dockerDeadlines.once,
      signal,
      (abortSignal) => container.wait({ abortSignal }),
    );
    return code;
  } finally {
    // Also when the agent is being stopped.
    await remove(client, container.id, AbortSignal.timeout(dockerDeadlines.remove)).catch(() => {});
  }
}

async function remove(client: DockerClient, container: string, signal: AbortSignal): Promise<void> {
  await withDeadline(`remove container ${container}`, dockerDeadlines.remove, signal, (abortSignal) =>
    client.getContainer(container).remove({ force: true, v: true, abortSignal }),
  ).catch((cause: unknown) => {
    if (!isNotFound(cause)) throw cause;
  });
}
