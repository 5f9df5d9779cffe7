import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import { buildTinyImage, pushImage as pushTinyImage } from '../testbed/images.ts';
import type { Proxy } from '../testbed/proxy.ts';
import { startProgram } from '../testbed/processes.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { recipeOf, runBake, type BakeRun, type Ended } from '../support/bake-run.ts';
import { manifestViolations } from '../support/manifest-schema.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing());

/** Enough that a pull can be broken in the middle, and more than the full disk has. */
const blobBytes = 32 * 1024 * 1024;

interface Document {
  bake_id: string;
  changed: boolean;
  lock: string;
  images: {
    ref: string;
    digest: string;
    size_bytes: number;
    pull_ms: number;
    cached: boolean;
    layers: {
      digest: string;
      size_bytes?: number;
      download_ms?: number;
      extract_ms?: number;
      cached: boolean;
    }[];
  }[];
  roles: string[];
  warnings: { code: string }[];
  manifest: string;
}

describe.skipIf(missing !== undefined)(`bake ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let engine: Engine;
  let proxy: Proxy;
  let registry: string;
  let digest: string;

  beforeAll(async () => {
    testbed = await createTestbed();
    proxy = await testbed.registryProxy();
    registry = (await testbed.registry()).address;
    // One attempt instead of five with seconds between them.
    engine = await testbed.startEngine({ settings: { 'max-download-attempts': 1 } });
    digest = await pushImage(testbed, engine, `${registry}/acme/app:1.0`);
    await buildTinyImage(engine, testbed.makeDirectory('tiny'), `${registry}/acme/tiny:1.0`);
    await pushTinyImage(engine, `${registry}/acme/tiny:1.0`);
  });

  afterAll(async () => {
    await testbed?.close();
  });

  beforeEach(async () => {
    proxy.setFault(undefined);
    rmSync(join(testbed.directory, 'parbake.lock'), { force: true });
    rmSync(join(engine.root, manifestPath), { force: true });
    for (const image of await engine.docker.listImages())
      await engine.docker.getImage(image.Id).remove({ force: true });
  });

  async function bake(
    recipe: string,
    { root = engine.root, ...options }: Partial<Omit<BakeRun, 'directory' | 'recipe'>> = {},
  ): Promise<Ended> {
    return await runBake({ ...options, directory: testbed.directory, root, recipe });
  }

  function manifestOf(root: string): Manifest {
    return JSON.parse(readFileSync(join(root, manifestPath), 'utf8')) as Manifest;
  }

  /** No manifest, and no half of one. */
  function expectNoManifest(root: string): void {
    const folder = join(root, manifestPath, '..');
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  }

  test('pulls, measures, tags and records; the second time nothing is pulled', async () => {
    const recipe = `${recipeOf(`${registry}/acme/app:\${APP_VERSION}`)}roles:
  web:
    containers:
      - { name: app, image: "${registry}/acme/app:1.0", ports: [8080], ready: { http: { port: 8080 } } }
`;
    const args = ['--var', 'APP_VERSION=1.0', '--json'];
    const first = await bake(recipe, { args });
    expect(first).toMatchObject({ exit: 0 });
    const document = JSON.parse(first.stdout) as Document;
    const manifest = manifestOf(engine.root);
    expect(document).toMatchObject({
      bake_id: manifest.bakeId,
      roles: ['web'],
      warnings: [{ code: 'GATE_MISSING' }],
      manifest: join(engine.root, manifestPath),
      images: [{ ref: `${registry}/acme/app:1.0`, digest, cached: false }],
    });
    const [image] = document.images;
    expect(image?.layers).toHaveLength(2);
    // The second layer is what was random, so compression gained nothing.
    expect(image?.layers[1]).toMatchObject({
      cached: false,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(image?.layers[1]?.size_bytes).toBeGreaterThan(blobBytes);
    expect(image?.layers[1]?.download_ms).toBeGreaterThan(0);
    expect(image?.layers[1]?.extract_ms).toBeGreaterThan(0);
    expect(image?.pull_ms).toBeGreaterThan(0);
    const inspected = await engine.docker.getImage(`${registry}/acme/app:1.0`).inspect();
    expect(inspected.Id).toBe(manifest.images[0]?.imageId);
    expect(manifest).toMatchObject({
      seal: null,
      builder: { dataRoot: '/var/lib/docker', engineIdSha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      roles: [{ name: 'web', containers: [{ name: 'app', prepare: 'gate', ports: [8080] }] }],
    });
    expect(statSync(join(engine.root, manifestPath)).mode & 0o777).toBe(0o444);

    const text = readFileSync(join(engine.root, manifestPath), 'utf8');
    const lock = readFileSync(document.lock, 'utf8');
    const second = JSON.parse((await bake(recipe, { args })).stdout) as Document;
    expect([second.changed, second.bake_id]).toEqual([false, document.bake_id]);
    expect(readFileSync(join(engine.root, manifestPath), 'utf8')).toBe(text);
    expect(readFileSync(document.lock, 'utf8')).toBe(lock);
    expect(second.images).toMatchObject([{ digest, pull_ms: 0, cached: true }]);
    expect(second.images[0]?.layers.map((layer) => layer.cached)).toEqual([true, true]);
    expect(second.images[0]?.layers.map((layer) => layer.digest)).toEqual(
      image?.layers.map((layer) => layer.digest),
    );
  });

  test('writes a page and a document of it all, and refuses beforehand where it cannot', async () => {
    const recipe = recipeOf(`${registry}/acme/app:1.0`);
    const folder = join(testbed.directory, 'reports/today');
    expect(await bake(recipe, { args: ['--report', folder] })).toMatchObject({ exit: 0 });
    expect(readFileSync(join(folder, 'bake.html'), 'utf8')).toContain(`<h3>${registry}/acme/app:1.0</h3>`);
    expect(JSON.parse(readFileSync(join(folder, 'bake.json'), 'utf8'))).toMatchObject({
      changed: true,
      images: [{ digest, layers: [{ cached: false }, { download_ms: expect.any(Number) }] }],
      builder: { storage_driver: expect.any(String), engine_id_sha256: expect.any(String) },
      disk: { orphan_bytes: 0 },
      started_at: expect.any(String),
    });
    const file = join(testbed.directory, 'again.html');
    expect(await bake(recipe, { args: ['--report', file] })).toMatchObject({ exit: 0 });
    expect(readFileSync(file, 'utf8')).toContain('nothing was pulled and nothing changed');
    expect(existsSync(file.replace('.html', '.json'))).toBe(true);
    rmSync(join(engine.root, manifestPath));
    const refused = await bake(recipe, {
      args: ['--report', join(testbed.directory, 'nowhere/at/all.html')],
    });
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain('[FILE_UNREADABLE]');
    expectNoManifest(engine.root);
  });

  test('a disk that is too small is refused before anything is pulled', async () => {
    const root = testbed.makeDirectory('tiny-disk');
    const dataRoot = join(root, 'var/lib/docker');
    mkdirSync(dataRoot, { recursive: true });
    await command('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', dataRoot]);
    const small = await testbed.startEngine({ root });
    await command('fallocate', ['--length', '12M', join(dataRoot, 'ballast')]);
    const ended = await bake(recipeOf(`${registry}/acme/app:1.0`), { root });
    expect(ended).toMatchObject({ exit: 1, stdout: '' });
    expect(ended.stderr).toMatch(
      /are free where Docker has its images, and 2 layers of 33\.\d MB are to be pulled/,
    );
    expect(ended.stderr).toContain('nothing was pulled [DISK_FULL]');
    expect(ended.stderr).not.toContain('resolving and pulling');
    rmSync(join(dataRoot, 'ballast'));
    const tight = await bake(recipeOf(`${registry}/acme/tiny:1.0`, `${registry}/acme/app:1.0`), { root });
    expect(tight.stderr).toContain('[DISK_FULL]');
    await small.stop();
  });

  test('a pinned image is pulled by its digest and has its tag afterwards', async () => {
    const ended = await bake(recipeOf(`{ ref: "${registry}/acme/app:1.0", digest: "${digest}" }`));
    expect(ended).toMatchObject({ exit: 0 });
    const inspected = await engine.docker.getImage(`${registry}/acme/app:1.0`).inspect();
    expect(inspected.RepoDigests).toEqual([`${registry}/acme/app@${digest}`]);
  });

  test('a new bake breaks an earlier seal and says so', async () => {
    await bake(recipeOf(`${registry}/acme/app:1.0`));
    const sealed = {
      ...manifestOf(engine.root),
      seal: { sealedAt: '2026-01-01T00:00:00Z', removed: [], kept: [] },
    };
    rmSync(join(engine.root, manifestPath));
    writeFileSync(join(engine.root, manifestPath), JSON.stringify(sealed));
    const ended = await bake(recipeOf(`${registry}/acme/app:1.0`), { args: ['--json'] });
    expect((JSON.parse(ended.stdout) as Document).warnings).toMatchObject([{ code: 'SEAL_BROKEN' }]);
    expect(manifestOf(engine.root).seal).toBeNull();
  });

  test('an image that does not exist fails the bake, which says what was pulled', async () => {
    await bake(recipeOf(`${registry}/acme/app:1.0`));
    await engine.docker.getImage(`${registry}/acme/app:1.0`).remove();
    const recipe = recipeOf(`${registry}/acme/app:1.0`, `${registry}/acme/none:1.0`);
    const ended = await bake(recipe, { args: ['--parallel', '1'] });
    expect(ended).toMatchObject({ exit: 1, stdout: '' });
    expect(ended.stderr).toContain('[IMAGE_NOT_FOUND]');
    expect(ended.stderr).toContain(`pulled until then: ${registry}/acme/app:1.0`);
    expectNoManifest(engine.root);
  });

  test('a registry that breaks the connection in a pull', async () => {
    proxy.setFault({ kind: 'cut', afterBytes: 256 * 1024 });
    const args = ['--json', '--retries', '0'];
    const ended = await bake(recipeOf(`${proxy.address}/acme/app:1.0`), { args });
    expect(ended.exit).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'IMAGE_PULL_FAILED', retryable: true } });
    expectNoManifest(engine.root);
  });

  test('a registry that falls silent in a pull', async () => {
    proxy.setFault({ kind: 'hang', afterBytes: 256 * 1024 });
    const args = ['--stall-timeout', '1', '--retries', '1'];
    const ended = await bake(recipeOf(`${proxy.address}/acme/app:1.0`), { args });
    expect(ended.exit).toBe(1);
    expect(ended.stderr).toContain('no progress for 1 s (try 2 of 2)');
    expect(ended.stderr).toContain('[IMAGE_PULL_STALLED]');
    expectNoManifest(engine.root);
  });

  test('a registry that comes back is asked again, and the retry is recorded', async () => {
    proxy.setFault({ kind: 'cut', afterBytes: 256 * 1024 });
    const ended = await bake(recipeOf(`${proxy.address}/acme/app:1.0`), {
      args: ['--json'],
      onTerminal: (text) => {
        if (text.includes('trying again')) proxy.setFault(undefined);
      },
    });
    expect(ended).toMatchObject({ exit: 0 });
    const retried = manifestOf(engine.root);
    expect(manifestViolations(retried)).toEqual([]);
    const [image] = retried.images;
    expect(image?.retries?.[0]).toMatchObject({ code: 'IMAGE_PULL_FAILED', waitMs: expect.any(Number) });
    expect(image?.layers.map(({ cached }) => cached)).toEqual([false, false]);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      images: [{ retries: [{ code: 'IMAGE_PULL_FAILED' }] }],
    });
  });

  test('several are pulled at a time, and what is complete when one ends badly is kept', async () => {
    proxy.setFault({ kind: 'hang', afterBytes: 256 * 1024 });
    const controller = new AbortController();
    const tiny = `${registry}/acme/tiny:1.0`;
    const ended = await bake(recipeOf(`${proxy.address}/acme/app:1.0`, tiny), {
      args: ['--parallel', '2'],
      signal: controller.signal,
      onTerminal: (text) => {
        if (text.includes(`${tiny}: pulled`)) controller.abort();
      },
    });
    expect(ended).toMatchObject({ exit: 1 });
    expect(ended.stderr).toContain(`pulled until then: ${tiny}; nothing of that is lost`);
    expect(ended.stderr).toContain('[INTERRUPTED]');
    expect((await bake(recipeOf(tiny))).stderr).toContain('already there');
  });

  test.each([
    ['--parallel', '0'],
    ['--parallel', '33'],
    ['--retries', '-1'],
    ['--retries', '1.5'],
  ])('%s %s is refused before anything is touched', async (option, value) => {
    const ended = await bake(recipeOf(`${registry}/acme/app:1.0`), { args: [`${option}=${value}`] });
    expect(ended).toMatchObject({ exit: 2, stdout: '' });
    expect(ended.stderr).toContain(`${option} takes a whole number`);
    expect(await engine.docker.listImages()).toEqual([]);
  });

  test('an interrupt in a pull ends it, and the next bake is whole', async () => {
    proxy.setFault({ kind: 'hang', afterBytes: 256 * 1024 });
    const controller = new AbortController();
    const ended = await bake(recipeOf(`${proxy.address}/acme/app:1.0`), {
      signal: controller.signal,
      onTerminal: (text) => {
        if (text.includes('of 2 layers')) controller.abort();
      },
    });
    expect(ended.exit).toBe(1);
    expect(ended.stderr).toContain(
      '\nparbake-agent: the bake was interrupted; nothing was pulled [INTERRUPTED]',
    );
    expectNoManifest(engine.root);
    const next = await bake(recipeOf(`${registry}/acme/app:1.0`));
    expect(next.stderr).toContain('pulled 2 layers');
  });

  test('killed in the middle of a pull, it leaves no manifest, and the next bake is whole', async () => {
    const recipe = recipeOf(`${registry}/acme/tiny:1.0`);
    expect(await bake(recipe)).toMatchObject({ exit: 0 });
    proxy.setFault({ kind: 'hang', afterBytes: 256 * 1024 });
    const file = join(testbed.directory, 'killed.yaml');
    writeFileSync(file, recipeOf(`${registry}/acme/tiny:1.0`, `${proxy.address}/acme/app:1.0`));
    const main = join(import.meta.dirname, '../../agent/main.ts');
    const args = [main, 'bake', '--recipe', file, '--root', engine.root, '--imds', 'off'];
    const child = startProgram(process.execPath, args, join(testbed.directory, 'killed.log'));
    testbed.onClose(() => child.stop('SIGKILL'));
    // It goes before the first pull, and nothing else comes before the end.
    await waitFor('the earlier manifest to go', () => !existsSync(join(engine.root, manifestPath)));
    await child.stop('SIGKILL');
    expectNoManifest(engine.root);
    proxy.setFault(undefined);
    const next = await bake(recipeOf(`${registry}/acme/tiny:1.0`, `${proxy.address}/acme/app:1.0`));
    expect(next).toMatchObject({ exit: 0 });
    expect(manifestOf(engine.root).images.map(({ verification }) => verification?.result)).toEqual([
      'ok',
      'ok',
    ]);
  });

  test('a digest that is not what the registry has', async () => {
    const other = `sha256:${'0'.repeat(64)}`;
    const ended = await bake(recipeOf(`{ ref: "${registry}/acme/app:1.0", digest: "${other}" }`));
    expect(ended.exit).toBe(1);
    expect(ended.stderr).toContain(`is ${digest} in its registry, but the recipe pins ${other}`);
    expect(ended.stderr).toContain('[IMAGE_DIGEST_MISMATCH]');
    expect(await engine.docker.listImages()).toEqual([]);
    expectNoManifest(engine.root);
  });

  test('an image for another platform', async () => {
    const ended = await bake(recipeOf(`{ ref: "${registry}/acme/app:1.0", platform: linux/s390x }`));
    expect(ended.exit).toBe(1);
    expect(ended.stderr).toContain('[IMAGE_PLATFORM_MISMATCH]');
    expectNoManifest(engine.root);
  });

  test('Docker not running', async () => {
    const root = testbed.makeDirectory('no-docker');
    const ended = await bake(recipeOf(`${registry}/acme/app:1.0`), { root });
    expect(ended.exit).toBe(1);
    expect(ended.stderr).toContain('[DOCKER_UNAVAILABLE]');
    expectNoManifest(root);
  });

  test('a recipe with mistakes touches nothing, not even the earlier manifest', async () => {
    await bake(recipeOf(`${registry}/acme/app:1.0`));
    const before = manifestOf(engine.root);
    const ended = await bake(recipeOf('a:${NONE}'));
    expect(ended.exit).toBe(2);
    expect(ended.stderr).toContain(
      'parbake.yaml:3:7: variable NONE is not defined [RECIPE_VARIABLE_UNDEFINED]',
    );
    expect(manifestOf(engine.root)).toEqual(before);
  });

  test('a disk that is full during a pull', async () => {
    const root = testbed.makeDirectory('small');
    const dataRoot = join(root, 'var/lib/docker');
    mkdirSync(dataRoot, { recursive: true });
    await command('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', dataRoot]);
    const small = await testbed.startEngine({ root });
    const ended = await bake(recipeOf(`${registry}/acme/app:1.0`), { root });
    expect(ended.exit).toBe(1);
    expect(ended.stderr).toContain('[DISK_FULL]');
    expectNoManifest(root);
    expect(await small.docker.listImages()).toEqual([]);
  });
});

/** Builds an image of two layers, pushes it, and gives the digest that the registry has for it. */
async function pushImage(testbed: Testbed, engine: Engine, ref: string): Promise<string> {
  const context = testbed.makeDirectory('context');
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY base /\nCOPY blob /\nCMD ["/base"]\n');
  writeFileSync(join(context, 'base'), 'base', { mode: 0o755 });
  writeFileSync(join(context, 'blob'), randomBytes(blobBytes));
  const archive = join(testbed.directory, 'context.tar');
  await command('tar', ['--create', '--file', archive, '--directory', context, '.']);
  const { docker } = engine;
  await drain(await docker.buildImage(archive, { t: ref }));
  // Engines want credentials in a push, also when the registry does not.
  await drain(
    await docker.getImage(ref).push({ authconfig: { username: '', password: '', serveraddress: '' } }),
  );
  const [repoDigest = ''] = (await docker.getImage(ref).inspect()).RepoDigests;
  return repoDigest.split('@')[1] ?? '';
}

async function drain(stream: NodeJS.ReadableStream): Promise<void> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  if (text.includes('"errorDetail"')) throw new Error(text);
}
