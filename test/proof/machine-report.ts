import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from '../testbed/command.ts';
import type { Machine } from '../testbed/machine.ts';
import { waitFor } from '../testbed/wait.ts';
import type { FactSheet, Identity } from './compare.ts';

/** What a machine says of itself. */
export interface MachineReport {
  facts: FactSheet;
  /** Ids of Docker's images by their names. */
  images: ReadonlyMap<string, string>;
  /** systemd's units that failed. */
  failedUnits: string[];
  /** What systemd says of our daemon. */
  agent: string;
  /** The option by which it was started from a startup snapshot; empty when it was not. */
  snapshotOption: string;
  /** What systemd says of what is read ahead of it. */
  readAhead: string;
}

/** The rules are those of the machine's Docker, 20.10. */
const kinds: Readonly<Record<string, Omit<Identity, 'value'>>> = {
  engine: { kind: 'engine id', rule: 'docker-key-json', isRequired: true },
  'network-none': { kind: 'id of the network "none"', rule: 'docker-network-db', isRequired: true },
  'network-host': { kind: 'id of the network "host"', rule: 'docker-network-db', isRequired: true },
  containerd: { kind: 'containerd id', rule: 'containerd-uuid', isRequired: true },
  swarm: { kind: 'swarm node id', rule: 'docker-swarm', isRequired: false },
  machine: { kind: 'machine id', rule: 'machine-id', isRequired: true },
  'ssh-host-key': { kind: 'SSH host key', rule: 'ssh-host-keys', isRequired: true },
  'random-seed': { kind: 'random seed', rule: 'random-seed', isRequired: true },
  hostname: { kind: 'host name', rule: 'hostname', isRequired: false },
};

const script = '/usr/local/sbin/tell-identity';

/** Asked by programs of the machine alone, since a machine that was sealed lets nobody in. */
const scriptText = `#!/bin/sh
say() { printf '%s\\t%s\\n' "$1" "$2"; }
until docker info >/dev/null 2>&1; do sleep 0.5; done
say engine "$(docker info --format '{{.ID}}')"
say swarm "$(docker info --format '{{.Swarm.NodeID}}')"
for name in none host; do say "network-$name" "$(docker network inspect --format '{{.Id}}' "$name")"; done
say containerd "$(ctr version | sed -n 's/^ *UUID: *//p')"
say machine "$(cat /etc/machine-id)"
until [ -s /etc/ssh/ssh_host_ed25519_key.pub ]; do sleep 0.5; done
say ssh-host-key "$(cut -d ' ' -f 2 /etc/ssh/ssh_host_ed25519_key.pub)"
say random-seed "$(sha256sum < /var/lib/systemd/random-seed)"
say hostname "$(cat /etc/hostname 2>/dev/null)"
docker image ls --no-trunc --format 'image\t{{.Repository}}:{{.Tag}} {{.ID}}'
until [ "$(systemctl show parbake-agent --property=ActiveState --value)" != activating ]; do sleep 0.5; done
say agent "$(systemctl show parbake-agent --property=ActiveState,NRestarts,Type | sort | tr '\\n' ' ')"
say option "$(tr '\\0' '\\n' < "/proc/$(systemctl show parbake-agent --property=MainPID --value)/cmdline" | grep ^--snapshot)"
say ahead "$(systemctl show parbake-read-ahead --property=ConditionResult,Result,ExecMainStatus | sort | tr '\\n' ' ')"
systemctl list-units --failed --plain --no-legend | while read -r unit rest; do say failed "$unit"; done
say told all
`;

/** systemd starts this with every machine that has the disk. */
const unitText = `[Unit]
After=docker.service containerd.service ssh.service
[Service]
ExecStart=/bin/sh -c 'exec ${script} > /dev/ttyS1'
[Install]
WantedBy=multi-user.target
`;

/** Makes machines of this root tell their identity on their second serial port. */
export async function installReport(root: string): Promise<void> {
  const unit = 'etc/systemd/system/tell-identity.service';
  for (const path of [script, unit]) mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, script), scriptText, { mode: 0o755 });
  writeFileSync(join(root, unit), unitText);
  await command('systemctl', [`--root=${root}`, 'enable', 'tell-identity.service']);
}

/** Asks a machine that takes commands. */
export async function askReport(machine: Machine): Promise<MachineReport> {
  return parseReport(machine.name, await machine.run(script));
}

/** Waits until a machine has told. @param timeoutMs of its boot */
export async function awaitReport(machine: Machine, timeoutMs: number): Promise<MachineReport> {
  const isTold = (): boolean => /^told\tall/m.test(machine.told());
  await waitFor(`${machine.name} to tell its identity`, isTold, timeoutMs);
  return parseReport(machine.name, machine.told());
}

function parseReport(name: string, text: string): MachineReport {
  const identities: Identity[] = [];
  const images = new Map<string, string>();
  const failedUnits: string[] = [];
  let agent = '';
  let snapshotOption = '';
  let readAhead = '';
  for (const line of text.split(/\r?\n/)) {
    const [key = '', value = ''] = line.split('\t');
    const kind = kinds[key];
    if (kind !== undefined) identities.push({ ...kind, value });
    if (key === 'failed') failedUnits.push(value);
    if (key === 'agent') agent = value.trim();
    if (key === 'option') snapshotOption = value.trim();
    if (key === 'ahead') readAhead = value.trim();
    const [ref = '', id = ''] = value.split(' ');
    if (key === 'image') images.set(ref, id);
  }
  return { facts: { machine: name, identities }, images, failedUnits, agent, snapshotOption, readAhead };
}
