import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from './command.ts';
import { debianRoot } from './debian-root.ts';
import { startProgram, type Started } from './processes.ts';
import type { Testbed } from './testbed.ts';
import { waitFor } from './wait.ts';

/**
 * A machine that tools can be pointed at: a Debian with SSH and Docker, in namespaces of its own for network, processes
 * and mounts, so that whatever a tool does in it as root, such as stopping Docker, reaches nothing else. It has no
 * systemd; services are started by their scripts in /etc/init.d.
 */
export interface Builder {
  /** Its root, as this machine sees it; what is mounted inside, such as /run, does not show. */
  readonly root: string;
  readonly namespace: string;
  readonly address: string;
  /** Who may log in, by this key, and may become root without a password. */
  readonly user: string;
  readonly key: string;
  readonly process: Started;
  /** Lets another key in, as cloud-init does with the one that the instance was launched with. */
  authorize(publicKey: string): void;
  /** A program in it, as root, whatever was scrubbed. @throws Error when it fails */
  run(program: string, ...args: string[]): Promise<string>;
}

/** What images of Debian for clouds have and a build needs: Python for Ansible, sudo, SSH, cloud-init, Docker. */
const packages = [
  ...['docker.io', 'iptables', 'iproute2', 'procps', 'ca-certificates', 'libatomic1'],
  ...['openssh-server', 'sudo', 'python3', 'python3-apt', 'cloud-init', 'systemd', 'openssl'],
  // What debootstrap does not find by itself: another package provides it under a name of its own.
  'python3-cffi-backend',
];

/** @returns why there is none; undefined when there is everything that is needed */
export function builderMissing(): string | undefined {
  if (process.arch !== 'x64') return 'needs amd64';
  const needed = ['/usr/sbin/debootstrap', '/usr/bin/ssh', '/usr/bin/pgrep', '/usr/sbin/pivot_root'];
  const absent = needed.filter((program) => !existsSync(program));
  return absent.length === 0 ? undefined : `needs ${absent.join(', ')}`;
}

/** Debian's own images for clouds have a user of this name. */
const user = 'admin';
const userId = 1000;

/**
 * What is process 1 of the builder. Its root becomes the only one that it sees; the host's is unmounted.
 * $1 is the root, $2 the directory for Docker: an overlay cannot have another one on it.
 */
const init = `set -e
mount --bind "$2" "$1/var/lib/docker"
mount -t proc proc "$1/proc"
mount -t sysfs sysfs "$1/sys"
mount --rbind /sys/fs/cgroup "$1/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$1/dev"
for device in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
  IFS=: read -r name major minor <<END
$device
END
  mknod -m 666 "$1/dev/$name" c "$major" "$minor"
done
mkdir "$1/dev/pts" "$1/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$1/dev/pts"
ln -s pts/ptmx "$1/dev/ptmx"
ln -s /proc/self/fd "$1/dev/fd"
mount -t tmpfs tmpfs "$1/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$1/run"
mkdir "$1/run/sshd" "$1/run/lock" "$1/run/host"
hostname "$(cat "$1/etc/hostname")"
cd "$1"
pivot_root . run/host
exec chroot . /bin/sh -c 'umount -l /run/host; rmdir /run/host; /usr/sbin/sshd -D & wait $!'
`;

/** @param snapshot of which builder, which does not run any more, it is a copy; a new machine when not given */
export async function startBuilder(testbed: Testbed, name = 'builder', snapshot?: Builder): Promise<Builder> {
  const place = testbed.makeDirectory(name);
  const below = (path: string): string => join(place, path);
  const root = await mountRoot(place, snapshot === undefined ? undefined : dirname(snapshot.root));
  const key = below('key');
  await command('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  await configure(root, name, (await testbed.registry()).address);
  const authorize = (publicKey: string): void => letIn(root, publicKey);
  authorize(readFileSync(`${key}.pub`, 'utf8'));

  const { name: namespace, address } = await testbed.addNamespace();
  const spaces = ['--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child', '--propagation', 'private'];
  const process = startProgram(
    'nsenter',
    [`--net=/run/netns/${namespace}`, 'unshare', ...spaces, 'sh', '-c', init, 'sh', root, below('docker')],
    below('log'),
  );
  // Not asked politely: unshare passes no other signal on.
  testbed.onClose(() => process.stop('SIGKILL'));
  const [child] = await waitFor('the builder to start', async () => {
    if (process.ended() !== undefined) throw new Error(`the builder ended: ${process.log()}`);
    const children = (await command('pgrep', ['--parent', String(process.pid)]).catch(() => ''))
      .split('\n')
      .filter(Boolean);
    return children.length > 0 && children;
  });
  const run = (program: string, ...args: string[]): Promise<string> =>
    command('nsenter', ['--target', child ?? '', '--all', '--root', '--wdns=/', program, ...args]);
  await waitFor('the builder to take SSH', async () => {
    if (process.ended() !== undefined) throw new Error(`the builder ended: ${process.log()}`);
    return await command('ssh-keyscan', ['-T', '1', address]).then(Boolean, () => false);
  });
  return { root, namespace, address, user, key, process, authorize, run };
}

/** What a builder changes lies beside its root: the files in `upper`, Docker's in `docker`. */
async function mountRoot(place: string, from: string | undefined): Promise<string> {
  const below = (path: string): string => join(place, path);
  for (const path of ['upper', 'work', 'root', 'docker']) mkdirSync(below(path));
  if (from !== undefined)
    for (const part of ['upper', 'docker'])
      await command('cp', ['--archive', `${join(from, part)}/.`, below(part)]);
  const layers = `lowerdir=${await debianRoot(packages)},upperdir=${below('upper')},workdir=${below('work')}`;
  await command('mount', ['-t', 'overlay', 'overlay', '-o', layers, below('root')]);
  return below('root');
}

/** What cloud-init does at a machine's first boot, and what this machine needs. */
async function configure(root: string, name: string, registry: string): Promise<void> {
  const write = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode });
  };
  write('etc/hostname', `${name}\n`);
  // sudo looks up the machine's own name, and would wait for a name server.
  write('etc/hosts', `127.0.0.1 localhost ${name}\n`);
  write('etc/resolv.conf', 'nameserver 127.0.0.1\n');
  write('etc/docker/daemon.json', JSON.stringify({ 'insecure-registries': [registry], iptables: false }));
  // Docker's script raises limits, which not every test machine may do.
  write('etc/default/docker', 'ulimit() { :; }\n');
  mkdirSync(join(root, 'var/lib/docker'), { recursive: true });
  await command('chroot', [root, 'ssh-keygen', '-A']);
  write('etc/sudoers.d/90-cloud-init-users', `${user} ALL=(ALL) NOPASSWD:ALL\n`, 0o440);
  if (existsSync(join(root, 'home', user))) return;
  const account = ['--create-home', '--shell', '/bin/bash', '--uid', String(userId), user];
  await command('chroot', [root, 'useradd', ...account]);
}

function letIn(root: string, publicKey: string): void {
  const file = join(root, 'home', user, '.ssh/authorized_keys');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${publicKey.trim()}\n`, { flag: 'a', mode: 0o600 });
  for (const path of [dirname(file), file]) chownSync(path, userId, userId);
}
