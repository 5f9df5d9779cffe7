import { ParbakeError } from '../../proto/errors/errors.ts';
import { defined } from '../../proto/errors/defined.ts';
import { assignmentStates, type AssignmentState } from '../core/assignment-state.ts';
import { slowestStep, waitOf } from '../insight/wait.ts';
import type { FleetView } from '../fleet/view.ts';
import type { RequestUseCases } from '../store/requests.ts';
import type { TelemetryUseCases } from '../store/telemetry.ts';
import type { UsageUseCases } from '../store/usage.ts';
import type {
  AssignmentPage,
  EventsDocument,
  SearchDocument,
  SlowDocument,
  SlowRow,
  UserPage,
} from './documents.ts';
import { instanceRow } from './instance-row.ts';
import { assignmentRow } from './shown-assignment.ts';
import type { UsualWaits } from './usual.ts';

/** Rows on one page. */
const pageSize = 100;
/** Rows of each kind that a search lists. */
const maxFound = 20;
/** How many assignments the slowest ones are looked for among. */
const lastAssignments = 1000;
const maxSlow = 50;
/** The furthest page of events: reading it means passing over those that are newer. */
const maxEventPage = 50;
/** Days that a user's figures cover. */
const usageDays = 7;
const dayMs = 86_400_000;

interface ListSources {
  fleet: Pick<FleetView, 'instances'>;
  store: Pick<RequestUseCases, 'assignments'> &
    Pick<TelemetryUseCases, 'events' | 'beforeLastEvents'> &
    UsageUseCases;
  usual: UsualWaits;
}

/** The page's lists beside that of instances. */
export class PageLists {
  readonly #fleet: ListSources['fleet'];
  readonly #store: ListSources['store'];
  readonly #usual: UsualWaits;

  constructor({ fleet, store, usual }: ListSources) {
    this.#fleet = fleet;
    this.#store = store;
    this.#usual = usual;
  }

  /** Newest first. @throws ParbakeError REQUEST_INVALID */
  async assignments(query: URLSearchParams): Promise<AssignmentPage> {
    const state = query.get('state') ?? '';
    if (state !== '' && !assignmentStates.includes(state as AssignmentState))
      throw new ParbakeError(
        'REQUEST_INVALID',
        `state is "${state}", not one of ${assignmentStates.join(', ')}`,
      );
    const text = (name: string): string => query.get(name) ?? '';
    const [, createTime, assignmentId = ''] = /^(\d{1,16})\.(.{1,200})$/.exec(text('after')) ?? [];
    const found = await this.#store.assignments({
      user: text('user'),
      role: text('role'),
      environment: text('environment'),
      instanceId: text('instance'),
      find: text('find'),
      liveOnly: text('live') === 'true',
      limit: pageSize + 1,
      ...(state === '' ? {} : { state: state as AssignmentState }),
      ...(createTime === undefined ? {} : { before: { createTime: Number(createTime), assignmentId } }),
    });
    const shown = found.slice(0, pageSize);
    const last = found.length > pageSize ? shown.at(-1) : undefined;
    return {
      assignments: shown.map(assignmentRow),
      next: last === undefined ? '' : `${last.createTime}.${last.assignmentId}`,
    };
  }

  /** Who had instances in the last days, by name. */
  async users(query: URLSearchParams, now: number): Promise<UserPage> {
    const after = query.get('after') ?? '';
    const from = now - usageDays * dayMs;
    const wanted = { by: 'USER', from, limit: pageSize + 1, ...(after === '' ? {} : { after }) } as const;
    const found = await this.#store.usage(wanted, now);
    const users = found
      .slice(0, pageSize)
      .map(({ key, sampledMs: _sampled, ...used }) => ({ user: key, ...used }));
    return { days: usageDays, users, next: found.length > pageSize ? (users.at(-1)?.user ?? '') : '' };
  }

  /** Whose callers waited longest, of the last assignments. */
  async slowest(query: URLSearchParams, now: number): Promise<SlowDocument> {
    const role = query.get('role') ?? '';
    const last = await this.#store.assignments({ role, liveOnly: false, limit: lastAssignments });
    const waits = last.flatMap((assignment) => {
      const { timings, attempts } = assignment;
      const wait = timings.ready === undefined ? undefined : waitOf(timings, attempts.length);
      return wait === undefined ? [] : [{ assignment, wait }];
    });
    const slowest = waits.sort((a, b) => b.wait.totalMs - a.wait.totalMs).slice(0, maxSlow);
    const assignments = await Promise.all(
      slowest.map(async ({ assignment, wait }): Promise<SlowRow> => {
        const usual = await this.#usual.of(assignment.role, now);
        const slow =
          usual === undefined || wait.totalMs <= usual.totalMs ? undefined : slowestStep(wait, usual);
        const row = { ...assignmentRow(assignment), waitMs: wait.totalMs };
        return { ...row, ...defined({ usualMs: usual?.totalMs, slowest: slow }) };
      }),
    );
    return { n: waits.length, assignments };
  }

  /** Newest first. @throws ParbakeError REQUEST_INVALID */
  async events(query: URLSearchParams): Promise<EventsDocument> {
    const page = Number(query.get('page') ?? '1');
    if (!Number.isInteger(page) || page < 1 || page > maxEventPage)
      throw new ParbakeError('REQUEST_INVALID', `page is not a whole number from 1 to ${maxEventPage}`);
    const [instanceId, assignmentId] = [query.get('instance') ?? '', query.get('assignment') ?? ''];
    const filter = { instanceId, assignmentId };
    const after = await this.#store.beforeLastEvents(filter, page * pageSize + 1);
    const { events } = await this.#store.events(after, page * pageSize + 1, filter);
    const from = events.length - page * pageSize;
    const shown = events.slice(Math.max(0, from), Math.max(0, from + pageSize));
    return { events: shown.toReversed(), hasMore: from > 0 && page < maxEventPage };
  }

  /** What has a part of a text in its id, user or environment. */
  async search(query: URLSearchParams): Promise<SearchDocument> {
    const find = (query.get('q') ?? '').trim();
    if (find === '') return { instances: [], assignments: [], hasMore: false };
    const [instances, assignments] = await Promise.all([
      this.#fleet.instances({ find, limit: maxFound + 1 }),
      this.#store.assignments({ find, liveOnly: false, limit: maxFound + 1 }),
    ]);
    return {
      instances: instances.slice(0, maxFound).map(instanceRow),
      assignments: assignments.slice(0, maxFound).map(assignmentRow),
      hasMore: instances.length > maxFound || assignments.length > maxFound,
    };
  }
}
