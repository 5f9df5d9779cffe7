import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from '../testbed/command.ts';
import type { Engine } from '../testbed/engine.ts';
import type { Identity } from './compare.ts';

/** What a running Engine is known by. @param identityRule of the rule that removes what its id is made from */
export async function engineIdentities(engine: Engine, identityRule: string): Promise<Identity[]> {
  const info: { ID?: string; Swarm?: { NodeID?: string } } = await engine.docker.info();
  const networks = await engine.docker.listNetworks();
  const idOf = (name: string): string => networks.find(({ Name }) => Name === name)?.Id ?? '';
  const socket = join(engine.root, 'run/docker/containerd/containerd.sock');
  const version = await command('ctr', ['--timeout', '20s', '--address', socket, 'version']);
  return [
    required('engine id', info.ID ?? '', identityRule),
    required('id of the network "none"', idOf('none'), 'docker-network-db'),
    required('id of the network "host"', idOf('host'), 'docker-network-db'),
    required('containerd id', /UUID: (\S+)/.exec(version)?.[1] ?? '', 'containerd-uuid'),
    optional('swarm node id', info.Swarm?.NodeID ?? '', 'docker-swarm'),
  ];
}

/** What the machine is known by outside of Docker. */
export function machineIdentities(root: string): Identity[] {
  const read = (path: string): string =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8').trim() : '';
  const publicKey = read('etc/ssh/ssh_host_ed25519_key.pub').split(' ')[1] ?? '';
  return [
    required('machine id', read('etc/machine-id'), 'machine-id'),
    required('SSH host key', publicKey, 'ssh-host-keys'),
    optional(
      "instance id of Parbake's agent",
      instanceIdIn(read('var/lib/parbake/state.json')),
      'parbake-state',
    ),
    optional("DHCP client's DUID", duidOf(read), 'dhcp-leases'),
    optional('host name', read('etc/hostname'), 'hostname'),
    optional('id of the NVMe host', read('etc/nvme/hostid'), 'nvme-host'),
    optional('name of the NVMe host', read('etc/nvme/hostnqn'), 'nvme-host'),
    optional(
      'name of the iSCSI initiator',
      /^InitiatorName=(\S+)/m.exec(read('etc/iscsi/initiatorname.iscsi'))?.[1] ?? '',
      'iscsi-initiator',
    ),
    optional('random seed', read('var/lib/systemd/random-seed'), 'random-seed'),
  ];
}

/** The identifier that servers know a DHCP client by, wherever the client of this distribution keeps it. */
function duidOf(read: (path: string) => string): string {
  const leases = ['dhcp/dhclient.leases', 'dhcp/dhclient.eth0.leases', 'dhcp/dhclient6.leases'].map(
    (name) => /default-duid "([^"]+)"/.exec(read(`var/lib/${name}`))?.[1] ?? '',
  );
  const others = ['dhcpcd/duid', 'NetworkManager/secret_key'].map((name) => read(`var/lib/${name}`));
  return [...leases, ...others].filter((duid) => duid !== '').join(' ');
}

/** Identities that only the builder has to have: a clone's systemd would take a copy for its own. */
export function copiedMachineId(root: string): Identity {
  const value = readFileSync(join(root, 'var/lib/dbus/machine-id'), 'utf8').trim();
  return required("D-Bus's copy of the machine id", value, 'dbus-machine-id');
}

/**
 * What a clone makes at its first boot outside of Docker, by the programs that make it there: systemd the machine id,
 * and sshd's unit the host key that is missing.
 */
export async function firstBoot(root: string): Promise<void> {
  await command('systemd-machine-id-setup', [`--root=${root}`]);
  const key = join(root, 'etc/ssh/ssh_host_ed25519_key');
  if (existsSync(key)) return;
  mkdirSync(dirname(key), { recursive: true });
  await command('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
}

function instanceIdIn(state: string): string {
  return /"instanceId":"([^"]*)"/.exec(state)?.[1] ?? '';
}

function required(kind: string, value: string, rule: string): Identity {
  return { kind, value, rule, isRequired: true };
}

function optional(kind: string, value: string, rule: string): Identity {
  return { kind, value, rule, isRequired: false };
}
