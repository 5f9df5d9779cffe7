import { instanceNotFound } from '../core/not-found.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { instanceStates as states, type InstanceState } from '../core/instance-state.ts';
import type { Assignment, Facts, Timings } from '../core/model.ts';
import { thinned } from '../core/sample.ts';
import { compareTimelines, onClock, percentile } from '../insight/timeline.ts';
import { clockText } from '../insight/format.ts';
import type { FleetView } from '../fleet/view.ts';
import type { Tenancy } from '../store/agents.ts';
import type { RequestUseCases } from '../store/requests.ts';
import type { TelemetryUseCases } from '../store/telemetry.ts';
import type {
  CompareDocument,
  FleetDocument,
  InstanceDocument,
  InstancePage,
  InstanceRow,
  PagePull,
  PageSpan,
  PageStart,
  Percentiles,
  RoleSummary,
} from './documents.ts';

/** Instances on one page. */
const pageSize = 100;
/** How many assignments the percentiles are computed from. */
const lastAssignments = 1000;
/** Points of a chart: a screen has few more columns. */
const maxSamples = 600;
const maxEvents = 500;
/** How long the fleet's counts are reused, in milliseconds. */
const fleetAge = 500;

export interface PageSources {
  fleet: FleetView;
  store: Pick<RequestUseCases, 'assignments'> & Pick<TelemetryUseCases, 'timeline' | 'samples' | 'events'>;
}

/** Answers the page's requests. It changes nothing. */
export class PageApi {
  readonly #fleet: FleetView;
  readonly #store: PageSources['store'];
  #counted: { at: number; document: Promise<FleetDocument> } | undefined;

  constructor({ fleet, store }: PageSources) {
    this.#fleet = fleet;
    this.#store = store;
  }

  /** Reuses its counts for a while: counting takes milliseconds, and every open page asks after every change. */
  async fleet(now: number): Promise<FleetDocument> {
    const counted = this.#counted;
    if (counted !== undefined && now - counted.at < fleetAge && now >= counted.at)
      return await counted.document;
    const document = this.#countFleet(now);
    this.#counted = { at: now, document };
    try {
      return await document;
    } catch (cause) {
      this.#counted = undefined;
      throw cause;
    }
  }

  async #countFleet(now: number): Promise<FleetDocument> {
    const [assignments, { states: counts, connected }, pools] = await Promise.all([
      this.#store.assignments({ liveOnly: false, limit: lastAssignments }),
      this.#fleet.counts(),
      this.#fleet.pools(),
    ]);
    const byRole = Map.groupBy(assignments, ({ role }) => role);
    const summaries = pools.map((pool): RoleSummary => {
      const { name, readyInstances: ready, preparing, assigned, failed, silent, lost, waiting } = pool;
      const steps = stepsOf(byRole.get(name) ?? []);
      return { name, ready, preparing, assigned, failed, silent, lost, waiting, steps };
    });
    return { at: now, states: counts, connected, roles: summaries };
  }

  /** @throws ParbakeError REQUEST_INVALID */
  async instances(query: URLSearchParams): Promise<InstancePage> {
    const state = query.get('state') ?? '';
    if (state !== '' && !states.includes(state as InstanceState))
      throw new ParbakeError('REQUEST_INVALID', `state is "${state}", not one of ${states.join(', ')}`);
    const found = await this.#fleet.instances({
      role: query.get('role') ?? '',
      after: query.get('after') ?? '',
      find: query.get('find') ?? '',
      ...(state === '' ? {} : { state: state as InstanceState }),
      limit: pageSize,
    });
    return {
      instances: found.map(rowOf),
      next: found.length < pageSize ? '' : (found.at(-1)?.instance.instanceId ?? ''),
    };
  }

  /** @throws ParbakeError INSTANCE_NOT_FOUND */
  async instance(instanceId: string): Promise<InstanceDocument> {
    const tenancy = await this.#known(instanceId);
    const { instance, assignment } = tenancy;
    const [timeline, sampled, { events }] = await Promise.all([
      this.#store.timeline(instanceId),
      this.#store.samples({ instanceId }),
      this.#store.events(0, maxEvents, { instanceId }),
    ]);
    const { clock } = instance;
    const { offsetMs = 0 } = clock ?? {};
    const spans = timeline.spans.map((body) => JSON.parse(body) as PageSpan);
    const samples = thinned(sampled, maxSamples);
    const told = clock === undefined ? [] : [{ name: 'Clock', value: clockText(clock) }];
    return {
      instance: {
        ...rowOf(tenancy),
        facts: [...factsOf(instance.facts), ...told],
        lastSeenTime: instance.lastSeenTime,
        generation: instance.generation,
        observedGeneration: instance.observedGeneration,
      },
      assignment: assignment === undefined ? null : shown(assignment),
      endpoints: assignment?.endpoints ?? [],
      // The history is on our clock, so these are moved to it.
      spans: onClock(spans, offsetMs),
      pulls: timeline.pulls.map((body) => JSON.parse(body) as PagePull),
      starts: timeline.starts.map((body) => JSON.parse(body) as PageStart),
      samples: samples.map((sample) => ({ ...sample, startMs: sample.startMs + offsetMs })),
      events,
    };
  }

  /** @throws ParbakeError REQUEST_INVALID, INSTANCE_NOT_FOUND */
  async compare(query: URLSearchParams): Promise<CompareDocument> {
    const [a, b] = [query.get('a') ?? '', query.get('b') ?? ''];
    if (a === '' || b === '') throw new ParbakeError('REQUEST_INVALID', 'a and b are two instances');
    const spansOf = async (instanceId: string): Promise<PageSpan[]> => {
      await this.#known(instanceId);
      const { spans } = await this.#store.timeline(instanceId);
      return spans.map((body) => JSON.parse(body) as PageSpan);
    };
    return { a, b, steps: compareTimelines(await spansOf(a), await spansOf(b)) };
  }

  async #known(instanceId: string): Promise<Tenancy> {
    const tenancy = await this.#fleet.instance(instanceId);
    if (tenancy === undefined) throw instanceNotFound(instanceId);
    return tenancy;
  }
}

function rowOf({ instance, assignment }: Tenancy): InstanceRow {
  const { instanceId, state, stateReason, connected, facts, roles, checkInTime, ec2 } = instance;
  return {
    instanceId,
    state,
    stateReason,
    connected,
    roles,
    user: assignment?.user ?? '',
    imageId: facts.imageId || (ec2?.imageId ?? ''),
    instanceType: facts.instanceType || (ec2?.instanceType ?? ''),
    zone: facts.availabilityZone || (ec2?.availabilityZone ?? ''),
    checkInTime,
  };
}

function shown({ assignmentId, user, role, environment, state, timings }: Assignment) {
  return { assignmentId, user, role, environment, state, timings };
}

/** Each attempt counts from its own start. Waiting for an instance is not part of a claim. */
function stepsOf(assignments: readonly Assignment[]): Partial<Record<keyof Timings, Percentiles>> {
  const steps: Partial<Record<keyof Timings, Percentiles>> = {};
  for (const step of ['claimed', 'delivered', 'started', 'ready'] as const) {
    const values = assignments.flatMap(({ attempts, timings: { claimed, queued = 0 } }) => {
      if (step !== 'claimed') return attempts.flatMap(({ timings }) => timings[step] ?? []);
      return claimed === undefined || attempts.length > 1 ? [] : [claimed - queued];
    });
    if (values.length === 0) continue;
    const [p50, p90, p99] = [percentile(values, 0.5), percentile(values, 0.9), percentile(values, 0.99)];
    steps[step] = { n: values.length, p50, p90, p99 };
  }
  return steps;
}

/** For people; what is not known is left out. */
function factsOf(facts: Facts): { name: string; value: string }[] {
  const gib = facts.memoryBytes > 0 ? `${(facts.memoryBytes / 1024 ** 3).toFixed(1)} GiB` : '';
  return [
    ['Image', facts.imageId],
    ['Type', facts.instanceType],
    ['Zone', facts.availabilityZone],
    ['Address', facts.privateIpv4],
    ['Public address', facts.publicIpv4],
    ['Docker', facts.engineVersion],
    ['Engine id', facts.engineId],
    ['System', [facts.os, facts.kernel, facts.architecture].filter(Boolean).join(', ')],
    ['Machine', [facts.cpus > 0 ? `${facts.cpus} CPUs` : '', gib].filter(Boolean).join(', ')],
    ['Agent', facts.agentVersion],
    ['Bake', facts.bakeId],
    ['Boot', facts.bootId],
  ].flatMap(([name = '', value = '']) => (value === '' ? [] : [{ name, value }]));
}
