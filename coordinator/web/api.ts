import { defined } from '../../proto/errors/defined.ts';
import { assignmentNotFound, instanceNotFound } from '../core/not-found.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { instanceStates as states, type InstanceState } from '../core/instance-state.ts';
import type { Assignment, Timings } from '../core/model.ts';
import { thinned } from '../core/sample.ts';
import { compareTimelines, onClock, percentile } from '../insight/timeline.ts';
import { clockText } from '../insight/format.ts';
import type { FleetView } from '../fleet/view.ts';
import type { Tenancy } from '../store/agents.ts';
import { instanceOrders, type InstanceOrder } from '../store/fleet.ts';
import type { AssignmentTimes, RequestUseCases } from '../store/requests.ts';
import type { TelemetryUseCases } from '../store/telemetry.ts';
import type { UsageUseCases } from '../store/usage.ts';
import type {
  AssignmentDocument,
  CompareDocument,
  FleetDocument,
  InstanceDocument,
  InstancePage,
  PagePull,
  PageSpan,
  PageStart,
  Percentiles,
  RoleSummary,
  ShownAssignment,
} from './documents.ts';
import { factsOf, instanceRow } from './instance-row.ts';
import { PageLists } from './lists.ts';
import { shownAssignment } from './shown-assignment.ts';
import { UsualWaits } from './usual.ts';

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
  store: Pick<RequestUseCases, 'assignment' | 'assignments' | 'recentTimes'> &
    Pick<TelemetryUseCases, 'timeline' | 'samples' | 'events' | 'beforeLastEvents'> &
    UsageUseCases;
}

/** Answers the page's requests. It changes nothing. */
export class PageApi {
  readonly lists: PageLists;
  readonly #usual: UsualWaits;
  readonly #fleet: FleetView;
  readonly #store: PageSources['store'];
  #counted: { at: number; document: Promise<FleetDocument> } | undefined;

  constructor({ fleet, store }: PageSources) {
    this.#fleet = fleet;
    this.#store = store;
    this.#usual = new UsualWaits(store);
    this.lists = new PageLists({ fleet, store, usual: this.#usual });
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
      this.#store.recentTimes(lastAssignments),
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
    const order = query.get('order') ?? 'ID';
    if (!instanceOrders.includes(order as InstanceOrder))
      throw new ParbakeError(
        'REQUEST_INVALID',
        `order is "${order}", not one of ${instanceOrders.join(', ')}`,
      );
    const found = await this.#fleet.instances({
      role: query.get('role') ?? '',
      after: query.get('after') ?? '',
      find: query.get('find') ?? '',
      order: order as InstanceOrder,
      ...(state === '' ? {} : { state: state as InstanceState }),
      limit: pageSize + 1,
    });
    const shown = found.slice(0, pageSize);
    return {
      instances: shown.map(instanceRow),
      next: found.length > pageSize ? (shown.at(-1)?.instance.instanceId ?? '') : '',
    };
  }

  /** @throws ParbakeError INSTANCE_NOT_FOUND */
  async instance(instanceId: string, now: number): Promise<InstanceDocument> {
    const tenancy = await this.#known(instanceId);
    const { instance, assignment = tenancy.last } = tenancy;
    const [timeline, sampled, { events }] = await Promise.all([
      this.#store.timeline(instanceId),
      this.#store.samples({ instanceId }),
      this.#store.events(0, maxEvents, { instanceId }),
    ]);
    const { clock } = instance;
    const { offsetMs = 0 } = clock ?? {};
    const spans = timeline.spans.map((body) => JSON.parse(body) as PageSpan);
    // The history is on our clock, so these are moved to it.
    const ours = onClock(spans, offsetMs);
    const samples = thinned(sampled, maxSamples);
    const told = clock === undefined ? [] : [{ name: 'Clock', value: clockText(clock) }];
    return {
      instance: {
        ...instanceRow(tenancy),
        facts: [...factsOf(instance.facts), ...told],
        lastSeenTime: instance.lastSeenTime,
        generation: instance.generation,
        observedGeneration: instance.observedGeneration,
        ...defined({ clock }),
      },
      assignment: assignment === undefined ? null : await this.#shown(assignment, ours, now),
      spans: ours,
      pulls: timeline.pulls.map((body) => JSON.parse(body) as PagePull),
      starts: timeline.starts.map((body) => JSON.parse(body) as PageStart),
      samples: samples.map((sample) => ({ ...sample, startMs: sample.startMs + offsetMs })),
      events,
    };
  }

  /** @throws ParbakeError ASSIGNMENT_NOT_FOUND */
  async assignment(assignmentId: string, now: number): Promise<AssignmentDocument> {
    const assignment = await this.#store.assignment(assignmentId);
    if (assignment === undefined) throw assignmentNotFound(assignmentId);
    const { instanceId } = assignment;
    const [timeline, tenancy, { events }] = await Promise.all([
      instanceId === '' ? undefined : this.#store.timeline(instanceId),
      instanceId === '' ? undefined : this.#fleet.instance(instanceId),
      this.#store.events(0, maxEvents, { assignmentId }),
    ]);
    const { offsetMs = 0 } = tenancy?.instance.clock ?? {};
    const spans = (timeline?.spans ?? []).map((body) => JSON.parse(body) as PageSpan);
    return { assignment: await this.#shown(assignment, onClock(spans, offsetMs), now), events };
  }

  async #shown(assignment: Assignment, spans: readonly PageSpan[], now: number): Promise<ShownAssignment> {
    const { assignmentId, role } = assignment;
    const own = spans.filter((span) => span.assignmentId === assignmentId);
    return shownAssignment(assignment, own, await this.#usual.of(role, now), now);
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

/** All steps are of the same assignments, those that served on their first instance, so that they can be compared. */
function stepsOf(assignments: readonly AssignmentTimes[]): Partial<Record<keyof Timings, Percentiles>> {
  const served = assignments.flatMap(({ attempts, timings }) => {
    const { queued = 0, ready, claimed = 0 } = timings;
    if (ready === undefined || attempts > 1) return [];
    // An agent that tells of several steps at once has told of the earlier ones with the last one.
    const { started = ready } = timings;
    const { delivered = started } = timings;
    const steps = { claimed, delivered, started, ready };
    return [Object.fromEntries(Object.entries(steps).map(([step, ms]) => [step, Math.max(0, ms - queued)]))];
  });
  if (served.length === 0) return {};
  const spread = (step: keyof Timings): Percentiles => {
    const values = served.map((steps) => steps[step] ?? 0);
    return { n: values.length, ...spreadOf(values) };
  };
  return {
    claimed: spread('claimed'),
    delivered: spread('delivered'),
    started: spread('started'),
    ready: spread('ready'),
  };
}

/** @param values at least one */
function spreadOf(values: readonly number[]): Omit<Percentiles, 'n'> {
  return { p50: percentile(values, 0.5), p90: percentile(values, 0.9), p99: percentile(values, 0.99) };
}
