import { createHash, generateKeyPairSync } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { builderMissing, startBuilder, type Builder } from '../testbed/builder.ts';
import { motoRegion, startMoto, type Moto } from '../testbed/moto.ts';
import { packerProgram } from '../testbed/packer.ts';
import { pythonPackages } from '../testbed/python-packages.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { agentPackage } from '../testbed/parbake-packages.ts';
import { signDetached } from '../support/cosign-sign.ts';
import { productImages, pushProductImages } from '../support/product-images.ts';
import { type Ended, command, runToEnd, succeeded } from '../testbed/command.ts';
import { unlessRequired } from '../support/requirement.ts';

const nothing = testbedMissing() ?? builderMissing();
const packer = nothing === undefined ? await packerProgram() : { missing: nothing };
const missing = unlessRequired('missing' in packer ? packer.missing : undefined);

const template = join(import.meta.dirname, '../../packaging/packer');
const minutes = 60_000;
/** Debian's account, which the template takes its image from. */
const debian = '136693071363';

/**
 * Packer itself, with its builder for Amazon, against EC2's stand-in; the instance that it launches there is a builder
 * of the test bed, to which its connection is led.
 */
describe.skipIf(missing !== undefined)(
  `the Packer template ${missing ?? ''}`,
  { timeout: 20 * minutes },
  () => {
    let testbed: Testbed;
    let moto: Moto;
    let registry: string;
    let debFile: string;
    let aws: string;
    let directory: string;

    beforeAll(async () => {
      aws = await pythonPackages(['awscli==1.46.3']);
      debFile = await agentPackage();
      testbed = await createTestbed();
      directory = testbed.makeDirectory('packer');
      registry = await pushProductImages(testbed);
      moto = await startMoto(testbed.directory, {
        host: testbed.hostAddress,
        images: [
          {
            ami_id: 'ami-0123456789abcdef0',
            name: 'debian-12-amd64-20261101',
            owner_id: debian,
            architecture: 'x86_64',
            root_device_type: 'ebs',
            root_device_name: '/dev/xvda',
            virtualization_type: 'hvm',
          },
        ],
      });
      testbed.onClose(() => moto.close());
      olderPacker(join(directory, 'template'));
    }, 10 * minutes);
    afterAll(async () => {
      await testbed?.close();
    });

    /** Builds on a machine that is there once Packer has launched an instance, as cloud-init makes it. */
    async function build(builder: Builder, variables: Record<string, string>): Promise<Ended> {
      const { name } = await testbed.addNamespace();
      const inside = ['--net', `/run/netns/${name}`].join('=');
      const led = ['-p', 'tcp', '--dport', '22', '-j', 'DNAT', '--to-destination', builder.address];
      await command('nsenter', [inside, 'iptables', '-t', 'nat', '-A', 'OUTPUT', ...led]);
      const values = Object.entries({
        ...variables,
        ecr_registry: '',
        ec2_endpoint: moto.env['AWS_ENDPOINT_URL_EC2'],
      });
      const running = runToEnd(
        'nsenter',
        [
          ...[inside, 'program' in packer ? packer.program : '', 'build', '-color=false'],
          '-var-file=example.pkrvars.hcl',
          ...values.flatMap(([key, value]) => ['-var', `${key}=${value ?? ''}`]),
          '.',
        ],
        { cwd: join(directory, 'template'), env: environment() },
      );
      let ended = false;
      const finish = running.finally(() => (ended = true));
      const booted = letIn(builder, () => ended);
      const done = await finish;
      await booted;
      return done;
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

    const environment = (): NodeJS.ProcessEnv => ({
      PATH: `${join(aws, 'bin')}:${process.env['PATH'] ?? ''}`,
      PYTHONPATH: aws,
      HOME: directory,
      CHECKPOINT_DISABLE: '1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL: moto.env['AWS_ENDPOINT_URL_EC2'],
    });

    const instances = async () => {
      const { Reservations = [] } = await moto.client.send(new DescribeInstancesCommand({}));
      return Reservations.flatMap(({ Instances = [] }) => Instances);
    };
    const images = async () =>
      (await moto.client.send(new DescribeImagesCommand({ Owners: ['self'] }))).Images?.filter(
        ({ Name }) => Name?.startsWith('parbake-') === true,
      ) ?? [];

    /** What cloud-init does with the key that an instance was launched with. */
    async function letIn(builder: Builder, isOver: () => boolean): Promise<void> {
      const launched = await waitFor(
        'Packer to launch an instance',
        async () => (isOver() ? 'none' : (await instances()).find(({ State }) => State?.Name === 'running')),
        minutes,
      );
      if (launched === 'none' || launched.KeyName === undefined) return;
      const asked = new DescribeKeyPairsCommand({ KeyNames: [launched.KeyName], IncludePublicKey: true });
      builder.authorize((await moto.client.send(asked)).KeyPairs?.[0]?.PublicKey ?? '');
    }

    test('is formatted as Packer does it', async () => {
      const format = ['fmt', '-check', '-diff', template];
      const formatted = await runToEnd('program' in packer ? packer.program : '', format, {
        env: environment(),
      });
      expect(formatted).toEqual({ exit: 0, stdout: '', stderr: '' });
    });

    test('asks for IMDSv2, keeps no key of the build, and ends with a verification', async () => {
      const { source, build } = await parseHcl<Template>(join(template, 'parbake.pkr.hcl'));
      expect(source[0]?.['amazon-ebs']['parbake']).toMatchObject({
        ssh_clear_authorized_keys: true,
        imds_support: 'v2.0',
        metadata_options: [{ http_tokens: 'required', http_put_response_hop_limit: 1 }],
        launch_block_device_mappings: [{ volume_type: 'gp3' }],
        temporary_iam_instance_profile_policy_document: [{ Statement: [{ Effect: 'Allow' }] }],
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
      expect((await instances()).map(({ State }) => State?.Name)).toEqual(['terminated', 'terminated']);
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

/** The template without what came after the Packer that is under a free licence. */
function olderPacker(into: string): void {
  cpSync(template, into, { recursive: true, filter: (source) => !source.endsWith('plugins.pkr.hcl') });
  const file = join(into, 'parbake.pkr.hcl');
  let text = readFileSync(file, 'utf8');
  for (const newer of [/^  metadata_options \{\n.*?^  \}\n/ms, /^  imds_support .*\n/m]) {
    expect(text).toMatch(newer);
    text = text.replace(newer, '');
  }
  writeFileSync(file, text);
}
