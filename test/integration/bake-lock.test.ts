import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import type { Engine } from '../testbed/engine.ts';
import { buildImage, pushImage } from '../testbed/images.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { recipeOf, runBake, type Ended } from '../support/bake-run.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing());

interface LockText {
  lockVersion: number;
  images: Record<string, { digest: string; platforms: Record<string, { digest: string; config: string }> }>;
}

describe.skipIf(missing !== undefined)(`parbake.lock ${missing ?? ''}`, () => {
  let testbed: Testbed;
  let engine: Engine;
  let registry: string;
  let directory: string;
  let lockFile: string;
  let app: string;
  let versions = 0;

  beforeAll(async () => {
    testbed = await createTestbed();
    registry = (await testbed.registry()).address;
    engine = await testbed.startEngine({ settings: { 'max-download-attempts': 1 } });
    directory = testbed.makeDirectory('recipe');
    lockFile = join(directory, 'parbake.lock');
    app = `${registry}/acme/app:1.0`;
  });

  afterAll(async () => {
    await testbed?.close();
  });

  beforeEach(() => {
    rmSync(lockFile, { force: true });
  });

  /** Moves the tag to a new image, and leaves none on the Engine. */
  async function publish(ref = app): Promise<string> {
    const context = testbed.makeDirectory(`context${++versions}`);
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY name /\nCMD ["/name"]\n');
    writeFileSync(join(context, 'name'), `${ref} ${versions}`, { mode: 0o755 });
    await buildImage(engine, context, ref);
    const digest = await pushImage(engine, ref);
    await removeImages();
    return digest;
  }

  async function removeImages(): Promise<void> {
    for (const image of await engine.docker.listImages())
      await engine.docker.getImage(image.Id).remove({ force: true });
  }

  const bake = async (recipe: string, ...args: string[]): Promise<Ended> =>
    await runBake({ directory, root: engine.root, recipe, args: ['--json', ...args] });

  const lockText = (): LockText => JSON.parse(readFileSync(lockFile, 'utf8')) as LockText;
  const manifest = (): Manifest =>
    JSON.parse(readFileSync(join(engine.root, manifestPath), 'utf8')) as Manifest;
  const errorOf = ({ stdout }: Ended): { code: string; message: string } =>
    (JSON.parse(stdout) as { error: { code: string; message: string } }).error;

  test('holds what a tag stood for, and later bakes take that although the tag has moved', async () => {
    const first = await publish();
    expect(await bake(recipeOf(app))).toMatchObject({ exit: 0 });
    const [image] = manifest().images;
    expect(lockText()).toEqual({
      lockVersion: 1,
      images: {
        [app]: { digest: first, platforms: { 'linux/amd64': { digest: first, config: image?.imageId } } },
      },
    });
    const text = readFileSync(lockFile, 'utf8');
    const second = await publish();
    expect(second).not.toBe(first);
    expect(await bake(recipeOf(app))).toMatchObject({ exit: 0 });
    expect(manifest().images[0]?.digest).toBe(first);
    expect(readFileSync(lockFile, 'utf8')).toBe(text);
    expect(await bake(recipeOf(app), '--update-lock')).toMatchObject({ exit: 0 });
    expect(manifest().images[0]?.digest).toBe(second);
    expect(lockText().images[app]?.digest).toBe(second);
  });

  test('a second bake pulls nothing and changes nothing, even with its registry gone', async () => {
    const other = await testbed.registryProxy();
    await publish();
    const ref = `${other.address}/acme/app:1.0`;
    expect(await bake(recipeOf(ref))).toMatchObject({ exit: 0 });
    const before = [lockFile, join(engine.root, manifestPath)].map((file) => readFileSync(file, 'utf8'));
    await other.close();
    const again = await bake(recipeOf(ref), '--frozen');
    expect(again).toMatchObject({ exit: 0 });
    expect(JSON.parse(again.stdout)).toMatchObject({
      changed: false,
      images: [{ cached: true, pull_ms: 0 }],
    });
    expect([lockFile, join(engine.root, manifestPath)].map((file) => readFileSync(file, 'utf8'))).toEqual(
      before,
    );
  });

  test('a changed entry of the recipe is resolved anew, and what left the recipe leaves the lock', async () => {
    const [one, two] = [`${registry}/acme/one:1`, `${registry}/acme/two:1`];
    await publish(one);
    await publish(two);
    expect(await bake(recipeOf(app, one))).toMatchObject({ exit: 0 });
    const kept = lockText().images[app];
    expect(await bake(recipeOf(app, two))).toMatchObject({ exit: 0 });
    expect(Object.keys(lockText().images).sort()).toEqual([app, two].sort());
    expect(lockText().images[app]).toEqual(kept);
    const moved = await publish();
    expect(await bake(recipeOf(`{ ref: "${app}", digest: "${moved}" }`))).toMatchObject({ exit: 0 });
    expect(lockText().images[app]?.digest).toBe(moved);
  });

  test('--frozen refuses a recipe that the lock is not of, before anything is touched', async () => {
    await publish();
    const none = await bake(recipeOf(app), '--frozen');
    expect(none.exit).toBe(2);
    expect(errorOf(none)).toMatchObject({
      code: 'LOCK_OUTDATED',
      message: expect.stringContaining(lockFile),
    });
    expect(await bake(recipeOf(app))).toMatchObject({ exit: 0 });
    const text = readFileSync(lockFile, 'utf8');
    const other = await bake(recipeOf(app, `${registry}/acme/one:1`), '--frozen');
    expect(other.exit).toBe(2);
    expect(errorOf(other)).toMatchObject({
      code: 'LOCK_OUTDATED',
      message: expect.stringContaining(`${registry}/acme/one:1 is not in it`),
    });
    expect(readFileSync(lockFile, 'utf8')).toBe(text);
    expect(await bake(recipeOf(app), '--frozen')).toMatchObject({ exit: 0 });
  });

  test('a lock that says something else than the registry has under the digest', async () => {
    await publish();
    expect(await bake(recipeOf(app))).toMatchObject({ exit: 0 });
    const lock = lockText();
    const platform = lock.images[app]?.platforms['linux/amd64'];
    if (platform === undefined) throw new Error('the platform is not locked');
    platform.config = `sha256:${'0'.repeat(64)}`;
    writeFileSync(lockFile, JSON.stringify(lock));
    await removeImages();
    const ended = await bake(recipeOf(app));
    expect(ended.exit).toBe(1);
    expect(errorOf(ended)).toMatchObject({ code: 'LOCK_MISMATCH', message: expect.stringContaining('0000') });
    expect(await engine.docker.listImages()).toEqual([]);
  });

  test('a locked digest that the registry no longer has', async () => {
    await publish();
    expect(await bake(recipeOf(app))).toMatchObject({ exit: 0 });
    const gone = `sha256:${'1'.repeat(64)}`;
    writeFileSync(
      lockFile,
      JSON.stringify({ lockVersion: 1, images: { [app]: { digest: gone, platforms: {} } } }),
    );
    const ended = await bake(recipeOf(app));
    expect(errorOf(ended)).toMatchObject({ code: 'IMAGE_NOT_FOUND', message: expect.stringContaining(gone) });
  });

  test('a broken lock is refused, and --update-lock makes it anew', async () => {
    await publish();
    writeFileSync(lockFile, '<<<<<<< ours\n');
    const ended = await bake(recipeOf(app));
    expect(ended.exit).toBe(2);
    expect(errorOf(ended)).toMatchObject({ code: 'LOCK_INVALID' });
    expect(await bake(recipeOf(app), '--update-lock')).toMatchObject({ exit: 0 });
    expect(Object.keys(lockText().images)).toEqual([app]);
  });

  test('a lock elsewhere, and two wishes that exclude each other', async () => {
    await publish();
    const elsewhere = join(testbed.directory, 'other.lock');
    expect(await bake(recipeOf(app), '--lock', elsewhere)).toMatchObject({ exit: 0 });
    expect([existsSync(elsewhere), existsSync(lockFile)]).toEqual([true, false]);
    expect(await bake(recipeOf(app), '--frozen', '--update-lock')).toMatchObject({ exit: 2 });
  });
});
