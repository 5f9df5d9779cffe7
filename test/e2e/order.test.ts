import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { buildApplicationImage, buildImage, pushImage } from '../testbed/images.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Started } from '../testbed/processes.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { assign, getInstance, getTimeline, release } from '../support/calls.ts';
import { unlessRequired } from '../support/requirement.ts';
import { launchClone, makeMachineImage, untilReady } from '../support/machine-images.ts';

const missing = unlessRequired(testbedMissing());

/** Takes its time, and does not let itself be told to end. */
const databaseSource = `const { createServer } = require('node:http');
process.on('SIGTERM', () => {});
const delay = Number(process.env.DELAY ?? 700);
setTimeout(() => createServer((_, response) => response.end('rows')).listen(process.env.DB_PORT), delay);
`;
/** Asks the database once, through the host that both are on, and ends when it is not there. */
const applicationSource = `const { createServer } = require('node:http');
const { readFileSync } = require('node:fs');
const route = readFileSync('/proc/net/route', 'utf8').split('\\n').map((line) => line.split('\\t'));
const hex = route.find(([, to, gateway]) => to === '00000000' && gateway !== '00000000')[2];
const gateway = hex.match(/../g).reverse().map((byte) => parseInt(byte, 16)).join('.');
fetch('http://' + gateway + ':' + process.env.DB_PORT).then((answer) => answer.text()).then(
  (rows) => createServer((_, response) => response.end('the database had ' + rows)).listen(process.env.PORT),
  (cause) => { console.error('no database: ' + cause.cause); process.exit(3); },
);
process.on('SIGTERM', () => process.exit(0));
`;

describe.skipIf(missing !== undefined)(`containers that need each other ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let coordinator: Coordinator;
  let builder: Engine;
  const agents = new Map<string, Started>();

  beforeAll(async () => {
    testbed = await createTestbed();
    const registry = (await testbed.registry()).address;
    builder = await testbed.startEngine();
    await buildApplicationImage(builder, testbed.makeDirectory('base'), 'base:1');
    const image = async (name: string, source: string, env: string): Promise<string> => {
      const directory = testbed.makeDirectory(name);
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'server.js'), source);
      writeFileSync(join(directory, 'Dockerfile'), `FROM base:1\nCOPY server.js /app/\nENV ${env}\n`);
      const ref = `${registry}/shop/${name}:1`;
      await buildImage(builder, directory, ref);
      await pushImage(builder, ref);
      return ref;
    };
    const db = await image('db', databaseSource, 'DB_PORT=9000');
    const app = await image('app', applicationSource, 'DB_PORT=9000 PORT=8080');
    const earlyDb = await image('early-db', databaseSource, 'DB_PORT=9001');
    const earlyApp = await image('early-app', applicationSource, 'DB_PORT=9001 PORT=8081');
    await installGate(builder.root);
    // The one that comes first in time is named last.
    type Served = readonly [image: string, port: number];
    const role = (name: string, prepare: string, [dbImage, dbPort]: Served, [appImage, port]: Served) => {
      const userEnv = prepare === 'pause' ? '' : ', user_env: [DELAY]';
      return `  ${name}:
    containers:
      - { name: app, image: '${appImage}', ports: [${port}], prepare: ${prepare}, ready: { http: { port: ${port} } }, after: [db] }
      - { name: db, image: '${dbImage}', ports: [${dbPort}], prepare: ${prepare}, ready: { http: { port: ${dbPort} } }, stop_timeout: 1${userEnv} }
`;
    };
    await makeMachineImage(
      testbed,
      builder,
      `apiVersion: parbake/v1
images: ['${db}', '${app}', '${earlyDb}', '${earlyApp}']
roles:
${role('shop', 'gate', [db, 9000], [app, 8080])}${role('late', 'none', [db, 9000], [app, 8080])}${role('early', 'pause', [earlyDb, 9001], [earlyApp, 8081])}`,
    );
    coordinator = await startCoordinator(testbed);
  });

  afterAll(async () => {
    await testbed?.close();
  });

  async function startInstance(instanceId: string): Promise<Engine> {
    const engine = await launchClone(testbed, builder, instanceId);
    const agent = startAgent(testbed, engine, coordinator, instanceId);
    agents.set(instanceId, agent);
    await untilReady(coordinator, instanceId, agent);
    return engine;
  }

  test.each([
    ['shop', 8080, 'container.exec', 'container.ready'],
    ['late', 8080, 'container.start', 'container.ready'],
    // It has been ready before it was paused.
    ['early', 8081, 'container.unpause', 'container.unpause'],
  ])('role %s: who comes after another runs once that one is ready', async (role, port, step, before) => {
    const instanceId = `i-0${role.padEnd(16, '0').replaceAll(/[^0-9a-f]/g, 'e')}`;
    const engine = await startInstance(instanceId);
    const { assignment } = await assign(coordinator.clients, { user: 'alice', role });
    expect(assignment).toMatchObject({ instanceId, attempt: 1, state: 'ASSIGNMENT_STATE_SERVING' });
    const page = await fetch(`http://${engine.address}:${port}/`);
    expect(await page.text()).toBe('the database had rows');
    const spans = await waitFor('the spans', async () => {
      const { spans: all } = await getTimeline(coordinator.clients, instanceId);
      const mine = all.filter(({ assignmentId }) => assignmentId !== '');
      const of = (name: string, container: string) =>
        mine.find((span) => span.name === name && span.attributes['container.name'] === container);
      const found = { db: of(before, 'db'), app: of(step, 'app') };
      return found.db === undefined || found.app === undefined ? undefined : found;
    });
    // Milliseconds are what a start is known to.
    expect(Number(spans.app?.startUnixNs)).toBeGreaterThanOrEqual(Number(spans.db?.endUnixNs) - 1e6);
  });

  test('an agent that is killed between two halves of an order goes on where it was', async () => {
    const instanceId = 'i-0bbbbbbbbbbbbbbbb';
    const engine = await startInstance(instanceId);
    const idsOf = async () => {
      const listed = await engine.docker.listContainers({ filters: { label: ['dev.parbake.role=shop'] } });
      return listed.map(({ Id, Labels }) => `${Labels['dev.parbake.container']} ${Id}`).sort();
    };
    const before = await idsOf();
    const request = { user: 'carol', role: 'shop', env: { DELAY: '15000' } };
    const answer = assign(coordinator.clients, request, 60_000);
    const gates = join(engine.root, 'run/parbake/gate');
    const waiting = () => readdirSync(gates).filter((key) => existsSync(join(gates, key, 'io/s')));
    const all = waiting().length;
    await waitFor('the first container to have its order', () => waiting().length < all);
    await agents.get(instanceId)?.stop('SIGKILL');
    expect(waiting()).toHaveLength(all - 1);
    agents.set(instanceId, startAgent(testbed, engine, coordinator, instanceId));
    const { assignment } = await answer;
    expect(assignment).toMatchObject({ instanceId, attempt: 1, state: 'ASSIGNMENT_STATE_SERVING' });
    expect(await (await fetch(`http://${engine.address}:8080/`)).text()).toBe('the database had rows');
    expect(await idsOf()).toEqual(before);
  });

  test('one that does not end when it is told to is killed after its own time', async () => {
    const instanceId = 'i-0aaaaaaaaaaaaaaaa';
    const engine = await startInstance(instanceId);
    const { assignment } = await assign(coordinator.clients, { user: 'bob', role: 'shop' });
    const listed = await engine.docker.listContainers({ filters: { label: ['dev.parbake.container=db'] } });
    const serving = listed.find(({ Labels }) => Labels['dev.parbake.role'] === 'shop');
    const id = serving?.Id ?? '';
    const { Config } = await engine.docker.getContainer(id).inspect();
    expect(Config).toMatchObject({ StopTimeout: 1 });
    await release(coordinator.clients, assignment?.assignmentId ?? '');
    await waitFor('the release', async () => {
      const { state } = await getInstance(coordinator.clients, instanceId);
      return state === 'INSTANCE_STATE_RETIRED';
    });
    const events = await engine.docker.getEvents({ since: 0, until: Math.ceil(Date.now() / 1000) + 1 });
    let text = '';
    for await (const piece of events) text += String(piece);
    const kills = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { id: string; Action: string; Actor: { Attributes: object } })
      .filter((event) => event.id === id && event.Action === 'kill')
      .map(({ Actor }) => ('signal' in Actor.Attributes ? Actor.Attributes.signal : ''));
    expect(kills).toEqual(['15', '9']);
  });
});
