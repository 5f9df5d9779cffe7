import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from './command.ts';
import { debianRoot } from './debian-root.ts';
import { createLazyVolume, type LazyVolume } from './lazy-volume.ts';
import { listeningAddress } from './listening.ts';
import { startProgram, type Started } from './processes.ts';
import type { Testbed } from './testbed.ts';
import { waitFor } from './wait.ts';

/** A Debian with systemd and Docker, as small as it can be. */
const packages = [
  ...[
    'systemd-sysv',
    'udev',
    'dbus',
    'kmod',
    'procps',
    'ifupdown',
    'isc-dhcp-client',
    'iproute2',
    'iptables',
  ],
  ...['linux-image-cloud-amd64', 'openssh-server', 'docker.io', 'apparmor', 'ca-certificates', 'libatomic1'],
];
/** Size of a machine's disk. */
const diskBytes = 4 * 1024 ** 3;
/** Milliseconds: without hardware's help a boot takes 30 seconds on a quiet machine, and many times that on a busy one. */
const bootDeadline = 900_000;

/** Addresses of the host. QEMU chooses a free port on each, and the address tells machines apart. */
const [sshHost, applicationHost] = ['127.0.0.2', '127.0.0.3'];

/** A virtual machine that runs. */
export interface Machine {
  readonly name: string;
  /** `host:port` that leads to the machine's port 8080. */
  readonly applicationAddress: string;
  /** Runs a script as root. @returns what it printed. @throws Error when it fails */
  run(script: string): Promise<string>;
  /** Puts what is in a directory into its root, directories of the same name being left as they are. */
  put(directory: string): Promise<void>;
  /** What it wrote to its second serial port until now. @throws Error with its console's last lines when it is off */
  told(): string;
  /** Copies its disk as a power cut would leave it, whatever runs. @returns a disk that depends on the same base */
  snapshot(name: string): Promise<MachineDisk>;
  /** Resolves once it takes commands. */
  up(): Promise<void>;
  /** Resolves once it is off, having been told so. */
  off(): Promise<void>;
  /** Kills the machine, as a power cut would. */
  kill(): Promise<void>;
}

/** @returns why there is none; undefined when there is everything that is needed */
export function machineMissing(): string | undefined {
  if (process.arch !== 'x64') return 'needs amd64';
  const needed = [
    '/usr/bin/qemu-system-x86_64',
    '/usr/bin/qemu-img',
    '/usr/sbin/debootstrap',
    '/usr/bin/ssh',
  ];
  const absent = needed.filter((program) => !existsSync(program));
  return absent.length === 0 ? undefined : `needs ${absent.join(', ')}`;
}

/**
 * Makes a machine's disk from Debian's packages and what `prepare` does to its root.
 * @param prepare is given the root, in which programs of it can be run
 */
export async function makeDisk(
  testbed: Testbed,
  prepare: (root: string) => Promise<void>,
): Promise<MachineDisk> {
  const base = await debianRoot(packages);
  // A test may have machines of several disks.
  const place = mkdtempSync(join(testbed.makeDirectory('machine'), 'disk-'));
  const below = (name: string): string => join(place, name);
  for (const name of ['upper', 'work', 'root']) mkdirSync(below(name));
  await command('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', below('key')]);
  const layers = `lowerdir=${base},upperdir=${below('upper')},workdir=${below('work')}`;
  await command('mount', ['-t', 'overlay', 'overlay', '-o', layers, below('root')]);
  try {
    await configure(below('root'), `${below('key')}.pub`);
    await prepare(below('root'));
    const file = below('disk.raw');
    await command('mke2fs', ['-q', '-t', 'ext4', '-d', below('root'), file, `${diskBytes / 1024}k`]);
    const boot = join(base, 'boot');
    const named = (start: string): string =>
      join(boot, readdirSync(boot).find((name) => name.startsWith(start)) ?? '');
    const [kernel, initrd] = [named('vmlinuz-'), named('initrd.img-')];
    return { place, file, format: 'raw', key: below('key'), kernel, initrd };
  } finally {
    await command('umount', [below('root')]);
  }
}

export interface MachineDisk {
  place: string;
  file: string;
  format: 'raw' | 'qcow2';
  /** SSH key of the machine's root. */
  key: string;
  kernel: string;
  initrd: string;
  /** The host keeps nothing of it in memory. */
  isUncached?: true;
}

/** A disk that has everything of another one, which must not change any more. */
export async function cloneDisk(from: MachineDisk, name: string): Promise<MachineDisk> {
  const file = join(from.place, `${name}.qcow2`);
  await command('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', from.file, '-F', from.format, file]);
  return { ...from, file, format: 'qcow2' };
}

/** Gives the root of a disk that nobody uses to `use`, and keeps what is done to it when the disk is a raw one. */
export async function withRoot<T>(disk: MachineDisk, use: (root: string) => Promise<T>): Promise<T> {
  const raw = disk.format === 'raw' ? disk.file : `${disk.file}.${process.pid}.raw`;
  const root = `${raw}.root`;
  mkdirSync(root);
  try {
    if (raw !== disk.file) await command('qemu-img', ['convert', '-O', 'raw', disk.file, raw]);
    await command('mount', ['-o', 'loop', raw, root]);
    try {
      return await use(root);
    } finally {
      await command('umount', [root]);
    }
  } finally {
    rmdirSync(root);
    if (raw !== disk.file) rmSync(raw, { force: true });
  }
}

/** A raw disk of its own with everything of another one. */
export async function copyDisk(from: MachineDisk, name: string): Promise<MachineDisk> {
  const file = join(from.place, `${name}.raw`);
  await command('qemu-img', ['convert', '-O', 'raw', from.file, file]);
  return { ...from, file, format: 'raw' };
}

/**
 * A disk with everything of another one, which is loaded as an EBS volume from a snapshot is. Clones of it load what they
 * read, each piece once for all of them.
 */
export async function makeLazyDisk(
  testbed: Testbed,
  from: MachineDisk,
): Promise<{ disk: MachineDisk; volume: LazyVolume }> {
  const directory = testbed.makeDirectory('lazy-machine');
  const volume = await createLazyVolume(directory, { sizeBytes: diskBytes });
  testbed.onClose(() => volume.close());
  const into = ['-n', '--target-is-zero', '-O', 'raw', from.file, volume.file];
  await command('qemu-img', ['convert', ...into]);
  await volume.snapshot();
  return { disk: { ...from, file: volume.file, format: 'raw', isUncached: true }, volume };
}

/**
 * Boots a machine by software alone, so that it runs wherever this does.
 * @param env of every service, from the kernel's command line
 * @param ports addresses of this machine, `host:port`, and the machine's ports that they lead to
 */
export async function bootMachine(
  testbed: Testbed,
  name: string,
  disk: MachineDisk,
  env: Readonly<Record<string, string>> = {},
  ports: Readonly<Record<string, number>> = {},
): Promise<Machine> {
  const told = join(disk.place, `${name}.told`);
  writeFileSync(told, '');
  const settings = Object.entries(env).map(([key, value]) => `systemd.setenv=${key}=${value}`);
  const log = join(disk.place, `${name}.log`);
  const more = Object.entries(ports).map(([address, port]) => `,hostfwd=tcp:${address}-:${port}`);
  const forward = `hostfwd=tcp:${sshHost}:0-:22,hostfwd=tcp:${applicationHost}:0-:8080${more.join('')}`;
  const started: Started = startProgram(
    'qemu-system-x86_64',
    [
      ...[
        '-accel',
        'tcg,thread=multi',
        '-cpu',
        'max',
        '-smp',
        '2',
        '-m',
        '1024',
        '-display',
        'none',
        '-no-reboot',
      ],
      // Hypervisors give each machine an id of its own; the same disk and name are the same machine.
      ...['-uuid', uuidOf(disk.place, name)],
      ...['-serial', 'stdio', '-serial', `file:${told}`],
      ...['-kernel', disk.kernel, '-initrd', disk.initrd],
      ...['-append', ['root=/dev/vda ro console=ttyS0 net.ifnames=0', ...settings].join(' ')],
      ...[
        '-drive',
        `file=${disk.file},if=virtio,format=${disk.format}${disk.isUncached === true ? ',cache=none' : ''}`,
      ],
      ...['-netdev', `user,id=network,${forward}`, '-device', 'virtio-net-pci,netdev=network'],
    ],
    log,
  );
  testbed.onClose(() => started.stop('SIGKILL'));
  const applicationAddress = await listeningAddress(started, name, applicationHost);
  const [, sshPort = ''] = (await listeningAddress(started, name, sshHost)).split(':');
  const ssh = [
    ...['-q', '-i', disk.key, '-p', sshPort, '-o', 'ConnectTimeout=30', '-o', 'BatchMode=yes'],
    ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', `root@${sshHost}`],
  ];
  const run = (script: string): Promise<string> => command('ssh', [...ssh, script]);
  const failWhenOff = (): void => {
    if (started.ended() !== undefined) throw new Error(`${name} ended: ${started.log().slice(-2000)}`);
  };
  return {
    name,
    applicationAddress,
    run,
    async put(directory) {
      const archive = `${disk.file}.${name}.tar`;
      await command('tar', ['--create', '--file', archive, '--directory', directory, '.']);
      await command('ssh', [...ssh, 'tar --extract --directory / --no-overwrite-dir'], { stdin: archive });
      rmSync(archive);
    },
    told() {
      failWhenOff();
      return readFileSync(told, 'utf8');
    },
    async snapshot(copy) {
      const file = join(disk.place, `${copy}.qcow2`);
      await run('sync');
      started.child.kill('SIGSTOP');
      try {
        await command('cp', ['--sparse=always', disk.file, file]);
      } finally {
        started.child.kill('SIGCONT');
      }
      return { ...disk, file };
    },
    async up() {
      await waitFor(
        `${name} to boot`,
        async () => {
          failWhenOff();
          return await run('systemctl is-system-running --wait || true').catch(() => false as const);
        },
        bootDeadline,
      );
    },
    off: () => waitFor(`${name} to be off`, () => started.ended() !== undefined, bootDeadline).then(() => {}),
    kill: () => started.stop('SIGKILL'),
  };
}

function uuidOf(...names: readonly string[]): string {
  const hash = createHash('sha256').update(names.join()).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

async function configure(root: string, publicKey: string): Promise<void> {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('etc/fstab', '/dev/vda / ext4 defaults 0 1\n');
  write('etc/network/interfaces', 'auto lo\niface lo inet loopback\nauto eth0\niface eth0 inet dhcp\n');
  write('etc/hostname', 'builder\n');
  mkdirSync(join(root, 'root/.ssh'), { recursive: true, mode: 0o700 });
  await command('install', ['-m', '600', publicKey, join(root, 'root/.ssh/authorized_keys')]);
}
