import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestPath, type Manifest } from '../../agent/core/manifest.ts';
import { scrubRules } from '../../agent/scrub/rules/all.ts';
import { agentPackage } from '../testbed/parbake-packages.ts';
import { command } from '../testbed/command.ts';
import { bootMachine, cloneDisk, makeDisk, type Machine, type MachineDisk } from '../testbed/machine.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { plant } from './dirt.ts';
import type { FactSheet } from './compare.ts';
import { askReport, installReport } from './machine-report.ts';
import { consents } from './scrub-copy.ts';
import { copiedMachineId } from './identities.ts';

export interface MachineBuilderRequest {
  testbed: Testbed;
  /** Its address, as machines reach it. */
  registry: string;
  recipe: string;
  /** What else is on the disk. */
  prepare?: (root: string) => Promise<void>;
}

/** A whole machine with our package. It runs. */
export interface MachineBuilder {
  machine: Machine;
  disk: MachineDisk;
  /** Keyed by rule: a text that occurs only in what the rule removes. */
  canaries: ReadonlyMap<string, string>;
  /** Path of D-Bus's copy of the machine id, which a clone's systemd would take for its own. */
  copiedId: FactSheet['identities'][number];
}

/** The package is installed, and nothing is baked yet. The machine's id is the canary of its rule, as is D-Bus's copy. */
export async function makeMachineBuilder(request: MachineBuilderRequest): Promise<MachineBuilder> {
  const { testbed, registry, recipe, prepare } = request;
  const canaries = new Map(scrubRules.map(({ id }) => [id, randomBytes(16).toString('hex')]));
  const canaryOf = (rule: string): string => canaries.get(rule) ?? '';
  const deb = await agentPackage();
  let copiedId: MachineBuilder['copiedId'] | undefined;
  const disk = await makeDisk(testbed, async (root) => {
    copyFileSync(deb, join(root, 'root/agent.deb'));
    // Images that are made in a directory have it this way.
    await command('mount', ['-t', 'proc', 'proc', join(root, 'proc')]);
    try {
      await command('chroot', [root, 'dpkg', '--install', '/root/agent.deb']);
    } finally {
      await command('umount', [join(root, 'proc')]);
    }
    mkdirSync(join(root, 'etc/docker'), { recursive: true });
    writeFileSync(
      join(root, 'etc/docker/daemon.json'),
      JSON.stringify({ 'insecure-registries': [registry] }),
    );
    writeFileSync(join(root, 'root/parbake.yaml'), recipe);
    await installReport(root);
    rmSync(join(root, 'var/lib/dbus/machine-id'), { force: true });
    for (const rule of ['machine-id', 'dbus-machine-id']) plant(root, rule, canaryOf(rule));
    copiedId = copiedMachineId(root);
    await prepare?.(root);
  });
  if (copiedId === undefined) throw new Error('the disk was not prepared');
  const machine = await bootMachine(testbed, 'builder', await cloneDisk(disk, 'builder'));
  await machine.up();
  return {
    machine,
    disk: { ...disk, file: join(disk.place, 'builder.qcow2'), format: 'qcow2' },
    canaries,
    copiedId,
  };
}

/** What the builder is known by; it runs. */
export async function builderFacts({ machine, copiedId }: MachineBuilder): Promise<FactSheet> {
  const { facts } = await askReport(machine);
  return { ...facts, identities: [...facts.identities, copiedId] };
}

export async function manifestOf({ machine }: MachineBuilder): Promise<Manifest> {
  return JSON.parse(await machine.run(`cat ${manifestPath}`)) as Manifest;
}

/** Made by Docker itself, or by the machine; and where /run is in memory, nothing of it is on a disk. */
const notPlanted = new Set([
  ...['docker-containers', 'docker-volumes', 'docker-build-cache', 'docker-swarm', 'docker-network-db'],
  ...['docker-key-json', 'containerd-uuid', 'docker-pid-files'],
  ...['ssh-host-keys', 'hostname', 'machine-id', 'dbus-machine-id'],
]);

/** Collects every kind of state on the running builder. @param image that it has */
export async function dirtyMachine(testbed: Testbed, builder: MachineBuilder, image: string): Promise<void> {
  const { machine, canaries } = builder;
  const canaryOf = (rule: string): string => canaries.get(rule) ?? '';
  await machine.run(dockerDirt(image, canaryOf));
  const tree = testbed.makeDirectory('machine-dirt');
  for (const rule of canaries.keys()) if (!notPlanted.has(rule)) plant(tree, rule, canaryOf(rule));
  // The file that lets us in.
  rmSync(join(tree, 'root/.ssh/authorized_keys'));
  await machine.put(tree);
  await machine.run(`printf '# %s\\n' ${canaryOf('authorized-keys')} >> /root/.ssh/authorized_keys
rm -f /etc/ssh/ssh_host_ed25519_key
ssh-keygen -q -t ed25519 -N '' -C ${canaryOf('ssh-host-keys')} -f /etc/ssh/ssh_host_ed25519_key
sync`);
}

/** What the builder's Docker holds by the time of its scrub. */
function dockerDirt(image: string, canaryOf: (rule: string) => string): string {
  const builder = '/var/lib/docker';
  return `set -e
docker create --name left-behind --restart always --env SECRET=${canaryOf('docker-containers')} ${image} >/dev/null
echo ${canaryOf('docker-containers')} > /root/secret
docker cp /root/secret left-behind:/secret
rm /root/secret
docker volume create left-behind >/dev/null
echo ${canaryOf('docker-volumes')} > ${builder}/volumes/left-behind/_data/secret
docker network create --label secret=${canaryOf('docker-network-db')} left-behind >/dev/null
docker swarm init --advertise-addr 10.0.2.15 >/dev/null
echo ${canaryOf('docker-swarm')} > ${builder}/swarm/canary
mkdir /root/left-behind
echo ${canaryOf('docker-build-cache')} > /root/left-behind/secret
printf 'FROM scratch\\nCOPY secret /\\n' > /root/left-behind/Dockerfile
DOCKER_BUILDKIT=1 docker build --quiet --tag left-behind:1 /root/left-behind >/dev/null
docker image rm left-behind:1 >/dev/null
rm -r /root/left-behind
`;
}

/** Scrubs the running builder as a person would, and waits until it is off. @returns what was said */
export async function sealMachine({ machine }: MachineBuilder): Promise<string> {
  const scrub = `parbake-agent scrub --yes ${consents.join(' ')}`;
  // One command: afterwards no key opens the machine.
  const said = await machine.run(`${scrub} && parbake-agent verify && systemctl poweroff --no-block`);
  await machine.off();
  return said;
}
