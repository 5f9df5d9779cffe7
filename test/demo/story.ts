import { randomBytes } from 'node:crypto';
import { cloneRoot, type Engine } from '../testbed/engine.ts';
import { installGate } from '../testbed/gate.ts';
import { startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { measureOtherWays, median } from './compare.ts';
import type { AssignmentReport, BakedImageReport, DemoDocument } from './document.ts';
import { assignAndFetch, assignmentIo, awaitInstance, connected, instanceState } from './fleet.ts';
import { publishImages, type DemoImage } from './image.ts';
import { bake, role, scrubAndVerify, writeRecipe } from './machine-image.ts';
import { runProgram } from './programs.ts';
import { bars, formatMegabytes, formatMs, type Screen } from './screen.ts';

export interface Story {
  document: DemoDocument;
  coordinator: Coordinator;
  instances: readonly DemoInstance[];
  image: DemoImage;
}

export interface DemoInstance {
  instanceId: string;
  engine: Engine;
}

export interface StoryOptions {
  /** An image of the person's own instead of the demo's application. */
  image: string | undefined;
  /** Spare instances for looking around afterwards. */
  spares: number;
  /** Whether programs may draw on stderr. */
  isTerminal: boolean;
}

const users = ['alice', 'bob'] as const;

/** The whole way of the data once, on real engines. Stops at the next step after the signal aborted. */
export async function tellStory(
  testbed: Testbed,
  options: StoryOptions,
  screen: Screen,
  signal: AbortSignal,
): Promise<Story> {
  const step = async <T>(title: string, work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    return await screen.step(title, work);
  };
  const image = await step('An application image, in a registry', () => publish(testbed, options, screen));
  const { builder, builderId, baked } = await step('Bake it into a machine image', () =>
    bakeOne(testbed, image, options.isTerminal, screen),
  );
  const scrubbed = await step('Scrub and seal: what no two machines may share is removed', () =>
    scrubOne(builder, screen),
  );
  const coordinator = await startCoordinator(testbed);
  const instances = await step('Clone the sealed image and boot the clones as instances', () =>
    boot(testbed, builder, users.length + options.spares, coordinator, screen, signal),
  );
  await step('Every Docker Engine has an identity of its own', () =>
    compareIdentities(builderId, instances, screen),
  );
  const assignments = await step('Assign an instance to each user, through the gRPC API', () =>
    assignAll(coordinator, screen, signal),
  );
  const compare = await step('The same image, until its first answer', () =>
    compareWays(testbed, builder, image, assignments, screen, signal),
  );
  const first = assignments[0]?.instance_id ?? '';
  await step(`What took how long on ${first}: parbake show`, async () => {
    const shown = await runProgram('parbake', ['show', first, '--coordinator', coordinator.address]);
    for (const line of shown.trimEnd().split('\n')) screen.line(line);
  });
  const document: DemoDocument = {
    bake: { ...scrubbed, images: baked },
    builder: { engine_id: builderId },
    instances: await Promise.all(instances.map((instance) => describeInstance(coordinator, instance))),
    assignments,
    compare,
    io: await Promise.all(assignments.map((report) => assignmentIo(coordinator.clients, report))),
  };
  return { document, coordinator, instances, image };
}

export async function publish(testbed: Testbed, { image }: StoryOptions, screen: Screen): Promise<DemoImage> {
  screen.status('starting a registry and a Docker Engine');
  const published = await publishImages(testbed, image, screen);
  const { ref, sizeBytes, layers, port } = published;
  screen.line(`${ref}: ${formatMegabytes(sizeBytes)} in ${layers} layers, an HTTP server on port ${port}`);
  screen.line(
    'The registry and every Docker Engine here are the demo’s own; this machine’s are not touched.',
  );
  return published;
}

export async function bakeOne(testbed: Testbed, image: DemoImage, isTerminal: boolean, screen: Screen) {
  screen.status('starting the builder’s Docker Engine');
  const builder = await testbed.startEngine();
  await installGate(builder.root);
  const builderId = await builder.engineId();
  const recipe = writeRecipe(testbed, image);
  if (isTerminal) screen.clear();
  else screen.status('baking');
  const baked = await bake(testbed, builder, recipe, isTerminal);
  const width = Math.max(...baked.map(({ ref }) => ref.length));
  for (const { ref, digest, size_bytes: size, pull_ms: ms } of baked)
    screen.line(
      `${ref.padEnd(width)}  ${digest.slice(0, 19)}…  ${formatMegabytes(size).padStart(7)}  pulled in ${formatMs(ms)}`,
    );
  return { builder, builderId, baked: baked satisfies BakedImageReport[] };
}

export async function scrubOne(builder: Engine, screen: Screen) {
  screen.status('stopping Docker and scrubbing');
  const scrubbed = await scrubAndVerify(builder);
  const width = Math.max(...scrubbed.removed.map(({ rule }) => rule.length));
  for (const { rule, path } of scrubbed.removed)
    screen.line(`${rule.padEnd(width)}  ${path.replace(builder.root, '')}`);
  screen.line(scrubbed.sealed ? 'verify: sealed, every rule holds' : 'verify: NOT sealed');
  if (!scrubbed.sealed) throw new Error('the image is not sealed');
  return scrubbed;
}

export async function boot(
  testbed: Testbed,
  builder: Engine,
  count: number,
  coordinator: Coordinator,
  screen: Screen,
  signal: AbortSignal,
): Promise<DemoInstance[]> {
  screen.status('cloning, starting Docker and the agents');
  const instances = await Promise.all(
    Array.from({ length: count }, async () => {
      const instanceId = `i-0${randomBytes(8).toString('hex')}`;
      const root = testbed.makeDirectory(instanceId);
      await cloneRoot(builder.root, root);
      signal.throwIfAborted();
      const engine = await testbed.startEngine({ root });
      const agent = startAgent(testbed, engine, coordinator, instanceId);
      await awaitInstance(coordinator.clients, instanceId, () => {
        signal.throwIfAborted();
        if (agent.ended() !== undefined) throw new Error(`the agent of ${instanceId} ended: ${agent.log()}`);
      });
      return { instanceId, engine };
    }),
  );
  for (const { instanceId, engine } of instances)
    screen.line(`${instanceId}  at ${engine.address}: checked in, ${role} waits behind the gate, READY`);
  return instances;
}

async function compareIdentities(
  builderId: string,
  instances: readonly DemoInstance[],
  screen: Screen,
): Promise<void> {
  const ids = await Promise.all(instances.map(({ engine }) => engine.engineId()));
  const width = Math.max(...instances.map(({ instanceId }) => instanceId.length));
  screen.line(`${'builder'.padEnd(width)}  ${builderId}`);
  for (const [index, { instanceId }] of instances.entries())
    screen.line(`${instanceId.padEnd(width)}  ${ids[index] ?? ''}`);
  const all = [builderId, ...ids];
  if (new Set(all).size < all.length || all.includes('')) throw new Error('two engines share an identity');
}

async function assignAll(
  coordinator: Coordinator,
  screen: Screen,
  signal: AbortSignal,
): Promise<AssignmentReport[]> {
  await connected(coordinator.clients);
  const reports: AssignmentReport[] = [];
  for (const user of users) {
    screen.status(`assigning an instance to ${user}`);
    const report = await assignAndFetch(coordinator.clients, user, role, signal);
    const { claim_ms: claim, start_ms: start, ready_ms: ready, answer_ms: answer } = report;
    screen.line(
      `${user.padEnd(5)} has ${report.instance_id}: claimed after ${formatMs(claim)}, started ${formatMs(start)}, ready ${formatMs(ready)}, answered ${formatMs(answer)}`,
    );
    screen.line(`      HTTP ${report.http_status}: ${report.body.trim().split('\n')[0]?.slice(0, 80) ?? ''}`);
    reports.push(report);
  }
  return reports;
}

async function compareWays(
  testbed: Testbed,
  builder: Engine,
  image: DemoImage,
  assignments: readonly AssignmentReport[],
  screen: Screen,
  signal: AbortSignal,
): Promise<DemoDocument['compare']> {
  const { bakedRun, pullAndRun } = await measureOtherWays(testbed, builder, image, signal, (text) =>
    screen.status(text),
  );
  const assigned = assignments.map(({ answer_ms: ms }) => ms);
  const rows = [
    { label: 'pull and run', runs: pullAndRun },
    { label: 'baked, docker run', runs: bakedRun },
    { label: 'Parbake, from Assign', runs: assigned },
  ];
  const bar = bars(
    rows.map(({ label, runs }) => ({ label: `${label} (median of ${runs.length})`, ms: median(runs) })),
  );
  for (const one of bar) screen.line(one);
  screen.line(
    'Each is the first start on a fresh clone. The registry is on this machine: over a real network',
  );
  screen.line('the pull takes longer.');
  return {
    pull_and_run_ms: median(pullAndRun),
    baked_run_ms: median(bakedRun),
    assign_ms: median(assigned),
  };
}

async function describeInstance({ clients }: Coordinator, { instanceId, engine }: DemoInstance) {
  const { state, engineId } = await instanceState(clients, instanceId);
  if (engineId !== (await engine.engineId()))
    throw new Error(`${instanceId} reported an engine id that is not its own`);
  return { instance_id: instanceId, engine_id: engineId, state: state.replace('INSTANCE_STATE_', '') };
}
