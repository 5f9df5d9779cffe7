import { ParbakeError } from '../../proto/errors/errors.ts';
import type { InstanceState } from '../core/instance-state.ts';
import type { Assignment, Facts, Instance, Timings } from '../core/model.ts';
import { thinned } from '../core/sample.ts';
import { compareTimelines, onClock, percentile } from '../insight/timeline.ts';
import { clockText } from '../insight/format.ts';
import { poolsOf } from '../fleet/pools.ts';
import type { Dispatcher } from '../fleet/dispatcher.ts';
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

/** Instances of one page. */
const pageSize = 100;
/** Of these the percentiles are. */
const lastAssignments = 1000;
/** Points of a chart: more than a screen has columns is not seen. */
const mostSamples = 600;
const mostEvents = 500;
/** Milliseconds. */
const fleetAge = 500;

const states: readonly InstanceState[] = [
  'EXPECTED',
  'CHECKED_IN',
  'PREPARING',
  'READY',
  'ASSIGNED',
  'RELEASING',
  'TERMINATED',
  'DRAINING',
  'QUARANTINED',
  'FAILED',
];

/** What the page asks. Each reads the store once and changes nothing. */
export class PageApi {
  readonly #dispatcher: Dispatcher;
  #fleet: FleetDocument | undefined;

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** Counted again after a while: it takes milliseconds, and every page that is open asks at every change. */
  fleet(now: number): FleetDocument {
    if (this.#fleet === undefined || now - this.#fleet.at >= fleetAge || now < this.#fleet.at)
      this.#fleet = this.#countFleet(now);
    return this.#fleet;
  }

  #countFleet(now: number): FleetDocument {
    const { store, sessions } = this.#dispatcher;
    const assignments = store.assignments.list({ liveOnly: false, limit: lastAssignments });
    const byRole = Map.groupBy(assignments, ({ role }) => role);
    const { states: counts } = store.instances.counts();
    const summaries = poolsOf(store).map((pool): RoleSummary => {
      const { name, readyInstances: ready, preparing, assigned, failed, waiting } = pool;
      return { name, ready, preparing, assigned, failed, waiting, steps: stepsOf(byRole.get(name) ?? []) };
    });
    return { at: now, states: counts, connected: sessions.size, roles: summaries };
  }

  /** @throws ParbakeError REQUEST_INVALID */
  instances(query: URLSearchParams): InstancePage {
    const state = query.get('state') ?? '';
    if (state !== '' && !states.includes(state as InstanceState))
      throw new ParbakeError('REQUEST_INVALID', `state is "${state}", not one of ${states.join(', ')}`);
    const found = this.#dispatcher.store.instances.list({
      role: query.get('role') ?? '',
      after: query.get('after') ?? '',
      find: query.get('find') ?? '',
      ...(state === '' ? {} : { state: state as InstanceState }),
      limit: pageSize,
    });
    return {
      instances: found.map((instance) => this.#row(instance)),
      next: found.length < pageSize ? '' : (found.at(-1)?.instanceId ?? ''),
    };
  }

  /** @throws ParbakeError INSTANCE_NOT_FOUND */
  instance(instanceId: string): InstanceDocument {
    const { store, sessions } = this.#dispatcher;
    const instance = this.#known(instanceId);
    const assignment = store.assignments.of(instanceId);
    const timeline = store.reports.timeline(instanceId);
    const { clock } = instance;
    const { offsetMs = 0 } = clock ?? {};
    const spans = timeline.spans.map((body) => JSON.parse(body) as PageSpan);
    const samples = thinned(store.samples.query({ instanceId }), mostSamples);
    const told = clock === undefined ? [] : [{ name: 'Clock', value: clockText(clock) }];
    return {
      instance: {
        ...this.#row(instance),
        facts: [...factsOf(instance.facts), ...told],
        lastSeenTime: sessions.get(instanceId)?.lastSeenTime ?? instance.lastSeenTime,
        generation: instance.generation,
        observedGeneration: instance.observedGeneration,
      },
      assignment: assignment === undefined ? null : shown(assignment),
      endpoints: assignment?.endpoints ?? [],
      // Beside the history, which is on our clock.
      spans: onClock(spans, offsetMs),
      pulls: timeline.pulls.map((body) => JSON.parse(body) as PagePull),
      starts: timeline.starts.map((body) => JSON.parse(body) as PageStart),
      samples: samples.map((sample) => ({ ...sample, startMs: sample.startMs + offsetMs })),
      events: store.events.list(instanceId, 0, mostEvents),
    };
  }

  /** @throws ParbakeError REQUEST_INVALID, INSTANCE_NOT_FOUND */
  compare(query: URLSearchParams): CompareDocument {
    const [a, b] = [query.get('a') ?? '', query.get('b') ?? ''];
    if (a === '' || b === '') throw new ParbakeError('REQUEST_INVALID', 'a and b are two instances');
    const spansOf = (instanceId: string): PageSpan[] => {
      this.#known(instanceId);
      const { spans } = this.#dispatcher.store.reports.timeline(instanceId);
      return spans.map((body) => JSON.parse(body) as PageSpan);
    };
    return { a, b, steps: compareTimelines(spansOf(a), spansOf(b)) };
  }

  #known(instanceId: string): Instance {
    const instance = this.#dispatcher.store.instances.get(instanceId);
    if (instance === undefined)
      throw new ParbakeError('INSTANCE_NOT_FOUND', `there is no instance ${instanceId}`);
    return instance;
  }

  #row(instance: Instance): InstanceRow {
    const { instanceId, state, stateReason, facts, roles, checkInTime, ec2 } = instance;
    const { store, sessions } = this.#dispatcher;
    return {
      instanceId,
      state,
      stateReason,
      connected: sessions.has(instanceId),
      roles,
      user: store.assignments.of(instanceId)?.user ?? '',
      imageId: facts.imageId || (ec2?.imageId ?? ''),
      instanceType: facts.instanceType || (ec2?.instanceType ?? ''),
      zone: facts.availabilityZone || (ec2?.availabilityZone ?? ''),
      checkInTime,
    };
  }
}

function shown({ assignmentId, user, role, environment, state, timings }: Assignment) {
  return { assignmentId, user, role, environment, state, timings };
}

function stepsOf(assignments: readonly Assignment[]): Partial<Record<keyof Timings, Percentiles>> {
  const steps: Partial<Record<keyof Timings, Percentiles>> = {};
  for (const step of ['claimed', 'delivered', 'started', 'ready'] as const) {
    const values = assignments.flatMap(({ timings }) => timings[step] ?? []);
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
