import * as fc from 'fast-check';
import { expect } from 'vitest';
import { toParbakeError, type ErrorCode } from '../../proto/errors/errors.ts';
import { defaultLimits } from '../../coordinator/core/limits.ts';
import { isLive, isOver } from '../../coordinator/core/assignment-state.ts';
import type { Assignment } from '../../coordinator/core/model.ts';
import type { OrderState } from '../../coordinator/core/observed.ts';
import type { Tenancy } from '../../coordinator/store/agents.ts';
import type { Store } from '../../coordinator/store/store.ts';
import {
  aCheckIn,
  anObserved,
  anObservedOrder,
  aRequest,
  aRole,
  at,
  someEc2Facts,
} from './store-builders.ts';

/** How a store is opened for a test. */
export interface StoreUnderTest {
  /** The same data each time, until `remove`. */
  open(): Promise<Store>;
  remove(): Promise<void>;
}

const instances = ['i-1', 'i-2', 'i-3'] as const;
const requests = ['r-1', 'r-2', 'r-3', 'r-4'] as const;
const orderStates = [
  'DELIVERED',
  'STARTING',
  'STARTED',
  'SERVING',
  'FAILED',
  'COMPLETED',
  'STOPPED',
] as const;
const errors = ['DOCKER_FAILED: no', 'CONTAINER_EXITED: with code 3'] as const;

/** Something that an agent, a caller or a machine does. */
type Action =
  | { do: 'check in'; instance: string; boot: number }
  | { do: 'open' | 'close'; instance: string }
  | { do: 'prepare'; instance: string; preparation: 'PREPARING' | 'READY' | 'FAILED' }
  | { do: 'carry out'; instance: string; state: OrderState; error: string }
  | { do: 'request' | 'forget' | 'release'; request: string }
  | { do: 'drain' | 'retire' | 'lose' | 'clear quarantine'; instance: string }
  | { do: 'ec2 says'; instance: string; state: 'running' | 'stopped' | 'terminated' | 'unknown' }
  | { do: 'sweep'; after: number }
  | { do: 'claim waiting' | 'restart' };

const instance = fc.constantFrom(...instances);
const request = fc.constantFrom(...requests);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('check in' as const), instance, boot: fc.nat(1) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('open' as const, 'close' as const), instance }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('prepare' as const),
      instance,
      preparation: fc.constantFrom(
        'PREPARING' as const,
        'READY' as const,
        'READY' as const,
        'FAILED' as const,
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('carry out' as const),
      instance,
      state: fc.constantFrom(...orderStates),
      error: fc.constantFrom(...errors),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('request' as const, 'request' as const, 'forget' as const, 'release' as const),
      request,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('claim waiting' as const, 'restart' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('drain' as const, 'retire' as const, 'lose' as const, 'clear quarantine' as const),
      instance,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('ec2 says' as const),
      instance,
      state: fc.constantFrom(
        'running' as const,
        'stopped' as const,
        'terminated' as const,
        'unknown' as const,
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('sweep' as const),
      after: fc.constantFrom(1, 10_000, 700_000, 4_000_000),
    }),
  },
);

/** Carries out random histories; after each step the store is compared with what must hold whatever happened before. */
export async function checkHistories(prepare: () => Promise<StoreUnderTest>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 10, maxLength: 60 }), async (actions) => {
      const place = await prepare();
      const history = new History(await place.open(), place);
      try {
        await history.begin();
        for (const each of actions) await history.step(each);
        await history.end();
      } finally {
        await history.store.close();
        await place.remove();
      }
    }),
    { numRuns: 25 },
  );
}

const allowed = new Set<ErrorCode>([
  ...(['SESSION_UNKNOWN', 'ASSIGNMENT_NOT_FOUND', 'INSTANCE_NOT_FOUND', 'ILLEGAL_TRANSITION'] as const),
  'ASSIGN_BACKOFF',
]);

/** A store, and the little that is remembered beside it to tell whether it is right. */
class History {
  store: Store;
  readonly #place: StoreUnderTest;
  #now = 0;
  readonly #sessions = new Map<string, string>();
  readonly #generations = new Map<string, number>();
  /** Keyed by request id: the assignment that it was answered with, until it is forgotten. */
  readonly #answered = new Map<string, string>();
  readonly #over = new Set<string>();
  readonly #hadUser = new Set<string>();
  #newestEvent = 0;

  constructor(store: Store, place: StoreUnderTest) {
    this.store = store;
    this.#place = place;
  }

  async begin(): Promise<void> {
    await this.store.applyRoles([aRole('web')]);
  }

  async step(action: Action): Promise<void> {
    this.#now += 1;
    const before = await this.#tenancies();
    try {
      const claimed = await this.#do(action);
      this.#checkClaims(claimed, before, action);
    } catch (cause) {
      // An agent or a caller may ask for what cannot be; the store says so and keeps nothing of it.
      const { code } = toParbakeError(cause);
      if (!allowed.has(code)) throw cause;
    }
    await this.#check();
  }

  /** @returns what was claimed */
  async #do(action: Action): Promise<readonly Tenancy[]> {
    const [store, now] = [this.store, this.#now];
    switch (action.do) {
      case 'check in': {
        const session = `session-${now}`;
        const facts = { bootId: `boot-${action.boot}` };
        await store.admit(aCheckIn(action.instance, { facts }), session, at(now));
        this.#sessions.set(action.instance, session);
        return [];
      }
      case 'open':
        return (await store.openSession(action.instance, this.#sessions.get(action.instance) ?? '', at(now)))
          .claimed;
      case 'close':
        await store.closeSession(action.instance, this.#sessions.get(action.instance) ?? '', now, at(now));
        return [];
      case 'prepare': {
        const observed = anObserved({ preparation: action.preparation });
        return (await store.observe(action.instance, observed, at(now)))?.claimed ?? [];
      }
      case 'carry out': {
        const assignment = (await store.instance(action.instance))?.assignment;
        if (assignment === undefined) return [];
        this.#hadUser.add(action.instance);
        const order = anObservedOrder(assignment.assignmentId, {
          state: action.state,
          error: action.error,
        });
        return (await store.observe(action.instance, anObserved({ order }), at(now)))?.claimed ?? [];
      }
      case 'request':
        return await this.#request(action.request);
      case 'forget': {
        const forgotten = await store.forget(this.#answered.get(action.request) ?? '', at(now));
        if (forgotten !== undefined) this.#answered.delete(action.request);
        return [];
      }
      case 'drain':
        return (await store.drain(action.instance, at(now))).claimed;
      case 'retire':
      case 'lose':
        return (await store.retire(action.instance, action.do === 'lose', at(now))).claimed;
      case 'clear quarantine':
        return (await store.clearQuarantine(action.instance, at(now))).claimed;
      case 'ec2 says': {
        const facts = action.state === 'unknown' ? undefined : someEc2Facts(action.state);
        return (await store.ec2Says(action.instance, facts, at(now)))?.claimed ?? [];
      }
      case 'sweep':
        this.#now += action.after;
        return (await store.sweep(defaultLimits, 0, at(this.#now))).claimed;
      case 'release':
        await store.release({ assignmentId: this.#answered.get(action.request) ?? '' }, at(now));
        return [];
      case 'claim waiting':
        return await store.claimWaiting(at(now));
      case 'restart':
        await this.#restart();
        return [];
    }
  }

  async #request(requestId: string): Promise<readonly Tenancy[]> {
    const request = aRequest(`as-${this.#now}`, { requestId, received: at(this.#now) });
    const { assignment, replayed, claimed } = await this.store.request(request);
    const known = this.#answered.get(requestId);
    if (known !== undefined)
      expect([replayed, assignment.assignmentId], 'one id has one answer').toEqual([true, known]);
    this.#answered.set(requestId, assignment.assignmentId);
    return claimed === undefined ? [] : [claimed];
  }

  /** Nothing waits for ever: with every agent gone and everything released, all assignments end. */
  async end(): Promise<void> {
    for (const [instanceId, session] of this.#sessions)
      await this.store.closeSession(instanceId, session, this.#now, at(this.#now));
    for (const assignmentId of this.#answered.values())
      if ((await this.store.assignment(assignmentId)) !== undefined)
        await this.store.release({ assignmentId }, at(this.#now));
    for (let round = 0; round < 3; round++) {
      this.#now += 10 * defaultLimits.quarantine;
      await this.store.sweep(defaultLimits, 0, at(this.#now));
    }
    const left = await this.store.assignments({ liveOnly: true, limit: 1_000 });
    expect(left, 'every assignment ends').toEqual([]);
    const states = (await this.#tenancies()).map(({ instance }) => instance.state);
    for (const state of ['ASSIGNED', 'DRAINING', 'QUARANTINED']) expect(states).not.toContain(state);
    for (const { instance } of await this.#tenancies())
      await this.store.ec2Says(instance.instanceId, someEc2Facts('terminated'), at(this.#now));
    const machines = (await this.#tenancies()).map(({ instance }) => instance.state);
    for (const state of machines) expect(state, 'no instance stays behind').toBe('TERMINATED');
  }

  async #restart(): Promise<void> {
    await this.store.close();
    this.store = await this.#place.open();
    for (const [requestId, assignmentId] of this.#answered)
      if ((await this.store.assignment(assignmentId)) === undefined) this.#answered.delete(requestId);
  }

  #checkClaims(claimed: readonly Tenancy[], before: readonly Tenancy[], action: Action): void {
    for (const { instance, assignment } of claimed) {
      expect(assignment?.state, 'a claim says for what').toBe('CLAIMED');
      const known = before.find((one) => one.instance.instanceId === instance.instanceId)?.instance;
      const becomesReady = action.do === 'open' || action.do === 'prepare';
      if (becomesReady && action.instance === instance.instanceId) continue;
      expect(known, 'only what is READY and connected is taken').toMatchObject({
        state: 'READY',
        connected: true,
      });
    }
  }

  async #check(): Promise<void> {
    const tenancies = await this.#tenancies();
    const assignments = await this.store.assignments({ liveOnly: false, limit: 1_000 });
    for (const { instance, assignment } of tenancies) {
      const { instanceId, state, generation } = instance;
      expect(generation, 'generations never go back').toBeGreaterThanOrEqual(
        this.#generations.get(instanceId) ?? 0,
      );
      this.#generations.set(instanceId, generation);
      if (this.#hadUser.has(instanceId)) expect(['READY', 'PREPARING', 'CHECKED_IN']).not.toContain(state);
      const isTaken = state === 'ASSIGNED' || state === 'DRAINING';
      expect(isTaken && assignment === undefined, 'an instance has an assignment while it is taken').toBe(
        false,
      );
      if (assignment !== undefined) expect(['ASSIGNED', 'DRAINING', 'RELEASING']).toContain(state);
    }
    this.#checkAssignments(assignments, tenancies);
    await this.#checkEvents(tenancies, assignments);
  }

  #checkAssignments(assignments: readonly Assignment[], tenancies: readonly Tenancy[]): void {
    const live = assignments.filter(({ state }) => isLive(state));
    expect(new Set(live.map(({ instanceId }) => instanceId)).size, 'nobody shares an instance').toBe(
      live.length,
    );
    for (const { assignmentId, state } of assignments) {
      if (this.#over.has(assignmentId)) expect(isOver(state), 'what is over stays over').toBe(true);
      if (isOver(state)) this.#over.add(assignmentId);
    }
    const isWaiting = assignments.some(({ state }) => state === 'PENDING');
    const isFree = tenancies.some(({ instance }) => instance.state === 'READY' && instance.connected);
    expect(isWaiting && isFree, 'nobody waits while an instance is free').toBe(false);
  }

  async #checkEvents(tenancies: readonly Tenancy[], assignments: readonly Assignment[]): Promise<void> {
    const { events, newest } = await this.store.events(0, 100_000);
    expect(newest).toBeGreaterThanOrEqual(this.#newestEvent);
    this.#newestEvent = newest;
    for (const { instance } of tenancies) {
      const last = events.findLast(
        ({ instanceId, assignmentId }) => instanceId === instance.instanceId && assignmentId === '',
      );
      expect(last?.state, 'each state was written down').toBe(instance.state);
    }
    for (const { assignmentId, state } of assignments)
      if (state !== 'PENDING')
        expect(events.findLast((event) => event.assignmentId === assignmentId)?.state).toBe(state);
  }

  async #tenancies(): Promise<Tenancy[]> {
    return await this.store.instances({ limit: 1_000 });
  }
}
