import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
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

/** @returns why there is none; undefined when there is everything that is needed */
export function builderMissing(): string | undefined {
  if (process.arch !== 'x64') return 'needs amd64';
  const needed = ['/usr/sbin/debootstrap', '/usr/bin/ssh', '/usr/bin/pgrep', '/usr/sbin/pivot_root'];
  const absent = needed.filter((program) => !existsSync(program));
  return absent.length === 0 ? undefined : `needs ${absent.join(', ')}`;
}

/** Debian's own images for clouds have a user of this name. */
const user = 'admin';

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

export async function startBuilder(testbed: Testbed, name = 'builder'): Promise<Builder> {
  const base = await debianRoot();
  const { address: registry } = await testbed.registry();
  const place = testbed.makeDirectory(name);
  const below = (path: string): string => join(place, path);
  for (const path of ['upper', 'work', 'root', 'docker']) mkdirSync(below(path));
  const root = below('root');
  const key = below('key');
  await command('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const layers = `lowerdir=${base},upperdir=${below('upper')},workdir=${below('work')}`;
  await command('mount', ['-t', 'overlay', 'overlay', '-o', layers, root]);
  const write = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode });
  };
  write('etc/hostname', `${name}\n`);
  // sudo looks the machine's own name up; there is no name server to wait for.
  write('etc/hosts', `127.0.0.1 localhost ${name}\n`);
  write('etc/resolv.conf', 'nameserver 127.0.0.1\n');
  write('etc/docker/daemon.json', JSON.stringify({ 'insecure-registries': [registry], iptables: false }));
  // Docker's script raises limits, which not every test machine may do.
  write('etc/default/docker', 'ulimit() { :; }\n');
  mkdirSync(join(root, 'var/lib/docker'), { recursive: true });
  // What cloud-init did at the builder's first boot.
  await command('chroot', [root, 'ssh-keygen', '-A']);
  await command('chroot', [root, 'useradd', '--create-home', '--shell', '/bin/bash', '--uid', '1000', user]);
  write('etc/sudoers.d/90-cloud-init-users', `${user} ALL=(ALL) NOPASSWD:ALL\n`, 0o440);
  const authorized = join(root, `home/${user}/.ssh/authorized_keys`);
  mkdirSync(dirname(authorized), { mode: 0o700 });
  const authorize = (publicKey: string): void =>
    writeFileSync(authorized, `${publicKey.trim()}\n`, { flag: 'a', mode: 0o600 });
  authorize(await command('cat', [`${key}.pub`]));
  for (const path of [dirname(authorized), authorized]) chownSync(path, 1000, 1000);

  const { name: namespace, address } = await testbed.addNamespace();
  const process = startProgram(
    'nsenter',
    [
      `--net=/run/netns/${namespace}`,
      ...[
        'unshare',
        '--mount',
        '--pid',
        '--uts',
        '--ipc',
        '--fork',
        '--kill-child',
        '--propagation',
        'private',
      ],
      ...['sh', '-c', init, 'sh', root, below('docker')],
    ],
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
    command('nsenter', ['--target', child ?? '', '--all', '--root', '--wd=/', program, ...args]);
  await waitFor('the builder to take SSH', async () => {
    if (process.ended() !== undefined) throw new Error(`the builder ended: ${process.log()}`);
    return await command('ssh-keyscan', ['-T', '1', address]).then(Boolean, () => false);
  });
  return { root, namespace, address, user, key, process, authorize, run };
}
