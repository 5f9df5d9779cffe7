import { children, entry, type RulePath, type ScrubRule } from './rule.ts';

const lines = (path: string, contains: RegExp): RulePath => ({
  below: 'root',
  path,
  clean: 'lines',
  contains,
});

/** A setting of a proxy whose URL has a password, or its password alone. */
const proxyPassword =
  /^(?!\s*(?:#|;|\/\/)).*?(?:proxy\b[^#]*?:\/\/[^\s/:@"']+:[^\s@"']+@|proxy_password\s*=\s*\S)/iu;

/** What the builder was told to be, or what its tools put there for the build alone. */
export const builderRules: readonly ScrubRule[] = [
  {
    id: 'lvm-devices',
    scope: 'machine',
    what: "LVM's list of devices, and its backups of metadata",
    reason: 'correctness',
    why: "it names the builder's disks by their serial numbers, so that LVM ignores those of a clone",
    appliesTo: 'LVM 2.03.12 and later',
    regeneratedBy: 'nothing; without it LVM uses every device',
    stopFirst: [],
    paths: [
      entry('root', '/etc/lvm/devices/*.devices*'),
      ...['/etc/lvm/devices/backup', '/etc/lvm/archive', '/etc/lvm/backup'].map((path) =>
        children('root', path),
      ),
    ],
  },
  {
    id: 'hosts-name',
    scope: 'machine',
    what: "the builder's name in /etc/hosts",
    reason: 'uniqueness',
    why: "a clone would resolve the builder's name to itself, and not its own. Other lines stay",
    appliesTo: 'Debian, Ubuntu',
    regeneratedBy: 'cloud-init with manage_etc_hosts; nss-myhostname',
    stopFirst: [],
    paths: [lines('/etc/hosts', /^\s*127\.0\.1\.1\s/u)],
  },
  {
    id: 'packer-sudoers',
    scope: 'machine',
    what: "sudo without a password for Packer's user",
    reason: 'secret',
    why: 'an account of that name would be root on every clone',
    appliesTo: 'images that Packer builds from an installer',
    regeneratedBy: 'nothing',
    stopFirst: [],
    paths: [entry('root', '/etc/sudoers.d/*packer*')],
  },
  {
    id: 'proxy-passwords',
    scope: 'machine',
    what: 'settings of a proxy with a password',
    reason: 'secret',
    why: 'the build had the proxy for itself. The lines go, and the other settings stay',
    appliesTo: 'systemd, package managers, shells',
    regeneratedBy: 'nothing',
    stopFirst: [],
    paths: [
      '/etc/systemd/system/*.d/*.conf',
      '/etc/systemd/system.conf.d/*.conf',
      '/etc/environment',
      '/etc/environment.d/*.conf',
      '/etc/profile.d/*.sh',
      '/etc/default/docker',
      '/etc/sysconfig/docker',
      '/etc/apt/apt.conf',
      '/etc/apt/apt.conf.d/*',
      '/etc/yum.conf',
      '/etc/dnf/dnf.conf',
      '/etc/wgetrc',
    ].map((path) => lines(path, proxyPassword)),
  },
  {
    id: 'account-backups',
    scope: 'machine',
    what: 'backups of the account files',
    reason: 'secret',
    why: 'they have the password hashes of accounts that the build removed',
    appliesTo: 'shadow-utils',
    regeneratedBy: 'the next change of an account',
    stopFirst: [],
    paths: ['passwd', 'shadow', 'group', 'gshadow', 'subuid', 'subgid'].map((name) =>
      entry('root', `/etc/${name}-`),
    ),
  },
];
