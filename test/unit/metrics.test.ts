import { expect, test } from 'vitest';
import { Metrics, type Levels, type StoredLevels } from '../../coordinator/telemetry/metrics.ts';
import { packageVersion } from '../../proto/process/version.ts';

const levelsOf = (change: Partial<StoredLevels>): Levels => ({
  stored: {
    silent: 0,
    imdsExposed: 0,
    pools: [],
    images: [],
    states: {},
    roles: new Map(),
    waiting: new Map(),
    storeBytes: 0,
    ...change,
  },
  connected: 0,
  isLeader: true,
  store: { isFailing: false, failures: 0 },
});

test('a fleet or a pool without a ready instance has 0 of them, and not nothing', async () => {
  const metrics = new Metrics();
  const full = new Map([['web', { states: { READY: 2 }, silent: 0 }]]);
  await metrics.scrape(levelsOf({ states: { READY: 2 }, roles: full }));
  const empty = new Map([['web', { states: { ASSIGNED: 2 }, silent: 0 }]]);
  const { text } = await metrics.scrape(levelsOf({ states: { ASSIGNED: 2 }, roles: empty }));
  expect(text).toMatch(/^parbake_instances\{state="READY"\} 0$/m);
  expect(text).toMatch(/^parbake_role_instances\{role="web",state="READY"\} 0$/m);
  expect(text).toMatch(/^parbake_role_instances\{role="web",state="ASSIGNED"\} 2$/m);
});

test('a pool whose last instance is gone still has 0 ready', async () => {
  const metrics = new Metrics();
  await metrics.scrape(levelsOf({ roles: new Map([['web', { states: { READY: 1 }, silent: 0 }]]) }));
  const { text } = await metrics.scrape(levelsOf({}));
  expect(text).toMatch(/^parbake_role_instances\{role="web",state="READY"\} 0$/m);
});

test('the version that runs is a label of parbake_build_info', async () => {
  const { text } = await new Metrics().scrape(levelsOf({}));
  expect(text).toContain(`parbake_build_info{version="${packageVersion()}"} 1\n`);
});

test('a store that cannot be read is told, and what it knew is not', async () => {
  const metrics = new Metrics();
  await metrics.scrape(levelsOf({ states: { READY: 2 }, storeBytes: 7 }));
  const store = { isFailing: true, failures: 3 };
  const { text } = await metrics.scrape({ stored: undefined, connected: 4, isLeader: false, store });
  expect(text).toMatch(/^parbake_store_failing 1$/m);
  expect(text).toMatch(/^parbake_store_failures_total 3$/m);
  expect(text).toMatch(/^parbake_connected_agents 4$/m);
  expect(text).toMatch(/^parbake_leader 0$/m);
  expect(text).not.toMatch(/^parbake_(instances|store_bytes)/m);
});

test('a pool has its target, its condition and what its machines do, and no series when it is gone', async () => {
  const metrics = new Metrics();
  metrics.providerCalled('launch', 'throttled');
  const phases = { ready: 2, expected: 1 };
  const pools = [{ name: 'web', target: 3, condition: 'FILLING', phases }];
  const { text } = await metrics.scrape(levelsOf({ pools }));
  expect(text).toContain('parbake_pool_target{pool="web"} 3');
  expect(text).toContain('parbake_pool_condition{pool="web",condition="FILLING"} 1');
  expect(text).toContain('parbake_pool_instances{pool="web",phase="ready"} 2');
  expect(text).toContain('parbake_provider_calls_total{action="launch",outcome="throttled"} 1');
  expect((await metrics.scrape(levelsOf({}))).text).not.toContain('pool="web"');
});

test('images are counted by channel and state, and no longer once they are gone', async () => {
  const metrics = new Metrics();
  const images = [
    { channel: 'web', state: 'AVAILABLE' },
    { channel: 'web', state: 'AVAILABLE' },
    { channel: 'api', state: 'FAILED' },
  ];
  const { text } = await metrics.scrape(levelsOf({ images }));
  expect(text).toMatch(/^parbake_images\{channel="web",state="AVAILABLE"\} 2$/m);
  expect(text).toMatch(/^parbake_images\{channel="api",state="FAILED"\} 1$/m);
  expect((await metrics.scrape(levelsOf({}))).text).not.toMatch(/^parbake_images\{/m);
});
