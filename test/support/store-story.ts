import { defaultLimits } from '../../coordinator/core/limits.ts';
import type { Sample } from '../../coordinator/core/sample.ts';
import type { UseCases } from '../../coordinator/store/store.ts';
import { aPool } from './pool-builders.ts';
import {
  aCheckIn,
  anObserved,
  anObservedOrder,
  aReport,
  aRequest,
  aRole,
  at,
  someEc2Facts,
} from './store-builders.ts';

const route = { name: 'a.example.com', container: 'app', port: 80, scheme: 'HTTP' as const };
const endpoint = { container: 'app', host: '10.0.0.1', port: 80 };
const sample: Sample = { container: 'app', startMs: 1_000, intervalMs: 1_000, cpuMs: 1 };

/**
 * The life of a fleet, with everything that a coordinator does for agents, callers and itself: what it asks the store while
 * nobody looks on.
 */
export async function liveThrough(store: UseCases): Promise<void> {
  await store.applyRoles([aRole('web')]);
  await store.applyPools([aPool()], 'fleet-1');
  await store.setPublishers({ own: ['dns'], external: [] }, at(1));
  for (const id of ['i-1', 'i-2', 'i-3', 'i-4']) await enter(store, id);
  await serve(store);
  await end(store);
  await watch(store);
  await keepHouse(store);
}

async function enter(store: UseCases, id: string): Promise<void> {
  await store.admit(aCheckIn(id), `session-${id}`, at(1_000));
  await store.noteIdTaken(id, 'INSTANCE_ID_TAKEN: by another', at(1_000));
  await store.openSession(id, `session-${id}`, at(1_000));
  await store.measureClock(id, { offsetMs: 1, uncertaintyMs: 1 }, 1_000);
  await store.observe(id, anObserved(), at(1_000), `session-${id}`);
}

async function serve(store: UseCases): Promise<void> {
  const request = aRequest('as-1', { routes: [route], ttlMs: 3_600_000, received: at(2_000) });
  await store.request(request);
  await store.request(request);
  await store.assignmentByRequest(request.owner, request.requestId);
  const order = (id: string, state: 'SERVING' | 'STOPPED' | 'FAILED') =>
    anObserved({
      generation: 1,
      preparation: undefined,
      order: anObservedOrder(id, {
        state,
        endpoints: [endpoint],
        error: state === 'FAILED' ? 'DOCKER_FAILED: no' : '',
      }),
    });
  await store.behind();
  await store.observe('i-1', order('as-1', 'SERVING'), at(3_000), 'session-i-1');
  await store.confirmRoutes('dns', 1_000, '', at(3_100));
  const samples = [sample];
  await store.report(
    aReport('i-1', { samples, spans: [{ id: 's', startNs: 1, json: '{}' }], pulls: ['{}'] }),
    3_000,
  );
  await store.extend({ assignmentId: 'as-1' }, 7_200_000, at(3_000));
  await store.request(aRequest('as-2', { ifExists: 'REPLACE', routes: [route], received: at(3_200) }));
  await store.observe('i-2', order('as-2', 'SERVING'), at(3_300), 'session-i-2');
  await store.request(aRequest('as-3', { user: 'bob', received: at(3_400) }));
  await store.observe('i-3', order('as-3', 'FAILED'), at(3_500), 'session-i-3');
  await store.request(aRequest('as-4', { user: 'eve', received: at(3_600) }));
  await store.request(aRequest('as-5', { user: 'joe', ifExists: 'RETURN', received: at(3_600) }));
  await store.forget('as-5', at(3_700));
  await store.claimWaiting(at(3_700));
}

async function end(store: UseCases): Promise<void> {
  await store.sweep(defaultLimits, 0, at(4_000));
  await store.release({ assignmentId: 'as-2' }, at(5_000));
  await store.confirmRoutes('dns', 1_000, '', at(5_100));
  await store.observe(
    'i-2',
    anObserved({ generation: 9, order: anObservedOrder('as-2', { state: 'STOPPED' }) }),
    at(5_200),
    'session-i-2',
  );
  await store.drain('i-4', at(5_300));
  await enter(store, 'i-5');
  await store.retire('i-5', false, at(5_400));
  await store.closeSession('i-2', 'session-i-2', 6_000, at(6_000));
  await store.noteSeen({ 'i-1': 6_000 });
  await store.endLapsed(at(6_000));
  await store.ec2Says('i-2', someEc2Facts('terminated'), at(6_000));
  await store.sweep(defaultLimits, 0, at(10_000_000));
}

/** What a coordinator looks at for those who watch. */
async function watch(store: UseCases): Promise<void> {
  await store.instance('i-1');
  await store.assignment('as-1');
  await store.events(0, 10);
  await store.events(0, 10, { instanceId: 'i-1' });
  await store.events(0, 10, { assignmentId: 'as-1' });
  await store.beforeLastEvents({ instanceId: 'i-1' }, 5);
  await store.timeline('i-1');
  await store.samples({ instanceId: 'i-1' });
  await store.routeChanges(0, 10);
  await store.publishers();
}

async function keepHouse(store: UseCases): Promise<void> {
  await store.sealedOtherwise('another key', 10);
  for (const { instanceId, revision } of await store.ec2Work())
    await store.ec2Done({ instanceId, revision }, someEc2Facts('running'));
  await store.ec2Silent();
  await store.poolViews(at(7_000));
  await store.dueLaunches(at(7_000));
  await store.takeEnds(10, 1_000, at(7_000));
  await store.observeMachines({ machines: [], begun: at(7_000) }, at(7_000));
  await store.joinSamples(1_000_000, 60_000, 0, 25);
  await store.removeSamples(0, 10);
  await store.removeSpans(0, 10);
  await store.removeBoots(0, 10);
  await store.removeEvents(0, 10);
  await store.removeAssignments(0, 10);
  await store.removeUsage(0, 10);
  await store.removeTrust(0, 10);
  await store.removeRoutes(0, 10);
  await store.removePoolRows(0, 10);
  await store.removeInstances(1_000_000, 10);
}
