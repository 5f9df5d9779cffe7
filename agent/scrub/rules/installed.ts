import { entry, identity, type RulePath, type ScrubRule } from './rule.ts';

const initiatorName = '/etc/iscsi/initiatorname.iscsi';

/** Where people and installers put swap files; others are found in fstab. */
const swapFolders = [
  '',
  '/var',
  '/var/lib',
  '/var/cache',
  '/swap',
  '/mnt',
  '/opt',
  '/srv',
  '/data',
  '/root',
  '/home',
];

/** What packages and installers made when they were installed, before the bake. */
export const installedRules: readonly ScrubRule[] = [
  {
    id: 'nvme-host',
    scope: 'machine',
    what: 'the id and the name of the NVMe host',
    reason: 'uniqueness',
    why: 'storage over a network takes clones for one host, and gives one the volumes of the other',
    appliesTo: 'nvme-cli, which makes them when it is installed',
    regeneratedBy: "nvme-cli, from the firmware's UUID",
    stopFirst: [],
    paths: [identity('root', '/etc/nvme/hostid'), identity('root', '/etc/nvme/hostnqn')],
  },
  {
    id: 'iscsi-initiator',
    scope: 'machine',
    what: 'the name of the iSCSI initiator',
    reason: 'uniqueness',
    why: 'targets take clones for one initiator, and give one the volumes of the other. Debian does not start iSCSI without the file',
    appliesTo: 'open-iscsi, which makes it when it is installed',
    regeneratedBy:
      'open-iscsi: at its start by GenerateName=yes, elsewhere iscsi-init.service makes the file',
    stopFirst: ['iscsid.socket', 'iscsid.service'],
    paths: [
      {
        ...entry('root', initiatorName),
        onlyWith: '/usr/lib/systemd/system/iscsi-init.service',
        onlyWithout: '/usr/lib/open-iscsi/startup-checks.sh',
      },
      {
        ...entry('root', initiatorName),
        clean: 'replaced',
        contains: /^\s*InitiatorName\s*=/u,
        content: 'GenerateName=yes\n',
      },
    ],
  },
  {
    id: 'swap-files',
    scope: 'machine',
    what: 'swap files, and their lines in fstab',
    reason: 'secret',
    why: "the build's memory is in them. The scrub refuses while swap is in use: run swapoff first",
    appliesTo: 'every machine',
    regeneratedBy: "nothing; cloud-init's swap setting makes one at the first boot",
    stopFirst: [],
    paths: [
      ...['/swapfile', '/swap.img'].map((path) => entry('root', path)),
      ...swapFolders.map((folder): RulePath => ({ ...entry('root', `${folder}/*`), only: 'swap' })),
      {
        ...entry('root', '/etc/fstab'),
        clean: 'lines',
        contains: /^\s*\/(?!dev\/)\S+\s+\S+\s+swap(?:\s|$)/u,
      },
    ],
  },
];

/** The rules for an image, with the swap files that its fstab names. */
export function withSwapFiles(rules: readonly ScrubRule[], files: readonly string[]): ScrubRule[] {
  return rules.map((rule) =>
    rule.id === 'swap-files'
      ? { ...rule, paths: [...files.map((path) => entry('root', path)), ...rule.paths] }
      : rule,
  );
}
