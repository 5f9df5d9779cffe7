import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { scrubRules } from '../../agent/scrub/rules/all.ts';
import { runProgram } from '../demo/programs.ts';
import { command } from '../testbed/command.ts';
import type { DockerRelease } from '../testbed/docker-releases.ts';
import { cloneRoot, type Engine } from '../testbed/engine.ts';
import { buildTinyImage, pushImage } from '../testbed/images.ts';
import type { Testbed } from '../testbed/testbed.ts';
import type { FactSheet } from './compare.ts';
import { plant } from './dirt.ts';
import { copiedMachineId, engineIdentities, machineIdentities } from './identities.ts';

export interface Builder {
  engine: Engine;
  manifest: Manifest;
  facts: FactSheet;
  /** Keyed by rule: a text that occurs only in what the rule removes. */
  canaries: ReadonlyMap<string, string>;
  /** The builder's root as a power cut would leave it: with dirt for every rule, baked and not scrubbed. */
  snapshot: string;
}

/** The rule that removes what this Docker's id is made from. */
export function identityRule(release: DockerRelease): string {
  return release.name === 'docker-20.10' ? 'docker-key-json' : 'docker-engine-id';
}

/** Docker makes these itself; their dirt is made through it. */
const madeByDocker = new Set([
  'docker-containers',
  'docker-volumes',
  'docker-build-cache',
  'docker-swarm',
  'docker-network-db',
]);

/** A builder that baked two images and has collected every kind of state on the way. Its Engine runs. */
export async function makeBuilder(testbed: Testbed, release: DockerRelease): Promise<Builder> {
  const { dockerd, env } = release;
  const root = join(testbed.directory, `${release.name}-builder`);
  const canaries = new Map(scrubRules.map(({ id }) => [id, randomBytes(16).toString('hex')]));
  const canaryOf = (rule: string): string => canaries.get(rule) ?? '';
  let engine = await testbed.startEngine({ root, dockerd, env });
  const images = await bakeImages(testbed, engine, release.name);
  const manifest = JSON.parse(readFileSync(join(root, manifestPath), 'utf8')) as Manifest;
  const container = await dirtyThroughDocker(testbed, engine, images[0] ?? '', canaryOf);
  const engines = await engineIdentities(engine, identityRule(release));
  await engine.stop();
  const dirtyFiles = (): void => {
    for (const rule of canaries.keys())
      if (!madeByDocker.has(rule) && !isItsOwn(rule, release)) plant(root, rule, canaryOf(rule));
    writeFileSync(join(root, 'var/lib/docker/swarm/canary'), canaryOf('docker-swarm'));
    writeFileSync(join(root, 'var/lib/docker/volumes/left-behind/_data/secret'), canaryOf('docker-volumes'));
    writeFileSync(join(layerOf(root, container), 'secret'), canaryOf('docker-containers'));
  };
  dirtyFiles();
  await makeHostKey(root, canaryOf('ssh-host-keys'));
  const snapshot = join(testbed.directory, `${release.name}-snapshot`);
  await cloneRoot(root, snapshot);
  plant(snapshot, 'docker-pid-files', '');
  const facts = {
    machine: 'builder',
    identities: [...engines, ...machineIdentities(root), copiedMachineId(root)],
  };
  engine = await testbed.startEngine({ root, dockerd, env });
  // Docker cleared its own temporary files when it started.
  plant(root, 'docker-tmp', canaryOf('docker-tmp'));
  return { engine, manifest, facts, canaries, snapshot };
}

/** A file that the Engine writes itself, and would not start with ours in its place, or while it runs. */
function isItsOwn(rule: string, release: DockerRelease): boolean {
  return [identityRule(release), 'containerd-uuid', 'docker-pid-files', 'ssh-host-keys'].includes(rule);
}

async function bakeImages(testbed: Testbed, engine: Engine, name: string): Promise<string[]> {
  const registry = (await testbed.registry()).address;
  const images = ['tool', 'service'].map((image) => `${registry}/${name}/${image}:1.0`);
  for (const image of images) {
    await buildTinyImage(engine, testbed.makeDirectory(`${name}-${image.split('/').at(-1) ?? ''}`), image);
    await pushImage(engine, image);
  }
  const recipe = join(testbed.directory, `${name}.yaml`);
  writeFileSync(
    recipe,
    `apiVersion: parbake/v1\nimages:\n${images.map((image) => `  - ${image}\n`).join('')}`,
  );
  await runProgram('parbake-agent', ['bake', '--recipe', recipe, '--root', engine.root, '--json']);
  return images;
}

/** @returns the container's id */
async function dirtyThroughDocker(
  testbed: Testbed,
  engine: Engine,
  image: string,
  canaryOf: (rule: string) => string,
): Promise<string> {
  const { docker, address } = engine;
  const container = await docker.createContainer({
    Image: image,
    name: 'left-behind',
    Env: [`SECRET=${canaryOf('docker-containers')}`],
    HostConfig: { RestartPolicy: { Name: 'always' } },
  });
  await docker.createVolume({ Name: 'left-behind' });
  await docker.createNetwork({ Name: 'left-behind', Labels: { secret: canaryOf('docker-network-db') } });
  await docker.swarmInit({ ListenAddr: `${address}:2377`, AdvertiseAddr: address });
  await buildWithBuildKit(testbed, engine, canaryOf('docker-build-cache'));
  return container.id;
}

/** Leaves a layer with a secret in the build cache, whose image is gone. */
async function buildWithBuildKit(testbed: Testbed, engine: Engine, canary: string): Promise<void> {
  const directory = testbed.makeDirectory(`${engine.namespace}-build`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'secret'), canary);
  writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\nCOPY secret /\n');
  const archive = `${directory}.tar`;
  await command('tar', ['--create', '--file', archive, '--directory', directory, '.']);
  const options = { t: 'left-behind:1', version: '2' as const };
  let said = '';
  for await (const chunk of await engine.docker.buildImage(archive, options)) said += String(chunk);
  if (said.includes('"errorDetail"')) throw new Error(said);
  await engine.docker.getImage('left-behind:1').remove();
}

function layerOf(root: string, container: string): string {
  const docker = join(root, 'var/lib/docker');
  const layer = readFileSync(join(docker, 'image/overlay2/layerdb/mounts', container, 'mount-id'), 'utf8');
  return join(docker, 'overlay2', layer.trim(), 'diff');
}

async function makeHostKey(root: string, canary: string): Promise<void> {
  mkdirSync(join(root, 'etc/ssh'), { recursive: true });
  const key = join(root, 'etc/ssh/ssh_host_ed25519_key');
  rmSync(key, { force: true });
  await command('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', canary, '-f', key]);
}
