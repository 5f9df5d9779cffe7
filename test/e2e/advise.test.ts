import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { buildApplicationImage, buildTinyImage, pushImage } from '../testbed/images.ts';
import { agentProgram, startAgent, startCoordinator, type Coordinator } from '../testbed/parbake.ts';
import type { Proxy } from '../testbed/proxy.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { unlessRequired } from '../support/requirement.ts';
import { launchClone, untilReady } from '../support/machine-images.ts';

const missing = unlessRequired(testbedMissing());

const instanceId = 'i-0dddddddddddddddd';

interface ShownPulls {
  pulls: {
    ref: string;
    digest: string;
    at_bake: boolean;
    pull_ms: number;
    layers: Partial<Record<'size_bytes' | 'download_start_ms' | 'extract_start_ms' | 'extract_ms', number>>[];
  }[];
}
interface ShownSpans {
  spans: { name: string; attributes: Record<string, string> }[];
}
interface Advice {
  bake: {
    ref: string;
    digest: string;
    instances: number;
    saved_ms: number;
    added_bytes: number;
    fits: boolean;
  }[];
  baked: { ref: string; unused: boolean }[];
  saved_last_week_ms: number;
  patch: string;
}

describe.skipIf(missing !== undefined)(`an image that the bake leaves out ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let proxy: Proxy;
  let builder: Engine;
  let coordinator: Coordinator;
  let app: string;
  let appDigest: string;
  let tool: string;
  let recipe: string;
  let baked: { images: { ref: string }[]; at_boot: { ref: string; digest: string }[] };

  beforeAll(async () => {
    testbed = await createTestbed();
    proxy = await testbed.registryProxy();
    const registry = proxy.address;
    [app, tool] = [`${registry}/acme/app:1.0`, `${registry}/acme/tool:1.0`];
    const workshop = await testbed.startEngine();
    await buildApplicationImage(workshop, testbed.makeDirectory('app'), app);
    appDigest = await pushImage(workshop, app);
    await buildTinyImage(workshop, testbed.makeDirectory('tool'), tool);
    await pushImage(workshop, tool);
    builder = await testbed.startEngine();
    recipe = join(testbed.directory, 'parbake.yaml');
    writeFileSync(
      recipe,
      `apiVersion: parbake/v1
images:
  - ${tool}
  - ref: ${app}
    bake: false
roles:
  web:
    containers:
      - { name: app, image: '${app}', prepare: create, ports: [8080], ready: { http: { port: 8080 } } }
`,
    );
    const agent = (...args: string[]) => command(process.execPath, [agentProgram, ...args]);
    baked = JSON.parse(
      await agent('bake', '--recipe', recipe, '--root', builder.root, '--json'),
    ) as typeof baked;
    await agent('scrub', '--yes', '--root', builder.root);
    // The tag moves after the bake: what clones run must not.
    await buildTinyImage(workshop, testbed.makeDirectory('moved'), app);
    await pushImage(workshop, app);
    await workshop.stop();
    await builder.stop();
    coordinator = await startCoordinator(testbed);
    const engine = await launchClone(testbed, builder, instanceId);
    const running = startAgent(testbed, engine, coordinator, instanceId);
    await untilReady(coordinator, instanceId, running);
  });

  afterAll(async () => {
    await testbed?.close();
  });

  const parbake = (...args: string[]) =>
    command(process.execPath, ['coordinator/cli/main.ts', ...args, '--coordinator', coordinator.address]);

  test('is not on the machine image, but in the manifest with the digest of the bake', () => {
    expect(baked.images.map(({ ref }) => ref)).toEqual([tool]);
    expect(baked.at_boot).toEqual([{ ref: app, digest: appDigest }]);
  });

  test('is pulled by the instance, as it was at the bake, and each layer is told', async () => {
    const pull = await waitFor('the pull to be reported', async () => {
      const { pulls } = JSON.parse(await parbake('show', instanceId, '--json')) as ShownPulls;
      return pulls.find(({ at_bake: atBake }) => !atBake);
    });
    expect(pull).toMatchObject({ ref: app, digest: appDigest });
    expect(pull.pull_ms).toBeGreaterThan(0);
    expect(pull.layers.length).toBeGreaterThan(3);
    expect(pull.layers.every(({ size_bytes: size }) => (size ?? 0) > 0)).toBe(true);
    // One is extracted after the other, within the pull.
    const extracted = pull.layers.flatMap(({ extract_start_ms: from, extract_ms: ms }) =>
      from === undefined || ms === undefined ? [] : [{ from, to: from + ms }],
    );
    expect(extracted.length).toBeGreaterThan(1);
    for (const [index, { from, to }] of extracted.entries()) {
      expect(from).toBeGreaterThanOrEqual(extracted[index - 1]?.from ?? 0);
      expect(to).toBeLessThanOrEqual(pull.pull_ms);
    }
    const shown = await parbake('show', instanceId);
    expect(shown).toMatch(/^ {2}image\.pull .* #+$/m);
    expect(shown).toMatch(/ here$/m);
  });

  test('keeps the instance out of the pool while the registry is unreachable, and says why', async () => {
    await proxy.close();
    startAgent(testbed, await launchClone(testbed, builder, 'i-broken'), coordinator, 'i-broken');
    const held = await waitFor('the instance to say why it is not ready', async () => {
      const { instances } = JSON.parse(await parbake('instances', '--json')) as {
        instances: { instance_id: string; state: string; reason: string; message: string }[];
      };
      return instances.find(
        ({ instance_id: id, reason }) => id === 'i-broken' && reason.startsWith('IMAGE_PULL_'),
      );
    });
    expect(held.state).toMatch(/PREPARING$/);
    expect(held.message).toMatch(/^degraded, retrying: /);
    // It tries again and again, and reports each attempt.
    const spans = await waitFor('its report', async () => {
      const shown = JSON.parse(await parbake('show', 'i-broken', '--json')) as ShownSpans;
      const pulls = shown.spans.filter(({ name }) => name === 'image.pull');
      // One may be given up when the agent learns that the coordinator knows it.
      const tried = pulls.filter(({ attributes }) => attributes['error.type'] !== 'INTERRUPTED');
      return tried.length > 3 && tried;
    });
    for (const { attributes } of spans) expect(attributes['error.type']).toMatch(/^IMAGE_PULL_/);
  });

  test('serves its user, and is what advise names', async () => {
    const watched: {
      assignment: { state: string } | null;
      phases: { wall_ms: number; parts: { ms: number }[] }[];
    }[] = [];
    const watch = spawn(
      process.execPath,
      [
        'coordinator/cli/main.ts',
        'show',
        instanceId,
        '--watch',
        '--json',
        '--coordinator',
        coordinator.address,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    createInterface(watch.stdout).on(
      'line',
      (line) => void watched.push(JSON.parse(line) as (typeof watched)[0]),
    );
    const ended = once(watch, 'exit');
    await waitFor('the first look', () => watched.length > 0);
    const assigned = await parbake('assign', '--user', 'dora', '--role', 'web', '--wait', 'ready', '--json');
    expect(JSON.parse(assigned)).toMatchObject({ instance_id: instanceId });
    const last = await waitFor('the watcher to see it served, and its steps', () => {
      const found = watched.at(-1);
      return found?.assignment?.state === 'SERVING' && found.phases.length === 2 && found;
    });
    expect(watched[0]?.assignment).toBeNull();
    for (const { wall_ms: wall, parts } of last.phases)
      expect(parts.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(wall, 3);
    watch.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    const advice = JSON.parse(await parbake('advise', '--json', '--days', '0', '--recipe', recipe)) as Advice;
    expect(advice.bake).toMatchObject([{ ref: app, digest: appDigest, instances: 1, fits: true }]);
    expect(advice.bake[0]?.added_bytes).toBeGreaterThan(100_000_000);
    expect(advice.saved_last_week_ms).toBe(advice.bake[0]?.saved_ms);
    expect(advice.baked).toMatchObject([{ ref: tool, unused: true }]);
    expect(advice.patch).toContain('\n-    bake: false\n');
    const text = await parbake('advise', '--budget', '0.01');
    expect(text).toMatch(new RegExp(`^${app} +1 .* over budget$`, 'm'));
  });
});
