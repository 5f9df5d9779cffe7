import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { builderMissing, startBuilder, type Builder } from '../testbed/builder.ts';
import { motoRegion } from '../testbed/moto.ts';
import { packerProgram } from '../testbed/packer.ts';
import { pythonPackages } from '../testbed/python-packages.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { agentPackage } from '../testbed/parbake-packages.ts';
import { signDetached } from '../support/cosign-sign.ts';
import { copyOlderTemplate, startPackerCloud, type PackerCloud } from '../support/packer-cloud.ts';
import { productImages, pushProductImages } from '../support/product-images.ts';
import { type Ended, runToEnd, succeeded } from '../testbed/command.ts';
import { unlessRequired } from '../support/requirement.ts';

const nothing = testbedMissing() ?? builderMissing();
const packer = nothing === undefined ? await packerProgram() : { missing: nothing };
const missing = unlessRequired('missing' in packer ? packer.missing : undefined);

const packerPath = 'program' in packer ? packer.program : '';
const template = join(import.meta.dirname, '../../packaging/packer');
const minutes = 60_000;

/**
 * Packer itself, with its builder for Amazon, against EC2's stand-in; the instance that it launches there is a builder
 * of the test bed, to which its connection is led.
 */
describe.skipIf(missing !== undefined)(
  `the Packer template ${missing ?? ''}`,
  { timeout: 20 * minutes },
  () => {
    let testbed: Testbed;
    let cloud: PackerCloud;
    let registry: string;
    let debFile: string;
    let directory: string;

    beforeAll(async () => {
      debFile = await agentPackage();
      testbed = await createTestbed();
      directory = testbed.makeDirectory('packer');
      registry = await pushProductImages(testbed);
      cloud = await startPackerCloud(testbed);
      copyOlderTemplate(join(directory, 'template'));
    }, 10 * minutes);
    afterAll(async () => {
      await testbed?.close();
    });

    /** Builds on a machine that is there once Packer has launched an instance, as cloud-init makes it. */
    async function build(builder: Builder, variables: Record<string, string>): Promise<Ended> {
      const values = Object.entries({ ...variables, ecr_registry: '' });
      return await cloud.run(
        builder,
        packerPath,
        [
          ...['build', '-color=false', '-var-file=example.pkrvars.hcl'],
          ...values.flatMap(([key, value]) => ['-var', `${key}=${value}`]),
          '.',
        ],
        join(directory, 'template'),
      );
    }

    /** As in example.pkrvars.hcl, but for the registry. */
    const versions = (application: string): string =>
      JSON.stringify([
        ...[`REGISTRY=${registry}`, 'SWARM_VERSION=1.2.9', 'CADVISOR_VERSION=v0.33.0'],
        `APP_VERSION=${application}`,
      ]);

    /** The template's recipe, with a key for the application, whose image is signed by it. */
    async function recipeWithKey(): Promise<{ recipe: string; key: string }> {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const key = join(directory, 'cosign.pub');
      writeFileSync(key, publicKey.export({ type: 'spki', format: 'pem' }));
      const image = '${REGISTRY}/acme/app:${APP_VERSION}';
      const text = readFileSync(join(template, 'parbake.yaml'), 'utf8');
      expect(text).toContain(`  - ${image}\n`);
      const recipe = join(directory, 'parbake.yaml');
      const keyed = `  - { ref: "${image}", cosign_key: ./cosign.pub }\n`;
      writeFileSync(recipe, text.replace(`  - ${image}\n`, keyed));
      const accept = 'application/vnd.docker.distribution.manifest.v2+json';
      const found = await fetch(`http://${registry}/v2/acme/app/manifests/1.4.2`, { headers: { accept } });
      const at = found.headers.get('docker-content-digest') ?? '';
      await signDetached({ registry, repository: 'acme/app', at, key: privateKey });
      return { recipe, key };
    }

    const images = async () =>
      (await cloud.moto.client.send(new DescribeImagesCommand({ Owners: ['self'] }))).Images?.filter(
        ({ Name }) => Name?.startsWith('parbake-') === true,
      ) ?? [];

    test('is formatted as Packer does it', async () => {
      const format = ['fmt', '-check', '-diff', template];
      const formatted = await runToEnd(packerPath, format, { env: cloud.env });
      expect(formatted).toEqual({ exit: 0, stdout: '', stderr: '' });
    });

    test('asks for IMDSv2, keeps no key of the build, and ends with a verification', async () => {
      const { source, build } = await parseHcl<Template>(join(template, 'parbake.pkr.hcl'));
      expect(source[0]?.['amazon-ebs']['parbake']).toMatchObject({
        ssh_clear_authorized_keys: true,
        imds_support: 'v2.0',
        metadata_options: [{ http_tokens: 'required', http_put_response_hop_limit: 1 }],
        launch_block_device_mappings: [{ volume_type: 'gp3' }],
        dynamic: [
          {
            temporary_iam_instance_profile_policy_document: {
              content: [{ Statement: [{ Effect: 'Allow' }] }],
            },
          },
        ],
      });
      const steps = (build[0]?.provisioner ?? []).map(
        ({ shell, file }) => shell?.inline?.[0] ?? file?.direction,
      );
      expect(steps.slice(-3)).toEqual(['parbake-agent scrub --yes', 'download', 'parbake-agent verify']);
      const plugins = await parseHcl<object>(join(template, 'plugins.pkr.hcl'));
      expect(plugins).toMatchObject({
        packer: [{ required_plugins: [{ amazon: { source: 'github.com/hashicorp/amazon' } }] }],
      });
    });

    test('makes a sealed image, and tags it with the digest of its manifest', async () => {
      const builder = await startBuilder(testbed);
      const output = join(directory, 'output');
      mkdirSync(output);
      const { recipe, key } = await recipeWithKey();
      const built = await build(builder, {
        agent_package: debFile,
        recipe,
        keys: JSON.stringify([key]),
        recipe_vars: versions('1.4.2'),
        output,
      });
      succeeded(built);
      const manifest = readFileSync(join(builder.root, manifestPath));
      const { seal, images: baked, ...made } = JSON.parse(manifest.toString()) as Manifest;
      expect(baked.map(({ ref }) => ref)).toEqual(productImages.map((name) => `${registry}/${name}`));
      expect(baked.map(({ signature }) => signature?.result)).toEqual([undefined, undefined, 'verified']);
      expect(seal?.kept).toEqual([]);
      const [image] = await images();
      const tags = Object.fromEntries(image?.Tags?.map(({ Key, Value }) => [Key, Value]) ?? []);
      expect(tags).toMatchObject({
        Name: 'parbake',
        'parbake:manifest-sha256': createHash('sha256').update(manifest).digest('hex'),
        'parbake:base-name': 'debian-12-amd64-20261101',
      });
      const { builds } = JSON.parse(readFileSync(join(output, 'packer-manifest.json'), 'utf8')) as {
        builds: { artifact_id: string; custom_data: { build: string } }[];
      };
      expect(builds.map((one) => [one.artifact_id, one.custom_data.build])).toEqual([
        [`${motoRegion}:${image?.ImageId ?? ''}`, tags['parbake:build']],
      ]);
      expect(made.machineImage).toEqual({
        name: image?.Name,
        sourceName: 'debian-12-amd64-20261101',
        buildId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      const own = 'cd /usr/lib/parbake/agent && LC_ALL=C sha256sum parbake-agent*js | sha256sum';
      expect(await builder.run('sh', '-c', own)).toContain(made.agentSha256);
      expect(made.agentCommit).toMatch(/^[0-9a-f]{40}/);
      expect(existsSync(join(builder.root, `home/${builder.user}/.ssh/authorized_keys`))).toBe(false);
      expect(await builder.run('parbake-agent', 'verify')).toMatch(/^sealed$/m);
    });

    test('makes no image when one of the recipe cannot be pulled, and leaves nothing running', async () => {
      const before = (await images()).length;
      const built = await build(await startBuilder(testbed, 'second'), {
        agent_package: debFile,
        recipe: join(template, 'parbake.yaml'),
        recipe_vars: versions('9.9.9'),
      });
      expect(built.exit).toBe(1);
      expect(built.stdout + built.stderr).toContain('[IMAGE_NOT_FOUND]');
      expect(built.stdout).not.toContain('Sealed.');
      expect(await images()).toHaveLength(before);
      expect((await cloud.instances()).map(({ state }) => state)).toEqual(['terminated', 'terminated']);
    });
  },
);

interface Template {
  source: { 'amazon-ebs': Record<string, unknown> }[];
  build: { provisioner: { shell?: { inline?: string[] }; file?: { direction?: string } }[] }[];
}

async function parseHcl<T>(file: string): Promise<T> {
  const parser = await pythonPackages(['python-hcl2==8.1.4']);
  const script = 'import hcl2, json, sys; print(json.dumps(hcl2.load(open(sys.argv[1]))))';
  const env = { ...process.env, PYTHONPATH: parser };
  const { stdout } = await runToEnd('python3', ['-c', script, file], { env });
  // Its texts have their quotes on.
  return JSON.parse(stdout.replaceAll(String.raw`\"`, '')) as T;
}
