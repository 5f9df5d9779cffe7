import { count, preset } from '../../proto/process/cli/options.ts';
import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import type { Role__Output } from '../../proto/gen/parbake/v1/Role.ts';
import type { InstanceState } from '../../proto/gen/parbake/v1/InstanceState.ts';
import { eachBounded } from '../../proto/process/bounded.ts';
import type { Clients } from './client.ts';
import { readTimeline, type Timeline } from './read-instance.ts';

/** Timelines requested at once: enough to hide the round trip, and few compared with the agents' own calls. */
const atOnce = 8;

export interface InstanceTimeline {
  instance: Instance__Output;
  timeline: Timeline;
}

/** The option for how many instances a command looks at. */
export const lastInstances = preset(
  count('look at the N instances that checked in last', { min: 1, max: 10_000 }),
  500,
);

/** Reads all instances that match, sorted by id. */
export async function readInstances(
  { fleet }: Pick<Clients, 'fleet'>,
  { role = '', state = 'INSTANCE_STATE_UNSPECIFIED' }: { role?: string; state?: InstanceState } = {},
): Promise<Instance__Output[]> {
  const all: Instance__Output[] = [];
  for (let pageToken = ''; ;) {
    const page = await fleet.listInstances({ role, state, pageSize: 1000, pageToken });
    all.push(...page.instances);
    if (page.nextPageToken === '') return all;
    pageToken = page.nextPageToken;
  }
}

/** Reads all roles, sorted by name. */
export async function readRoles({ fleet }: Pick<Clients, 'fleet'>): Promise<Role__Output[]> {
  const all: Role__Output[] = [];
  for (let pageToken = ''; ;) {
    const page = await fleet.listRoles({ pageSize: 1000, pageToken });
    all.push(...page.roles);
    if (page.nextPageToken === '') return all;
    pageToken = page.nextPageToken;
  }
}

/** Reads the timelines of the `last` instances that checked in. */
export async function readTimelines(
  clients: Pick<Clients, 'fleet' | 'telemetry'>,
  { role, last }: { role: string; last: number },
  signal: AbortSignal,
): Promise<InstanceTimeline[]> {
  const instances = await readInstances(clients, { role });
  const newest = instances
    .sort((a, b) => (b.checkInTime?.seconds ?? 0) - (a.checkInTime?.seconds ?? 0))
    .slice(0, last);
  return await eachBounded(newest, atOnce, signal, async (instance) => ({
    instance,
    timeline: await readTimeline(clients, instance.instanceId),
  }));
}
