import { createHash } from 'node:crypto';
import type { DockerClient } from './client.ts';
import { dockerDeadlines, withDeadline } from './deadlines.ts';
import { isConflict, isForbidden, isNotFound } from './errors.ts';
import { labels } from './labels.ts';

/** A network or volume of a role. */
export interface RoleResource {
  kind: 'network' | 'volume';
  name: string;
  role: string;
}

/** Interfaces of this name may reach the metadata service; see packaging/systemd/block-metadata. */
const metadataBridge = 'pbmeta-';

/** The network in which the containers of a role find each other by name. */
export function networkName(role: string): string {
  return `parbake-${role}`;
}

export interface RoleNetwork {
  role: string;
  /** Whether its containers may reach the instance's metadata service. */
  reachesMetadata: boolean;
}

/**
 * Creates the network of a role unless it exists. Engines may keep two networks of one name, which no container can join:
 * only the oldest one stays.
 */
export async function ensureNetwork(
  client: DockerClient,
  { role, reachesMetadata }: RoleNetwork,
  signal: AbortSignal,
): Promise<void> {
  const name = networkName(role);
  if (await keepOldest(client, name, signal)) return;
  await withDeadline(`create network ${name}`, dockerDeadlines.create, signal, (abortSignal) =>
    // Old Engines take a second network of the same name otherwise.
    client.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Labels: { [labels.role]: role },
      ...(reachesMetadata ? { Options: { 'com.docker.network.bridge.name': bridgeName(role) } } : {}),
      abortSignal,
    }),
  ).catch((cause: unknown) => {
    if (!isConflict(cause)) throw cause;
  });
  await keepOldest(client, name, signal);
}

/** An interface's name has at most 15 characters. */
function bridgeName(role: string): string {
  return `${metadataBridge}${createHash('sha256').update(role).digest('hex').slice(0, 8)}`;
}

/** @returns whether there is a network of this name */
async function keepOldest(client: DockerClient, name: string, signal: AbortSignal): Promise<boolean> {
  const filters = JSON.stringify({ name: [name] });
  const found = await withDeadline(
    `look for network ${name}`,
    dockerDeadlines.inspect,
    signal,
    (abortSignal) => client.listNetworks({ filters, abortSignal }),
  );
  // The filter also takes names that only contain this one.
  const [oldest, ...others] = found
    .filter((network) => network.Name === name)
    // Points in time are in UTC and compare as text; a collation would keep data of ICU in memory.
    .toSorted((one, other) => (`${one.Created} ${one.Id}` < `${other.Created} ${other.Id}` ? -1 : 1));
  for (const { Id: id } of others)
    await withDeadline(`remove a second network ${name}`, dockerDeadlines.remove, signal, (abortSignal) =>
      client.getNetwork(id).remove({ abortSignal }),
    ).catch((cause: unknown) => {
      if (!isNotFound(cause)) throw cause;
    });
  return oldest !== undefined;
}

/** The networks and volumes of all roles. */
export async function listRoleResources(client: DockerClient, signal: AbortSignal): Promise<RoleResource[]> {
  const filters = JSON.stringify({ label: [labels.role] });
  const networks = await withDeadline('list networks', dockerDeadlines.inspect, signal, (abortSignal) =>
    client.listNetworks({ filters, abortSignal }),
  );
  const { Volumes: volumes } = await withDeadline(
    'list volumes',
    dockerDeadlines.inspect,
    signal,
    (abortSignal) => client.listVolumes({ filters, abortSignal }),
  );
  const roleOf = (has: Readonly<Record<string, string>> | null | undefined): string =>
    has?.[labels.role] ?? '';
  return [
    ...networks.map(({ Name, Labels }) => ({ kind: 'network', name: Name, role: roleOf(Labels) }) as const),
    ...volumes.map(({ Name, Labels }) => ({ kind: 'volume', name: Name, role: roleOf(Labels) }) as const),
  ];
}

/** @returns false when a container still uses it */
export async function removeRoleResource(
  client: DockerClient,
  { kind, name }: Pick<RoleResource, 'kind' | 'name'>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await withDeadline(`remove ${kind} ${name}`, dockerDeadlines.remove, signal, (abortSignal) =>
      kind === 'network'
        ? client.getNetwork(name).remove({ abortSignal })
        : client.getVolume(name).remove({ abortSignal }),
    );
    return true;
  } catch (cause) {
    if (isNotFound(cause)) return true;
    if (isConflict(cause) || isForbidden(cause)) return false;
    throw cause;
  }
}
