import { toParbakeError } from '../../proto/errors/errors.ts';
import type { ImdsExposure } from '../../proto/gen/parbake/v1/ImdsExposure.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isAbort, pause } from '../../proto/process/tasks.ts';
import type { Role } from '../../proto/recipe/role.ts';
import type { DockerClient } from '../docker/client.ts';
import { runOnce } from '../docker/run-once.ts';
import { gateInContainer, type GatePlaces } from '../gate/places.ts';
import { networkOf } from './role-surroundings.ts';

/** Milliseconds between two looks whether somebody waits for this instance. */
const look = 500;

/** The index is the exit code of `gate --metadata`. */
const exposures = [
  'IMDS_EXPOSURE_NONE',
  'IMDS_EXPOSURE_IPV4',
  'IMDS_EXPOSURE_IPV6',
  'IMDS_EXPOSURE_BOTH',
] as const satisfies readonly ImdsExposure[];

export interface ImdsProbeParts {
  docker: DockerClient;
  places: Pick<GatePlaces, 'isAvailable' | 'programBind'>;
  roles: readonly Role[];
  /** Whether somebody waits for this instance. */
  isBusy: () => boolean;
  onChange: () => void;
  logger: Logger;
}

/**
 * Asks the instance's metadata service from inside the networks of containers, as a user's code would: a firewall that was not
 * loaded and a hop limit that is too high show only there.
 */
export class ImdsProbe {
  /** What was found, keyed by role. */
  readonly #found = new Map<string, ImdsExposure>();

  exposureOf(role: string): ImdsExposure {
    return this.#found.get(role) ?? 'IMDS_EXPOSURE_UNSPECIFIED';
  }

  /** Asks once, when the instance is prepared and nobody waits for it. */
  async run(parts: ImdsProbeParts, signal: AbortSignal): Promise<void> {
    const { places, isBusy, logger } = parts;
    do await pause(look, signal);
    while (!signal.aborted && isBusy());
    if (signal.aborted || !(await places.isAvailable())) return;
    await this.#askAll(parts, signal).catch((cause: unknown) => {
      if (isAbort(cause)) return;
      const reason = toParbakeError(cause).toReason();
      logger.warn({ reason }, 'cannot ask the metadata service from inside a container');
    });
  }

  async #askAll(parts: ImdsProbeParts, signal: AbortSignal): Promise<void> {
    for (const [network, roles] of Map.groupBy(parts.roles, networkOf)) {
      const [image] = roles.flatMap(({ containers }) => containers.map((container) => container.image));
      if (image === undefined) continue;
      const exposure = await ask(parts, { network, image }, signal);
      for (const { name, metadata } of roles) {
        this.#found.set(name, exposure);
        if (exposure !== 'IMDS_EXPOSURE_NONE' && metadata !== 'allow')
          parts.logger.warn({ role: name }, 'containers of a role reach the metadata service');
      }
      parts.onChange();
    }
  }
}

async function ask(
  { docker, places }: ImdsProbeParts,
  { network, image }: { network: string | undefined; image: string },
  signal: AbortSignal,
): Promise<ImdsExposure> {
  const command = [gateInContainer, '--metadata'];
  const name = 'parbake-imds-probe';
  const code = await runOnce(docker, { name, image, command, binds: [places.programBind], network }, signal);
  return exposures[code] ?? 'IMDS_EXPOSURE_UNSPECIFIED';
}
