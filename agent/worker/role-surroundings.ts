import { toParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import { volumesOf, type Role } from '../../proto/recipe/role.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import { networkName } from '../docker/role-resources.ts';

/** The networks and volumes of roles: they come with the first container of a role and go with its last. */
export class RoleSurroundings {
  readonly #engine: ContainerEngine;
  readonly #roles: readonly Role[];
  readonly #logger: Logger;
  /** Several containers of a role are created at a time. */
  readonly #creating = new Map<string, Promise<void>>();

  constructor({
    engine,
    roles,
    logger,
  }: {
    engine: ContainerEngine;
    roles: readonly Role[];
    logger: Logger;
  }) {
    this.#engine = engine;
    this.#roles = roles;
    this.#logger = logger;
  }

  /** Creates every network before anybody waits for it. What fails here is tried again with the containers. */
  async prepare(signal: AbortSignal): Promise<void> {
    for (const { name } of this.#roles)
      await this.network(name, signal).catch((cause: unknown) => {
        if (isAbort(cause)) throw cause;
        this.#logger.warn(
          { role: name, reason: toParbakeError(cause).toReason() },
          'cannot create its network yet',
        );
      });
  }

  /** The name of a role's network, which exists then; undefined for a role that needs none of its own. */
  async network(role: string, signal: AbortSignal): Promise<string | undefined> {
    const found = this.#roles.find(({ name }) => name === role);
    const name = found && networkOf(found);
    if (found === undefined || name === undefined) return undefined;
    const reachesMetadata = found.metadata === 'allow';
    const creating =
      this.#creating.get(role) ?? this.#engine.ensureNetwork({ role, reachesMetadata }, signal);
    this.#creating.set(role, creating);
    await creating.finally(() => this.#creating.delete(role));
    return name;
  }

  /** Removes what belongs to roles that nobody uses any more. @throws ParbakeError as the Engine does */
  async sweep(isUsed: (role: string) => boolean, signal: AbortSignal): Promise<void> {
    if (this.#roles.every((role) => !hasNetwork(role) && volumesOf(role).length === 0)) return;
    const unused = (await this.#engine.roleResources(signal)).filter(({ role }) => !isUsed(role));
    for (const resource of unused)
      if (!(await this.#engine.removeRoleResource(resource, signal)))
        this.#logger.warn({ kind: resource.kind, name: resource.name }, 'something still uses it');
  }
}

/** The name of a role's network; undefined for Docker's default. */
export function networkOf(role: Role): string | undefined {
  return hasNetwork(role) ? networkName(role.name) : undefined;
}

/** Containers that find each other by name are in a network of their own, and so are those that reach the metadata service. */
function hasNetwork({ containers, metadata }: Role): boolean {
  return containers.length > 1 || metadata === 'allow';
}
