import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ParbakeError, type ErrorCode } from '../../proto/errors/errors.ts';
import type { Sample } from '../../coordinator/core/sample.ts';
import type { NewRequest } from '../../coordinator/store/requests.ts';
import type { Store } from '../../coordinator/store/store.ts';
import type { UsageFilter } from '../../coordinator/store/usage.ts';
import { checkHistories, type StoreUnderTest } from './store-histories.ts';
import {
  aCheckIn,
  anObserved,
  anObservedOrder,
  anOffer,
  aReport,
  aRequest,
  aRole,
  at,
  someEc2Facts,
} from './store-builders.ts';

/** What every store must do, whatever database is behind it. */
export function storeSuite(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(`the store on ${name}`, () => {
    let place: StoreUnderTest;
    let store: Store;

    beforeEach(async () => {
      place = await prepare();
      store = await place.open();
    });

    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    /** An instance that is READY and connected. */
    const join = async (instanceId: string, more: Parameters<typeof aCheckIn>[1] = {}): Promise<void> => {
      const checkIn = aCheckIn(instanceId, more);
      await store.admit(checkIn, `session-${instanceId}`, at(1));
      await store.openSession(instanceId, `session-${instanceId}`, at(1));
      await store.observe(instanceId, anObserved({ roles: checkIn.roles }), at(1));
    };
    const stateOf = async (instanceId: string) => (await store.instance(instanceId))?.instance.state;
    const serve = (instanceId: string, assignmentId: string, now = 2) =>
      store.observe(instanceId, anObserved({ order: anObservedOrder(assignmentId) }), at(now));

    describe('a request', () => {
      test('takes an instance in its own transaction, and raises the generation', async () => {
        await join('i-1');
        const { assignment, claimed, replayed } = await store.request(aRequest('as-1', { received: at(5) }));
        expect(assignment).toMatchObject({ state: 'CLAIMED', instanceId: 'i-1', attempt: 1 });
        expect(claimed).toMatchObject({
          instance: { state: 'ASSIGNED', generation: 1 },
          assignment: { assignmentId: 'as-1' },
        });
        expect(replayed).toBe(false);
      });

      test('with the same id is the same assignment, and with other parameters is refused', async () => {
        await join('i-1');
        const [first, second] = await Promise.all([
          store.request(aRequest('as-1', { requestId: 'r' })),
          store.request(aRequest('as-2', { requestId: 'r' })),
        ]);
        expect(second).toMatchObject({ replayed: true, assignment: { assignmentId: 'as-1' } });
        expect(first.assignment.assignmentId).toBe('as-1');
        const other = aRequest('as-3', { requestId: 'r', fingerprint: 'another' });
        await isRefused(store.request(other), 'REQUEST_ID_MISMATCH');
      });

      test("has an id of its caller's own: a stranger's same id is another request, and tells it nothing", async () => {
        await store.applyRoles([aRole('web')]);
        const requestId = 'r';
        await store.request(aRequest('as-1', { owner: 'client/a', requestId }));
        const strangers = aRequest('as-2', { owner: 'client/b', requestId, fingerprint: 'another' });
        expect(await store.request(strangers)).toMatchObject({
          replayed: false,
          assignment: { assignmentId: 'as-2' },
        });
        expect((await store.assignmentByRequest('client/a', requestId))?.assignmentId).toBe('as-1');
        expect(await store.assignmentByRequest('client/c', requestId)).toBeUndefined();
        const changed = store.request(aRequest('as-3', { owner: 'client/a', requestId, fingerprint: 'x' }));
        await expect(changed).rejects.not.toThrow(/as-1/);
      });

      test("neither returns nor replaces another caller's assignment for the same user", async () => {
        await store.applyRoles([aRole('web')]);
        await store.request(aRequest('as-1', { owner: 'client/a' }));
        const returned = await store.request(aRequest('as-2', { owner: 'client/b', ifExists: 'RETURN' }));
        expect(returned).toMatchObject({ existing: false, assignment: { assignmentId: 'as-2' } });
        const replaced = await store.request(aRequest('as-3', { owner: 'client/c', ifExists: 'REPLACE' }));
        expect(replaced.assignment.replaces).toBe('');
      });

      test('that is refused leaves nothing', async () => {
        await isRefused(store.request(aRequest('as-1', { role: 'unknown' })), 'ROLE_UNKNOWN');
        await join('i-1');
        await isRefused(store.request(aRequest('as-2', { env: { OTHER: '1' } })), 'ENV_NOT_ALLOWED');
        await isRefused(store.request(aRequest('as-3', { files: { cert: '' } })), 'FILES_NOT_ALLOWED');
        expect(await store.assignments({ liveOnly: false, limit: 10 })).toEqual([]);
        // The same id can be used for a request that is right.
        const { replayed } = await store.request(aRequest('as-4', { requestId: 'request-of-as-2' }));
        expect(replayed).toBe(false);
      });

      test('never takes an instance that is silent, of another role, or that refuses its variables', async () => {
        await join('i-silent');
        await store.closeSession('i-silent', 'session-i-silent', 2, at(2));
        await join('i-other', { roles: [anOffer('other')] });
        await join('i-web', { roles: [anOffer('web', { userEnv: ['A'] })] });
        const { claimed } = await store.request(aRequest('as-1', { env: { A: '1' } }));
        expect(claimed?.instance.instanceId).toBe('i-web');
        const { assignment } = await store.request(aRequest('as-2'));
        expect(assignment.state).toBe('PENDING');
      });

      test('prefers an instance whose disk is warm', async () => {
        await join('i-cold', { roles: [anOffer('web', { replayed: 0.5 })] });
        await join('i-warm', { roles: [anOffer('web', { replayed: 1 })] });
        const { claimed } = await store.request(aRequest('as-1'));
        expect(claimed?.instance.instanceId).toBe('i-warm');
      });

      test('that waits gets the next instance that fits, the oldest request first', async () => {
        await store.applyRoles([aRole('web', { userEnv: ['A'] })]);
        await store.request(aRequest('as-picky', { env: { A: '1' }, received: at(1) }));
        await store.request(aRequest('as-old', { received: at(2) }));
        await store.request(aRequest('as-new', { received: at(3) }));
        await store.admit(aCheckIn('i-1'), 'session-i-1', at(4));
        await store.openSession('i-1', 'session-i-1', at(4));
        const observation = await store.observe('i-1', anObserved(), at(5));
        expect(observation?.claimed.map(({ assignment }) => assignment?.assignmentId)).toEqual(['as-old']);
        expect((await store.counts()).waiting).toEqual(new Map([['web', 2]]));
      });

      test('is recognised by a hash with an earlier key', async () => {
        await store.applyRoles([aRole('web')]);
        await store.request(aRequest('as-1', { fingerprint: 'old f', contentHash: 'old c' }));
        const now = { fingerprint: 'new f', contentHash: 'new c' };
        const earlierHashes = [{ fingerprint: 'old f', contentHash: 'old c' }];
        const requestId = 'request-of-as-1';
        const repeated = await store.request(aRequest('as-2', { ...now, requestId, earlierHashes }));
        expect(repeated).toMatchObject({ replayed: true, assignment: { assignmentId: 'as-1' } });
        const returned = aRequest('as-3', { ...now, ifExists: 'RETURN', earlierHashes });
        expect((await store.request(returned)).existing).toBe(true);
        await isRefused(store.request(aRequest('as-4', { ...now, requestId })), 'REQUEST_ID_MISMATCH');
      });

      test('is found while anything of it is sealed with another key', async () => {
        await store.applyRoles([aRole('web', { userEnv: ['A'] })]);
        await store.request(aRequest('as-1', { env: { A: 'sealed' }, sealedBy: 'old' }));
        await store.request(aRequest('as-2', { env: { A: 'sealed' }, sealedBy: 'new' }));
        await store.request(aRequest('as-3', { sealedBy: 'old' }));
        const [found, ...others] = await store.sealedOtherwise('new', 10);
        expect(others).toEqual([]);
        const hashes = { fingerprint: 'fingerprint', contentHash: 'content' };
        expect(found).toEqual({
          assignmentId: 'as-1',
          sealedBy: 'old',
          env: { A: 'sealed' },
          files: {},
          ...hashes,
        });
        await store.reseal([
          { ...hashes, assignmentId: 'as-1', sealedBy: 'new', env: { A: 'anew' }, files: {} },
        ]);
        expect(await store.sealedOtherwise('new', 10)).toEqual([]);
        expect((await store.assignment('as-1'))?.env).toEqual({ A: 'anew' });
      });

      test('is forgotten only before anything was taken for it', async () => {
        await join('i-1');
        await store.request(aRequest('as-1'));
        expect(await store.forget('as-1', at(3))).toBeUndefined();
        await store.request(aRequest('as-2'));
        expect(await store.forget('as-2', at(3))).toMatchObject({ assignmentId: 'as-2', state: 'PENDING' });
        expect(await store.assignment('as-2')).toBeUndefined();
      });
    });

    describe('an assignment', () => {
      test('keeps the times of its steps from when it was received, the first of each', async () => {
        await join('i-1');
        await store.request(aRequest('as-1', { received: at(1_000) }));
        await serve('i-1', 'as-1', 1_250);
        await serve('i-1', 'as-1', 9_000);
        const { timings, state } = (await store.assignment('as-1')) ?? {};
        expect(state).toBe('SERVING');
        expect(timings).toMatchObject({ delivered: 250, started: 250, ready: 250 });
      });

      test('moves on to another instance when one fails, and fails after three', async () => {
        for (const instanceId of ['i-1', 'i-2', 'i-3', 'i-4']) await join(instanceId);
        await store.request(aRequest('as-1'));
        for (const instanceId of ['i-1', 'i-2', 'i-3']) {
          const order = anObservedOrder('as-1', { state: 'FAILED', error: 'DOCKER_FAILED: no' });
          await store.observe(instanceId, anObserved({ order }), at(3));
          expect(await stateOf(instanceId)).toBe('QUARANTINED');
        }
        expect(await store.assignment('as-1')).toMatchObject({ state: 'FAILED', attempt: 3 });
        expect(await stateOf('i-4')).toBe('READY');
      });

      test('is released once, and its instance never comes back', async () => {
        await join('i-1');
        await store.request(aRequest('as-1', { env: {} }));
        await serve('i-1', 'as-1');
        const released = await store.release({ assignmentId: 'as-1' }, at(3));
        expect(released).toMatchObject({
          after: { state: 'RELEASING' },
          tenancy: { instance: { generation: 2 } },
        });
        expect((await store.release({ assignmentId: 'as-1' }, at(4))).after.state).toBe('RELEASING');
        const order = anObservedOrder('as-1', { state: 'STOPPED' });
        await store.observe('i-1', anObserved({ order }), at(5));
        expect(await store.assignment('as-1')).toMatchObject({ state: 'RELEASED', env: {}, releaseTime: 5 });
        await store.admit(aCheckIn('i-1', { facts: { bootId: 'next' } }), 'session-2', at(6));
        expect(await stateOf('i-1')).toBe('RETIRED');
        await isRefused(store.release({ assignmentId: 'as-none' }, at(6)), 'ASSIGNMENT_NOT_FOUND');
      });

      test('is released and given more time for its owner only', async () => {
        await join('i-1');
        await store.request(aRequest('as-1', { owner: 'client/a' }));
        const others = { assignmentId: 'as-1', owner: 'client/b' };
        await isRefused(store.release(others, at(3)), 'ASSIGNMENT_NOT_FOUND');
        await isRefused(store.extend(others, 60_000, at(3)), 'ASSIGNMENT_NOT_FOUND');
        const own = { assignmentId: 'as-1', owner: 'client/a' };
        expect((await store.extend(own, 60_000, at(3))).expireTime).toBe(60_003);
        expect((await store.release(own, at(3))).after.state).toBe('RELEASING');
      });

      test('is listed for its owner, and for who sees all', async () => {
        await store.applyRoles([aRole('web')]);
        await store.request(aRequest('as-1', { owner: 'client/a' }));
        await store.request(aRequest('as-2', { owner: 'client/b' }));
        const ids = async (owner?: string) =>
          (await store.assignments({ ...(owner === undefined ? {} : { owner }), liveOnly: true, limit: 9 }))
            .map(({ assignmentId }) => assignmentId)
            .sort();
        expect(await ids('client/a')).toEqual(['as-1']);
        expect(await ids()).toEqual(['as-1', 'as-2']);
      });

      test('listens to no instance but its own', async () => {
        await join('i-1');
        await join('i-2');
        await store.request(aRequest('as-1'));
        const observation = await serve('i-2', 'as-1');
        expect(observation?.steps).toEqual([]);
        expect((await store.assignment('as-1'))?.state).toBe('CLAIMED');
      });

      test('is found newest first, page after page, by user and by whether it lives', async () => {
        await store.applyRoles([aRole('web', { userEnv: [] })]);
        for (let count = 1; count <= 4; count++)
          await store.request(
            aRequest(`as-${count}`, { user: count % 2 === 0 ? 'even' : 'odd', received: at(count) }),
          );
        await store.release({ assignmentId: 'as-4' }, at(9));
        const ids = async (filter: Parameters<Store['assignments']>[0]) =>
          (await store.assignments(filter)).map(({ assignmentId }) => assignmentId);
        expect(await ids({ liveOnly: false, limit: 3 })).toEqual(['as-4', 'as-3', 'as-2']);
        const before = { createTime: 2, assignmentId: 'as-2' };
        expect(await ids({ liveOnly: false, limit: 3, before })).toEqual(['as-1']);
        expect(await ids({ liveOnly: true, limit: 9, user: 'even' })).toEqual(['as-2']);
      });
    });

    describe('a session', () => {
      test('opens with the id of the last check-in only, and an old one closes nothing', async () => {
        await store.admit(aCheckIn('i-1'), 'first', at(1));
        await store.admit(aCheckIn('i-1'), 'second', at(2));
        await isRefused(store.openSession('i-1', 'first', at(3)), 'SESSION_UNKNOWN');
        await store.openSession('i-1', 'second', at(3));
        expect(await store.closeSession('i-1', 'first', 4, at(4))).toBe(false);
        expect((await store.instance('i-1'))?.instance.connected).toBe(true);
        expect(await store.closeSession('i-1', 'second', 4, at(4))).toBe(true);
        expect((await store.instance('i-1'))?.instance).toMatchObject({ connected: false, lastSeenTime: 4 });
      });

      test('opens with what the instance should do', async () => {
        await join('i-1');
        await store.request(aRequest('as-1'));
        await store.closeSession('i-1', 'session-i-1', 3, at(3));
        const { tenancy } = await store.openSession('i-1', 'session-i-1', at(4));
        expect(tenancy).toMatchObject({ instance: { generation: 1 }, assignment: { assignmentId: 'as-1' } });
      });

      test('is closed by a restart of the coordinator, which also forgets who waited', async () => {
        await join('i-1');
        await store.request(aRequest('as-1'));
        await store.request(aRequest('as-2'));
        await store.close();
        store = await place.open();
        expect((await store.instance('i-1'))?.instance.connected).toBe(false);
        expect((await store.assignment('as-1'))?.state).toBe('CLAIMED');
        expect(await store.assignment('as-2')).toBeUndefined();
      });
    });

    describe('a check-in', () => {
      test('with the identity of another instance is quarantined, and the other is not', async () => {
        await join('i-1', { facts: { engineId: 'one' } });
        const { tenancy } = await store.admit(aCheckIn('i-2', { facts: { engineId: 'one' } }), 's', at(2));
        expect(tenancy.instance).toMatchObject({ state: 'QUARANTINED', generation: 1 });
        expect(tenancy.instance.stateReason).toMatch(/^DUPLICATE_IDENTITY: .*i-1 and i-2/);
        expect(await stateOf('i-1')).toBe('READY');
      });

      test('with an assignment of another store is quarantined, and its generation is left to win', async () => {
        const foreign = { assignmentId: 'as-of-another', observedGeneration: 7 };
        const { tenancy } = await store.admit(aCheckIn('i-1', foreign), 's', at(2));
        expect(tenancy.instance).toMatchObject({ state: 'QUARANTINED', generation: 0 });
        expect(tenancy.instance.stateReason).toMatch(/^FOREIGN_ASSIGNMENT: /);
      });

      test('goes on from a higher generation', async () => {
        await store.admit(aCheckIn('i-1', { observedGeneration: 7 }), 's', at(2));
        expect((await store.instance('i-1'))?.instance.generation).toBe(7);
      });
    });

    describe('what EC2 says', () => {
      const silent = async (instanceId: string): Promise<void> => {
        await store.closeSession(instanceId, `session-${instanceId}`, 3, at(100_000));
      };
      const says = (instanceId: string, state: string, now = 300_000) =>
        store.ec2Says(instanceId, state === 'unknown' ? undefined : someEc2Facts(state), at(now));

      test.each(['running', 'stopped', 'terminated', 'unknown'])(
        'of a connected instance changes nothing: %s',
        async (state) => {
          await join('i-1');
          expect(await says('i-1', state)).toBeUndefined();
          expect(await stateOf('i-1')).toBe('READY');
        },
      );

      test('of a silent one that is terminated makes it TERMINATED, and its assignment ends by on_loss', async () => {
        await join('i-1');
        await store.request(aRequest('as-1'));
        await serve('i-1', 'as-1');
        await silent('i-1');
        const said = await says('i-1', 'terminated');
        expect(said?.steps.map(({ after }) => after.state)).toEqual(['FAILED']);
        expect((await store.assignment('as-1'))?.failureReason).toBe(
          'INSTANCE_LOST: EC2 says that it is terminated',
        );
        expect(await stateOf('i-1')).toBe('TERMINATED');
        expect(await store.ec2Silent()).toEqual([]);
      });

      test('of a silent one that is stopped makes it LOST, and another is tried while it was not served', async () => {
        await join('i-1');
        await store.request(aRequest('as-1'));
        await silent('i-1');
        await join('i-2');
        const said = await says('i-1', 'stopped');
        expect(said?.claimed.map(({ instance }) => instance.instanceId)).toEqual(['i-2']);
        expect(await stateOf('i-1')).toBe('LOST');
        expect(await store.ec2Silent()).toEqual(['i-1']);
        await says('i-1', 'terminated');
        expect(await stateOf('i-1')).toBe('TERMINATED');
      });

      test('of one that is being released ends the release', async () => {
        await join('i-1');
        await store.request(aRequest('as-1'));
        await serve('i-1', 'as-1');
        await store.release({ assignmentId: 'as-1' }, at(3));
        await silent('i-1');
        await says('i-1', 'terminated');
        expect((await store.assignment('as-1'))?.state).toBe('RELEASED');
        expect(await stateOf('i-1')).toBe('TERMINATED');
      });

      test('that it does not know one is believed only when we are done with it', async () => {
        await join('i-1');
        await silent('i-1');
        expect(await says('i-1', 'unknown')).toBeUndefined();
        await store.retire('i-1', false, at(5));
        await says('i-1', 'unknown');
        expect(await stateOf('i-1')).toBe('TERMINATED');
      });

      test('that many are stopped which fell silent at once concludes nothing yet', async () => {
        for (let index = 0; index < 6; index++) await join(`i-${index}`);
        for (let index = 0; index < 6; index++) await silent(`i-${index}`);
        expect(await says('i-0', 'stopped', 110_000)).toBeUndefined();
        expect(await stateOf('i-0')).toBe('READY');
        await says('i-0', 'stopped', 300_000);
        expect(await stateOf('i-0')).toBe('LOST');
      });
    });

    describe('a report', () => {
      test('is kept once, by boot and sequence', async () => {
        await store.admit(aCheckIn('i-1'), 's', at(1));
        const spans = [{ id: 's', startNs: 1, json: '"span"' }];
        expect(await store.report(aReport('i-1', { sequence: 2, spans }), 1)).toEqual({
          acknowledged: 2,
          isNew: true,
        });
        expect(await store.report(aReport('i-1', { sequence: 1, spans }), 1)).toEqual({
          acknowledged: 2,
          isNew: false,
        });
        expect((await store.timeline('i-1')).spans).toEqual(['"span"']);
      });

      test('of an instance that never checked in is refused', async () => {
        const refused = store.report(aReport('i-none', { sequence: 1 }), 1);
        await expect(refused).rejects.toMatchObject({ code: 'INSTANCE_NOT_FOUND' });
      });

      test('is found between the beginning and the end of all time', async () => {
        await store.admit(aCheckIn('i-1'), 's', at(1));
        const json = '{"endUnixNs":2}';
        await store.report(aReport('i-1', { spans: [{ id: 's', startNs: 1, json }] }), 1);
        const always = { from: -9e21, to: 9e21 };
        expect((await store.timeline('i-1', always)).spans).toEqual([json]);
      });
    });

    describe('usage', () => {
      const cpu = (startMs: number, cpuMs: number): Sample => ({
        container: 'web/app',
        startMs,
        intervalMs: 1_000,
        cpuMs,
        memoryBytes: cpuMs,
      });
      let sequence = 0;
      const report = (instanceId: string, ...samples: Sample[]) =>
        store.report(aReport(instanceId, { sequence: ++sequence, samples }), 1);
      const usage = (more: Partial<UsageFilter> = {}, now = 60_000) =>
        store.usage({ by: 'USER', limit: 10, ...more }, now);

      test('counts what the instance used while it had the assignment, so far and after it ended', async () => {
        await join('i-1');
        await report('i-1', cpu(0, 1));
        await store.request(aRequest('as-1', { received: at(10_000) }));
        await serve('i-1', 'as-1', 10_000);
        await report('i-1', cpu(11_000, 200), { container: '', startMs: 11_000, intervalMs: 1_000 });
        expect(await usage({}, 20_000)).toEqual([
          {
            key: 'alice',
            assignments: 1,
            instanceMs: 10_000,
            sampledMs: 1_000,
            cpuMs: 200,
            memoryBytes: 200,
          },
        ]);
        await store.release({ assignmentId: 'as-1' }, at(30_000));
        await store.observe('i-1', anObserved({ generation: 2 }), at(30_000));
        await store.observe(
          'i-1',
          anObserved({ order: anObservedOrder('as-1', { state: 'STOPPED' }) }),
          at(40_000),
        );
        // What was on its way when it ended, and what came after it.
        await report('i-1', cpu(35_000, 300), cpu(41_000, 900));
        expect(await usage()).toMatchObject([{ instanceMs: 30_000, cpuMs: 500, memoryBytes: 300 }]);
      });

      test('counts every attempt that had the order, and none that had not', async () => {
        for (const instanceId of ['i-1', 'i-2']) await join(instanceId);
        await store.request(aRequest('as-1', { received: at(1_000) }));
        const { instanceId: first = '' } = (await store.assignment('as-1')) ?? {};
        const failed = anObservedOrder('as-1', { state: 'FAILED', error: 'DOCKER_FAILED: it broke' });
        await store.observe(first, anObserved({ order: failed }), at(3_000));
        const { instanceId: second = '' } = (await store.assignment('as-1')) ?? {};
        await serve(second, 'as-1', 4_000);
        await report(first, cpu(1_500, 10));
        await report(second, cpu(4_000, 20));
        expect(await usage({}, 10_000)).toMatchObject([{ assignments: 1, instanceMs: 9_000, cpuMs: 30 }]);
        await store.applyRoles([aRole('waits')]);
        await store.request(aRequest('as-2', { user: 'bob', role: 'waits', received: at(1_000) }));
        await store.release({ assignmentId: 'as-2' }, at(2_000));
        expect(await usage()).toHaveLength(1);
      });

      test('is added up by user, environment or role, for its owner, within a time, page after page', async () => {
        const give = async (index: number, more: Partial<NewRequest>, end: number) => {
          await join(`i-${index}`);
          const assignmentId = `as-${index}`;
          await store.request(aRequest(assignmentId, { received: at(1_000), ...more }));
          await serve(`i-${index}`, assignmentId, 1_000);
          const done = anObservedOrder(assignmentId, { state: 'COMPLETED' });
          await store.observe(`i-${index}`, anObserved({ order: done }), at(end));
        };
        await give(1, { environment: 'main' }, 2_000);
        await give(2, { user: 'bob', owner: 'client/b' }, 3_000);
        await give(3, { user: 'bob', environment: 'main' }, 5_000);
        const of = async (more: Partial<UsageFilter>) =>
          (await usage(more)).map(({ key, instanceMs }) => [key, instanceMs]);
        expect(await of({})).toEqual([
          ['alice', 1_000],
          ['bob', 6_000],
        ]);
        expect(await of({ by: 'ENVIRONMENT' })).toEqual([
          ['', 2_000],
          ['main', 5_000],
        ]);
        expect(await of({ by: 'ROLE' })).toEqual([['web', 7_000]]);
        expect(await of({ owner: 'client/b' })).toEqual([['bob', 2_000]]);
        expect(await of({ by: 'ROLE', user: 'bob', environment: 'main' })).toEqual([['web', 4_000]]);
        expect(await of({ by: 'ROLE', from: 2_000, to: 3_000 })).toEqual([['web', 2_000]]);
        expect(await of({ by: 'ENVIRONMENT', limit: 1 })).toEqual([['', 2_000]]);
        expect(await of({ by: 'ENVIRONMENT', limit: 1, after: '' })).toEqual([['main', 5_000]]);
      });

      test('of one who reports anything is still a number, and never more than its time', async () => {
        await join('i-1');
        await store.request(aRequest('as-1', { received: at(1_000) }));
        await serve('i-1', 'as-1', 1_000);
        const absurd = cpu(2_000, Number.MAX_SAFE_INTEGER);
        for (let count = 0; count < 3; count++)
          await report('i-1', absurd, { ...absurd, container: '', intervalMs: 10_000, startMs: 0 });
        const [used] = await usage({}, 2_000);
        expect(used?.sampledMs).toBe(1_000);
        expect(used?.cpuMs).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
      });
    });

    test('events have numbers that rise without a gap, in the order of what happened', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, index) => join(`i-${index}`)));
      const { events, newest } = await store.events(0, 1_000);
      expect(events.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: newest }, (_, index) => index + 1),
      );
      for (let index = 0; index < 20; index++)
        expect(
          events.flatMap(({ instanceId, state }) => (instanceId === `i-${index}` ? [state] : [])),
        ).toEqual(['CHECKED_IN', 'READY']);
    });

    test('one use case that is refused leaves those alone that came at the same moment', async () => {
      await store.applyRoles([aRole('web', { userEnv: [] })]);
      const results = await Promise.allSettled([
        store.request(aRequest('as-1')),
        store.request(aRequest('as-2', { role: 'unknown' })),
        store.request(aRequest('as-3')),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await store.assignments({ liveOnly: true, limit: 10 })).toHaveLength(2);
    });

    test('a crowd that asks at once gets each instance once', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, index) => join(`i-${index}`)));
      const asked = await Promise.all(
        Array.from({ length: 30 }, (_, index) => store.request(aRequest(`as-${index}`))),
      );
      const taken = asked.flatMap(({ claimed }) => claimed?.instance.instanceId ?? []);
      expect(new Set(taken).size).toBe(20);
      expect(taken).toHaveLength(20);
    });

    test('random histories keep every invariant', async () => {
      expect.hasAssertions();
      await checkHistories(prepare);
    });
  });
}

async function isRefused(call: Promise<unknown>, code: ErrorCode): Promise<void> {
  const cause = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(cause).toBeInstanceOf(ParbakeError);
  expect(cause).toMatchObject({ code });
}
