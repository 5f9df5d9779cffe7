import { ParbakeError } from '../../proto/errors/errors.ts';

/**
 * Refuses what answers like a Docker Engine and keeps its images elsewhere, in a layout that neither a bake nor a scrub knows.
 * @param version the answer of `/version`
 * @throws ParbakeError DOCKER_UNSUPPORTED
 */
export function refuseOthers({
  Version,
  Components,
}: {
  Version: string;
  Components?: { Name: string }[] | null;
}): void {
  if (Components?.some(({ Name }) => /podman/i.test(Name)) !== true) return;
  throw new ParbakeError(
    'DOCKER_UNSUPPORTED',
    `the socket is Podman's (${Version}), not Docker's; Parbake bakes images into Docker only`,
  );
}
