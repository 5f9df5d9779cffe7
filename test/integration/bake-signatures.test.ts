import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { parseSigningKey } from '../../proto/recipe/signing-key.ts';
import type { Engine } from '../testbed/engine.ts';
import { buildTinyImage, pushImage } from '../testbed/images.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { runBake, type Ended } from '../support/bake-run.ts';
import { signDetached, signWithBundle, unsign } from '../support/cosign-sign.ts';
import { manifestViolations } from '../support/manifest-schema.ts';
import { pushWithBills } from '../support/registry-push.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing());

const repository = 'acme/app';

describe.skipIf(missing !== undefined)(`signatures of images ${missing ?? ''}`, () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { privateKey: otherKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
  const parsed = parseSigningKey(pem);
  const keySha256 = parsed.ok ? parsed.key.sha256 : parsed.reason;
  let testbed: Testbed;
  let engine: Engine;
  let registry: string;
  let directory: string;
  let ref: string;
  let digest: string;
  let otherDigest: string;

  beforeAll(async () => {
    testbed = await createTestbed();
    registry = (await testbed.registry()).address;
    engine = await testbed.startEngine({ settings: { 'max-download-attempts': 1 } });
    directory = testbed.makeDirectory('recipe');
    mkdirSync(join(directory, 'keys'));
    writeFileSync(join(directory, 'keys/cosign.pub'), pem);
    ref = `${registry}/${repository}:1.0`;
    await buildTinyImage(engine, testbed.makeDirectory('tiny'), ref);
    digest = await pushImage(engine, ref);
    // Another one in the same repository, as a newer version is.
    otherDigest = (await pushWithBills(registry, repository, '1.0', '2.0')).index;
  });

  afterAll(async () => {
    await testbed?.close();
  });

  beforeEach(async () => {
    for (const at of [digest, otherDigest]) await unsign({ registry, repository, at });
    for (const file of [join(directory, 'parbake.lock'), join(engine.root, manifestPath)])
      rmSync(file, { force: true });
    for (const image of await engine.docker.listImages())
      await engine.docker.getImage(image.Id).remove({ force: true });
  });

  const bake = async (image: string, key = './keys/cosign.pub', more = ''): Promise<Ended> =>
    await runBake({
      directory,
      root: engine.root,
      recipe: `apiVersion: parbake/v1\nimages:\n  - { ref: "${image}", cosign_key: ${key}${more} }\n`,
      args: ['--json'],
    });
  const manifest = (): Manifest =>
    JSON.parse(readFileSync(join(engine.root, manifestPath), 'utf8')) as Manifest;
  const messageOf = ({ stdout }: Ended): string =>
    (JSON.parse(stdout) as { error: { message: string } }).error.message;

  /** It was refused with that code, and nothing is on the Engine or says that it was baked. */
  async function expectRefused(ended: Ended, code: string): Promise<void> {
    expect(ended.exit).toBe(code === 'RECIPE_INVALID' ? 2 : 1);
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code } });
    expect(await engine.docker.listImages()).toEqual([]);
    expect(existsSync(join(engine.root, manifestPath))).toBe(false);
  }

  test.each([
    ['a missing tag', (): string => `${registry}/${repository}:none`, 'IMAGE_NOT_FOUND'],
    ['a dead registry', (): string => '127.0.0.1:9/acme/app:1.0', 'IMAGE_PULL_FAILED'],
  ])('B14: %s has the same code with a key as without', async (_, image, code) => {
    const ended = await bake(image());
    expect(ended.exit).toBe(1);
    await expectRefused(ended, code);
  });

  test.each([
    ['a signed payload', 'simple-signing', signDetached],
    ['a bundle that refers to it', 'sigstore-bundle', signWithBundle],
  ] as const)('%s is found, checked and recorded; a second bake changes nothing', async (_, format, sign) => {
    const blob = await sign({ registry, repository, at: digest, key: privateKey });
    expect(await bake(ref)).toMatchObject({ exit: 0 });
    const made = manifest();
    expect(manifestViolations(made)).toEqual([]);
    expect(made.images[0]).toMatchObject({
      digest,
      signature: { result: 'verified', format, keySha256, digest: blob },
    });
    const again = await bake(ref);
    expect(JSON.parse(again.stdout)).toMatchObject({ changed: false });
  });

  test('what is signed is what the reference stands for: of an index, the index', async () => {
    const index = `${registry}/${repository}:2.0`;
    await signDetached({ registry, repository, at: digest, key: privateKey });
    await expectRefused(await bake(index), 'IMAGE_SIGNATURE_MISSING');
    await signDetached({ registry, repository, at: otherDigest, key: privateKey });
    expect(await bake(index)).toMatchObject({ exit: 0 });
    expect(manifest().images[0]).toMatchObject({ digest: otherDigest, platformDigest: digest });
  });

  test('an image that nobody signed is refused, and baked by a recipe that names no key', async () => {
    const ended = await bake(ref);
    await expectRefused(ended, 'IMAGE_SIGNATURE_MISSING');
    expect(messageOf(ended)).toContain(`${ref} (${digest}) has no signature`);
    expect(messageOf(ended)).toContain('nothing was pulled');
    const unasked = `apiVersion: parbake/v1\nimages: ["${ref}"]\n`;
    expect(await runBake({ directory, root: engine.root, recipe: unasked })).toMatchObject({ exit: 0 });
    expect(manifest().images[0]).not.toHaveProperty('signature');
    // Being there does not make it signed.
    expect((await bake(ref)).stdout).toContain('IMAGE_SIGNATURE_MISSING');
  });

  test.each([
    ['a signed payload', signDetached],
    ['a bundle', signWithBundle],
  ] as const)('%s of another image is refused', async (_, sign) => {
    await sign({ registry, repository, at: digest, digest: otherDigest, key: privateKey });
    const ended = await bake(ref);
    await expectRefused(ended, 'IMAGE_SIGNATURE_INVALID');
    expect(messageOf(ended)).toContain('it is of another image');
    expect(messageOf(ended)).toContain(otherDigest);
  });

  test.each([
    ['a signed payload', signDetached],
    ['a bundle', signWithBundle],
  ] as const)('%s by another key is refused', async (_, sign) => {
    const blob = await sign({ registry, repository, at: digest, key: otherKey });
    const ended = await bake(ref);
    await expectRefused(ended, 'IMAGE_SIGNATURE_INVALID');
    expect(messageOf(ended)).toContain(`${blob}: it is not by this key, or was changed`);
    expect(messageOf(ended)).toContain(keySha256);
  });

  test('a payload that was changed after it was signed is refused', async () => {
    const payload = { image: { 'docker-manifest-digest': digest }, type: 'cosign container image signature' };
    const instead = JSON.stringify({ critical: payload, optional: { creator: 'mallory' } });
    await signDetached({ registry, repository, at: digest, key: privateKey, instead });
    const ended = await bake(ref);
    await expectRefused(ended, 'IMAGE_SIGNATURE_INVALID');
    expect(messageOf(ended)).toContain('it is not by this key, or was changed');
  });

  test("an attestation by the right key, such as a scanner's, is no signature", async () => {
    const predicateType = 'https://cosign.sigstore.dev/attestation/vuln/v1';
    await signWithBundle({ registry, repository, at: digest, key: privateKey, predicateType });
    const ended = await bake(ref);
    await expectRefused(ended, 'IMAGE_SIGNATURE_INVALID');
    expect(messageOf(ended)).toContain(`an attestation of "${predicateType}"`);
  });

  test('a good one counts, whatever else is there', async () => {
    await signDetached({ registry, repository, at: digest, key: otherKey });
    const blob = await signWithBundle({ registry, repository, at: digest, key: privateKey });
    expect(await bake(ref)).toMatchObject({ exit: 0 });
    expect(manifest().images[0]?.signature).toMatchObject({ digest: blob });
  });

  test('an image that instances pull is checked as it is resolved', async () => {
    const role = `roles: { web: { containers: [{ name: app, image: "${ref}" }] } }`;
    const run = async (): Promise<Ended> => {
      const image = `{ ref: "${ref}", cosign_key: keys/cosign.pub, bake: false }`;
      const recipe = `apiVersion: parbake/v1\nimages: [${image}]\n${role}\n`;
      return await runBake({ directory, root: engine.root, recipe, args: ['--json'] });
    };
    await expectRefused(await run(), 'IMAGE_SIGNATURE_MISSING');
    await signDetached({ registry, repository, at: digest, key: privateKey });
    expect(await run()).toMatchObject({ exit: 0 });
    const made = manifest();
    expect(manifestViolations(made)).toEqual([]);
    expect(made.atBoot).toMatchObject([{ ref, digest, signature: { result: 'verified', keySha256 } }]);
  });

  test('a registry that breaks off is no registry without a signature', async () => {
    const proxy = await testbed.registryProxy();
    await signDetached({ registry, repository, at: digest, key: privateKey });
    const led = `${proxy.address}/${repository}@${digest}`;
    expect(await bake(led)).toMatchObject({ exit: 0 });
    rmSync(join(engine.root, manifestPath));
    proxy.setFault({ kind: 'cut', afterBytes: 0 });
    const ended = await bake(led);
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'IMAGE_SIGNATURE_UNKNOWN' } });
    expect(ended.exit).toBe(1);
    expect(existsSync(join(engine.root, manifestPath))).toBe(false);
  });

  test('a key that is not there or none is found with the recipe, at its place', async () => {
    await signDetached({ registry, repository, at: digest, key: privateKey });
    const gone = await bake(ref, 'keys/gone.pub');
    await expectRefused(gone, 'RECIPE_INVALID');
    const column = `  - { ref: "${ref}", cosign_key: `.length + 1;
    expect(messageOf(gone)).toContain(
      `parbake.yaml:3:${column}: the key keys/gone.pub cannot be read: ENOENT`,
    );
    writeFileSync(join(directory, 'garbage.pub'), 'garbage');
    const garbage = await bake(ref, 'garbage.pub');
    await expectRefused(garbage, 'RECIPE_INVALID');
    expect(messageOf(garbage)).toContain(`:3:${column}: garbage.pub is not a valid signing key`);
  });
});
