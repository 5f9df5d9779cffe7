import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { WatchRoutesResponse__Output } from '../../proto/gen/parbake/v1/WatchRoutesResponse.ts';
import { fromStatus } from '../../proto/wire/status.ts';
import { assign, confirmRoutes, listRoutes, release } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { waitFor } from '../testbed/wait.ts';

let coordinator: LoneCoordinator;
let host = 0;

beforeAll(async () => {
  coordinator = await startLoneCoordinator(['--zone', 'preview.test', '--publisher', 'router']);
});

beforeEach(() => {
  host += 1;
});

afterAll(async () => await coordinator.close());

const web = (name: string) => ({ user: 'alice', role: 'web', routes: [{ name, port: 8080 }] });
const anAgent = () =>
  readyAgent(coordinator, { role: 'web', endpoint: { host: `10.9.0.${host}`, port: 8080 } });
const confirmAll = async () => {
  const { generation } = await listRoutes(coordinator.clients, {});
  await confirmRoutes(coordinator.clients, { publisher: 'router', generation });
};

/** A publisher as anybody may write one: it keeps what it was sent by name, and confirms it. */
class Reader {
  readonly table = new Map<string, string>();
  isComplete = false;
  readonly #stream;

  constructor(options: { confirms: boolean }) {
    this.#stream = coordinator.clients.routes.watchRoutes({});
    this.#stream.on('error', () => {});
    this.#stream.on('data', ({ routes, generation, complete }: WatchRoutesResponse__Output) => {
      for (const { name, state, targetHost } of routes)
        if (state === 'ROUTE_STATE_WITHDRAWN') this.table.delete(name);
        else this.table.set(name, targetHost);
      this.isComplete ||= complete;
      if (options.confirms && complete)
        void confirmRoutes(coordinator.clients, { publisher: 'router', generation });
    });
  }

  close(): void {
    this.#stream.cancel();
  }
}

test('a caller that waits until it is routed is answered once the publisher has confirmed', async () => {
  await anAgent();
  const reader = new Reader({ confirms: true });
  const { assignment } = await assign(coordinator.clients, {
    ...web('a.preview.test'),
    wait: 'WAIT_UNTIL_ROUTED',
  });
  reader.close();
  expect(assignment).toMatchObject({ state: 'ASSIGNMENT_STATE_SERVING' });
  expect(assignment?.timings?.routed).not.toBeNull();
  expect(reader.table.get('a.preview.test')).toBe(`10.9.0.${host}`);
});

test('a caller whose publisher does not confirm hears which one it is', async () => {
  await anAgent();
  const late = assign(coordinator.clients, { ...web('b.preview.test'), wait: 'WAIT_UNTIL_ROUTED' }, 2_000);
  const error = fromStatus(await late.catch((cause: unknown) => cause));
  expect(error.code).toBe('DEADLINE_EXCEEDED');
  expect(error.message).toContain('publisher router has not confirmed it');
});

test('containers stop when the publisher has dropped the address, and not before', async () => {
  const agent = await anAgent();
  const { assignment } = await assign(coordinator.clients, web('c.preview.test'));
  await confirmAll();
  const reader = new Reader({ confirms: false });
  await waitFor('the table', () => reader.table.has('c.preview.test'));
  const { assignment: released } = await release(coordinator.clients, assignment?.assignmentId ?? '');
  expect(released?.state).toBe('ASSIGNMENT_STATE_RELEASING');
  await waitFor('the withdrawal', () => !reader.table.has('c.preview.test'));
  reader.close();
  const isStopped = () => agent.desired.some(({ phase }) => phase === 'DESIRED_PHASE_STOP');
  expect(isStopped()).toBe(false);
  await confirmAll();
  await waitFor('the containers to stop', isStopped);
  // Each generation had one content.
  expect(new Set(agent.desired.map(({ generation }) => generation)).size).toBe(
    new Set(agent.desired.map(({ generation, phase }) => `${generation} ${phase}`)).size,
  );
});

test('a publisher that is gone holds up the containers for two seconds only', async () => {
  const agent = await anAgent();
  const { assignment } = await assign(coordinator.clients, web('d.preview.test'));
  await confirmAll();
  await release(coordinator.clients, assignment?.assignmentId ?? '');
  const last = () => agent.desired.at(-1);
  await waitFor('the containers to stop', () => last()?.phase === 'DESIRED_PHASE_STOP');
  expect(last()?.order?.assignmentId).toBe(assignment?.assignmentId);
});

test('names of other zones, and names that are taken, are refused with a reason', async () => {
  await anAgent();
  const refused = async (name: string) =>
    fromStatus(await assign(coordinator.clients, web(name)).catch((cause: unknown) => cause)).code;
  expect(await refused('a.example.com')).toBe('ZONE_UNKNOWN');
  expect(await refused('preview.test')).toBe('ZONE_UNKNOWN');
  expect(await refused('A.preview.test')).toBe('REQUEST_INVALID');
  expect(await refused('-a.preview.test')).toBe('REQUEST_INVALID');
  expect(await refused(`${'a'.repeat(64)}.preview.test`)).toBe('REQUEST_INVALID');
  expect(await refused('a.preview.test')).toBe('ROUTE_NAME_TAKEN');
});

test('a restart keeps every route and its publishers', async () => {
  const before = await listRoutes(coordinator.clients, {});
  expect(before.routes.map(({ name }) => name)).toContain('a.preview.test');
  await coordinator.restart('SIGKILL');
  const after = await listRoutes(coordinator.clients, {});
  expect(after.publishers).toMatchObject([{ name: 'router' }]);
  const published = ({ name, state, targetHost }: (typeof after.routes)[number]) => ({
    name,
    state,
    targetHost,
  });
  expect(after.routes.map(published)).toEqual(before.routes.map(published));
});
