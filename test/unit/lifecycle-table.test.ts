import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultLimits } from '../../coordinator/core/limits.ts';
import type { OnLoss } from '../../coordinator/core/model.ts';
import type { OrderState } from '../../coordinator/core/observed.ts';
import type { UseCases } from '../../coordinator/store/store.ts';
import { commandsOf, recover } from '../../coordinator/store/sql/commands.ts';
import { SqliteDatabase } from '../../coordinator/store/sqlite/database.ts';
import { migrations } from '../../coordinator/store/sqlite/migrations.ts';
import { toParbakeError } from '../../proto/errors/errors.ts';
import {
  aCheckIn,
  anObserved,
  anObservedOrder,
  anOffer,
  aRequest,
  aRole,
  at,
  someEc2Facts,
} from '../support/store-builders.ts';

/** Every cell of the table of ARCHITECTURE.md: what each event does to an assignment and its instance in each state. */
let database: SqliteDatabase;
/** The store's own commands, without its threads: there are a hundred cells. */
let store: UseCases;

beforeEach(() => {
  database = SqliteDatabase.writer(':memory:', migrations);
  store = commandsOf(database, () => 2);
});

afterEach(async () => await database.close());

const states = ['PENDING', 'CLAIMED', 'DELIVERED', 'STARTING', 'SERVING', 'RELEASING', 'RELEASED'] as const;
type State = (typeof states)[number];

const ttlMs = 3_600_000;
/** After which everything that has a limit is over it, but for the ttl. */
const afterLimits = 700_000;

/** It checks in, connects and is READY. */
const enter = async (instanceId: string, onLoss: OnLoss): Promise<void> => {
  const roles = [anOffer('web', { onLoss })];
  await store.admit(aCheckIn(instanceId, { roles }), `session-${instanceId}`, at(1));
  await store.openSession(instanceId, `session-${instanceId}`, at(1));
  await store.observe(instanceId, anObserved({ roles }), at(1));
};
const observe = async (state: OrderState, error = ''): Promise<void> => {
  const order = anObservedOrder('as-1', { state, error });
  const roles = (await store.instance('i-1'))?.instance.roles ?? [];
  await store.observe('i-1', anObserved({ order, roles }), at(10));
};

/** An assignment in this state on i-1, and i-2 in the pool. */
async function reach(state: State, onLoss: OnLoss): Promise<void> {
  await store.applyRoles([aRole('web', { onLoss })]);
  if (state !== 'PENDING') await enter('i-1', onLoss);
  await store.request(aRequest('as-1', { ttlMs, received: at(2) }));
  if (state === 'PENDING') return;
  await enter('i-2', onLoss);
  if (state === 'DELIVERED' || state === 'STARTING') await observe(state);
  if (state === 'SERVING' || state === 'RELEASING' || state === 'RELEASED') await observe('SERVING');
  if (state === 'RELEASING' || state === 'RELEASED') await store.release({ assignmentId: 'as-1' }, at(3));
  if (state === 'RELEASED') await observe('STOPPED');
}

const silent = async (): Promise<boolean> => await store.closeSession('i-1', 'session-i-1', 20, at(20));
const sweep = (steady: number, now = steady) => store.sweep(defaultLimits, 0, { now, steady });
const twoHours = 7_200_000;

/** What can happen to it. */
const events = {
  'the containers exit with 0': () => observe('COMPLETED'),
  'a fault of the user': () => observe('FAILED', 'CONTAINER_EXITED: app exited with code 3'),
  'a fault of the machine': () => observe('FAILED', 'DOCKER_FAILED: no'),
  'its agent falls silent': async () => {
    await silent();
    // Longer than any limit for an agent that is silent.
    await sweep(100_000);
  },
  'EC2 says that the machine is terminated': async () => {
    await silent();
    await store.ec2Says('i-1', someEc2Facts('terminated'), at(30));
  },
  'an operator says that it is lost': async () => {
    await silent();
    await store.retire('i-1', true, at(30));
  },
  'the coordinator is restarted': () => recover(database),
  'its caller goes': async () => await store.forget('as-1', at(30)),
  'its ttl is over': () => sweep(2 + ttlMs),
  'it is released': async () => await store.release({ assignmentId: 'as-1' }, at(30)),
  'nothing happens for longer than it may': () => sweep(afterLimits),
  'the clock jumps two hours ahead': () => sweep(100, 100 + twoHours),
  'the clock jumps two hours back': () => sweep(100, 100 - twoHours),
};
type Event = keyof typeof events;

/** @returns such as `PENDING`, or `SERVING on i-1; i-1 ASSIGNED, i-2 READY` */
async function outcome(): Promise<string> {
  const found = await store.assignment('as-1');
  const instances = await store.instances({ limit: 10 });
  const on = found?.instanceId ? ` on ${found.instanceId}` : '';
  const said = instances.map(({ instance }) => `${instance.instanceId} ${instance.state}`).join(', ');
  return `${found?.state ?? 'forgotten'}${on}${said === '' ? '' : `; ${said}`}`;
}

async function after(state: State, event: Event, onLoss: OnLoss = 'FAIL'): Promise<string> {
  await reach(state, onLoss);
  try {
    await database.transaction<unknown>(() => events[event]());
  } catch (cause) {
    // An operator's word that cannot be so is refused.
    if (!['INSTANCE_NOT_FOUND', 'ILLEGAL_TRANSITION'].includes(toParbakeError(cause).code)) throw cause;
  }
  return await outcome();
}

/** What each state is before anything happens. */
const unchanged: Record<State, string> = {
  PENDING: 'PENDING',
  CLAIMED: 'CLAIMED on i-1; i-1 ASSIGNED, i-2 READY',
  DELIVERED: 'DELIVERED on i-1; i-1 ASSIGNED, i-2 READY',
  STARTING: 'STARTING on i-1; i-1 ASSIGNED, i-2 READY',
  SERVING: 'SERVING on i-1; i-1 ASSIGNED, i-2 READY',
  RELEASING: 'RELEASING on i-1; i-1 RELEASING, i-2 READY',
  RELEASED: 'RELEASED on i-1; i-1 RETIRED, i-2 READY',
};
/** i-1 becomes this, and the assignment goes on with i-2. */
const moved = (state: string): string => `CLAIMED on i-2; i-1 ${state}, i-2 ASSIGNED`;
const ended = (assignment: string, instance: string): string =>
  `${assignment} on i-1; i-1 ${instance}, i-2 READY`;
const gone = (state: string): Partial<Record<State, string>> => ({
  CLAIMED: moved(state),
  DELIVERED: moved(state),
  STARTING: moved(state),
  SERVING: ended('FAILED', state),
});
const over = (assignment: string): Partial<Record<State, string>> =>
  Object.fromEntries(
    (['CLAIMED', 'DELIVERED', 'STARTING', 'SERVING'] as const).map((state) => [
      state,
      ended(assignment, 'RELEASING'),
    ]),
  );
const givenUp = { RELEASING: ended('RELEASED', 'RETIRED') };

/** What follows where something does. */
const table: Record<Event, Partial<Record<State, string>>> = {
  'the containers exit with 0': over('COMPLETED'),
  'a fault of the user': over('FAILED'),
  'a fault of the machine': gone('QUARANTINED'),
  'its agent falls silent': {
    // It may still get the order: it is told to stop, and waits outside of its pool.
    CLAIMED: moved('RELEASING'),
    DELIVERED: moved('QUARANTINED'),
    STARTING: moved('QUARANTINED'),
    ...givenUp,
  },
  'EC2 says that the machine is terminated': {
    ...gone('TERMINATED'),
    RELEASING: ended('RELEASED', 'TERMINATED'),
    RELEASED: ended('RELEASED', 'TERMINATED'),
  },
  'an operator says that it is lost': { ...gone('LOST'), ...givenUp },
  'the coordinator is restarted': { PENDING: 'forgotten' },
  'its caller goes': { PENDING: 'forgotten' },
  'its ttl is over': { PENDING: 'EXPIRED', ...over('EXPIRED'), ...givenUp },
  'it is released': { PENDING: 'RELEASED', ...over('RELEASING') },
  'nothing happens for longer than it may': {
    CLAIMED: moved('RELEASING'),
    DELIVERED: moved('QUARANTINED'),
    STARTING: moved('QUARANTINED'),
    ...givenUp,
  },
  'the clock jumps two hours ahead': {},
  'the clock jumps two hours back': {},
};

describe.each(Object.keys(table) as Event[])('%s', (event) => {
  test.each(states)('while it is %s', async (state) => {
    expect(await after(state, event)).toBe(table[event][state] ?? unchanged[state]);
  });
});

test.each([
  ['a fault of the machine', moved('QUARANTINED')],
  ['EC2 says that the machine is terminated', moved('TERMINATED')],
  ['an operator says that it is lost', moved('LOST')],
  ['its agent falls silent', unchanged.SERVING],
] as const)('with on_loss replace, while it is SERVING: %s', async (event, expected) => {
  expect(await after('SERVING', event, 'REPLACE')).toBe(expected);
});

test('a lease of ten years is kept, and one that is over cannot be extended', async () => {
  await enter('i-1', 'FAIL');
  const tenYears = 3_650 * 86_400_000;
  await store.request(aRequest('as-1', { ttlMs: tenYears, received: at(2) }));
  await observe('SERVING');
  await sweep(tenYears);
  expect(await outcome()).toBe('SERVING on i-1; i-1 ASSIGNED');
  expect((await store.extend({ assignmentId: 'as-1' }, ttlMs, at(tenYears))).expireTime).toBe(
    tenYears + ttlMs,
  );
  await sweep(tenYears + ttlMs);
  const late = store.extend({ assignmentId: 'as-1' }, ttlMs, at(tenYears + ttlMs));
  await expect(late).rejects.toThrow('EXPIRED');
  expect((await store.assignment('as-1'))?.state).toBe('EXPIRED');
});

test('of 1,000 instances that fall silent at once none is given up, and all are ready once they are back', async () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => `i-${String(index).padStart(4, '0')}`);
  for (const id of ids) await enter(id, 'FAIL');
  await store.request(aRequest('as-1', { received: at(2) }));
  const serving = (await store.assignment('as-1'))?.instanceId ?? '';
  for (const id of ids) await store.closeSession(id, `session-${id}`, 100_000, at(100_000));
  const { steps, massSilence } = await sweep(130_000);
  expect({ steps, massSilence }).toEqual({ steps: [], massSilence: ['web'] });
  expect(await store.counts()).toMatchObject({ states: { READY: 0, LOST: 0, ASSIGNED: 1 }, silent: 1_000 });
  for (const id of ids.slice(0, 3))
    expect(await store.ec2Says(id, someEc2Facts('stopped'), at(140_000))).toBeUndefined();
  for (const id of ids) await store.openSession(id, `session-${id}`, at(150_000));
  expect(await store.counts()).toMatchObject({ states: { READY: 999, ASSIGNED: 1 }, silent: 0 });
  expect((await store.assignment('as-1'))?.instanceId).toBe(serving);
});
