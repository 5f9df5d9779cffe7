import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file that a builder has, for one rule of the scrub. */
interface Dirt {
  /** Below the root. */
  path: string;
  /** Around the canary; the canary alone when not given. */
  content?: ((canary: string) => string) | undefined;
}

const id = (digit: string): string => digit.repeat(64);
const docker = (path: string): string => `var/lib/docker/${path}`;
const file = (path: string, content?: (canary: string) => string): Dirt => ({ path, content });
const inHomes = (...paths: string[]): Dirt[] =>
  ['root', 'home/baker'].flatMap((home) => paths.map((path) => file(`${home}/${path}`)));
const environment = (canary: string): string => JSON.stringify({ Config: { Env: [`SECRET=${canary}`] } });
const login = (canary: string): string =>
  JSON.stringify({
    auths: { 'registry.invalid': { auth: Buffer.from(`baker:${canary}`).toString('base64') } },
  });

const ssm = (path: string): string => `var/lib/amazon/ssm/${path}`;
const instance = 'i-0123456789abcdef0';
const managed = 'mi-0123456789abcdef0';
const run = `document/orchestration/${'0a1b2c3d'.repeat(4)}/awsrunShellScript/0.awsrunShellScript`;
/** A key of the SSM agent's vault: the private key that it registered with, as which instance. */
const registrationKey =
  (instanceID: string) =>
  (canary: string): string =>
    JSON.stringify({ instanceID, region: 'eu-central-1', privateKey: canary, privateKeyType: 'Rsa' });
/** Names each key's file, as the vault does. */
const vaultManifest =
  (...keys: string[]) =>
  (): string =>
    JSON.stringify(Object.fromEntries(keys.map((key) => [key, `/${ssm(`Vault/Store/${key}`)}`])));

/**
 * What Amazon's SSM agent leaves, by its source (version 3.3): of an activation outside of EC2 as well as of EC2's Default
 * Host Management, with a command, a session and a document's download.
 */
const ssmAgentDirt: Dirt[] = [
  file(ssm('Vault/Manifest'), vaultManifest('RegistrationKey', 'InstanceFingerprint')),
  file(ssm(`Vault/${instance}Manifest`), vaultManifest('EC2RegistrationKey')),
  file(ssm('Vault/Store/RegistrationKey'), registrationKey(managed)),
  file(ssm('Vault/Store/EC2RegistrationKey'), registrationKey(instance)),
  file(ssm('Vault/Store/InstanceFingerprint'), (canary) =>
    JSON.stringify({
      fingerprint: canary,
      hardwareHash: { 'hostname-info': canary },
      similarityThreshold: 40,
    }),
  ),
  file(ssm('registration'), (canary) =>
    JSON.stringify({ ManagedInstanceID: `mi-${canary}`, Region: 'eu-central-1' }),
  ),
  file(ssm('credentials'), (canary) => `[default]\naws_secret_access_key = ${canary}\n`),
  file(ssm('runtimeconfig/identity_config.json'), (canary) =>
    JSON.stringify({ SchemaVersion: '1.1', InstanceId: `i-${canary}`, IdentityType: 'EC2' }),
  ),
  file(ssm('ipc/health')),
  ...[instance, managed].flatMap((owner) => [
    file(ssm(`${owner}/${run}/_script.sh`), (canary) => `export TOKEN=${canary}\n`),
    file(ssm(`${owner}/${run}/stdout`)),
    file(ssm(`${owner}/document/state/current/document`)),
    file(ssm(`${owner}/session/orchestration/baker-0123/Standard_Stream/ipcTempFile.log`)),
    file(ssm(`${owner}/channels/baker-0123/worker-20240101000000-000`)),
    file(ssm(`${owner}/replies_mgs/reply`)),
    file(ssm(`${owner}/idempotency/SendCommand/command`)),
    file(ssm(`${owner}/inventory/contentHash`)),
    file(ssm(`${owner}/longrunningplugins/datastore/store`)),
  ]),
  file(ssm('localcommands/submitted/document.json')),
  file(ssm('download/script'), (canary) => `export TOKEN=${canary}\n`),
];

/** What a builder has collected by the time of its scrub, by the rule that removes it. */
export const dirtByRule: Readonly<Record<string, readonly Dirt[]>> = {
  'docker-containers': [file(docker(`containers/${id('c')}/config.v2.json`), environment)],
  'docker-volumes': [file(docker('volumes/left-behind/_data/secret')), file(docker('volumes/metadata.db'))],
  'docker-build-cache': [file(docker('buildkit/content/secret'))],
  'docker-plugins': [file(docker(`plugins/${id('9')}/config.json`), environment)],
  'docker-swarm': [
    file(docker('swarm/docker-state.json'), () => '{}'),
    file(docker('swarm/certificates/swarm-node.key')),
  ],
  'docker-network-db': [file(docker('network/files/local-kv.db'))],
  'containerd-uuid': [
    file(docker('containerd/daemon/io.containerd.grpc.v1.introspection/uuid')),
    file('var/lib/containerd/io.containerd.grpc.v1.introspection/uuid'),
  ],
  'buildkitd-worker': [file('var/lib/buildkit/runc-overlayfs/workerid')],
  'docker-tmp': [
    file(docker('tmp/GetImageBlob123')),
    file(docker('image/overlay2/layerdb/tmp/write-set-1/cache-id')),
  ],
  'docker-orphaned-layers': [file(docker(`overlay2/${id('0')}/diff/secret`))],
  'registry-credentials': [
    file('root/.docker/config.json', login),
    file('home/baker/.docker/config.json', login),
    ...inHomes('.docker/.token_seed', '.ecr/cache.json'),
    file('var/lib/kubelet/config.json', login),
  ],
  'registry-client-keys': [
    file('etc/docker/certs.d/registry.invalid/client.key'),
    file('etc/docker/certs.d/registry.invalid/client.cert'),
    ...inHomes('.docker/trust/private/root.key'),
  ],
  'docker-buildx': inHomes(
    '.docker/buildx/instances/remote',
    '.docker/buildx/.buildNodeID',
    '.docker/.buildNodeID',
  ),
  'docker-pid-files': [
    file('run/docker.pid', () => '1'),
    file('run/docker/containerd/containerd.pid', () => '1'),
  ],
  'parbake-state': [
    file('var/lib/parbake/state.json', (canary) =>
      JSON.stringify({ version: 1, instanceId: canary, generation: 1, desired: { phase: 'idle' } }),
    ),
    file('var/lib/parbake/identity.json', (canary) => JSON.stringify({ version: 1, key: canary })),
    file('var/lib/parbake/spool/1.json'),
  ],
  'docker-key-json': [file('etc/docker/key.json'), file('root/.docker/key.json')],
  'docker-engine-id': [file(docker('engine-id'))],
  'vpn-nodes': [file('var/lib/tailscale/tailscaled.state'), file('var/lib/zerotier-one/identity.secret')],
  'configuration-agents': [
    file('etc/salt/pki/minion/minion.pem'),
    file('etc/salt/minion_id'),
    file('etc/puppetlabs/puppet/ssl/private_keys/builder.pem'),
    file('etc/chef/client.pem'),
  ],
  'monitoring-agents': [
    file('etc/datadog-agent/auth_token'),
    file('var/lib/filebeat/meta.json', (canary) => JSON.stringify({ uuid: canary })),
    file('var/ossec/etc/client.keys'),
  ],
  'cluster-nodes': [file('opt/consul/node-id'), file('var/lib/kubelet/pki/kubelet-client-current.pem')],
  'ci-runners': [file('etc/gitlab-runner/config.toml'), ...inHomes('actions-runner/.credentials')],
  subscriptions: [file('etc/pki/consumer/key.pem'), file('var/lib/ubuntu-advantage/private/token.json')],
  'nvme-host': [
    file('etc/nvme/hostid'),
    file('etc/nvme/hostnqn', (canary) => `nqn.2014-08.org.nvmexpress:uuid:${canary}\n`),
  ],
  'iscsi-initiator': [
    file('etc/iscsi/initiatorname.iscsi', (canary) => `InitiatorName=iqn.1993-08.org.debian:01:${canary}\n`),
  ],
  'swap-files': [file('swapfile')],
  'lvm-devices': [file('etc/lvm/devices/system.devices'), file('etc/lvm/backup/root')],
  'hosts-name': [file('etc/hosts', (canary) => `127.0.0.1 localhost\n127.0.1.1 ${canary}\n`)],
  'packer-sudoers': [file('etc/sudoers.d/99-packer', (canary) => `# ${canary}\npacker ALL=NOPASSWD: ALL\n`)],
  'proxy-passwords': [
    file(
      'etc/systemd/system/docker.service.d/proxy.conf',
      (canary) =>
        `[Service]\nEnvironment="HTTPS_PROXY=http://build:${canary}@proxy:3128"\nLimitNOFILE=1024\n`,
    ),
  ],
  'account-backups': [file('etc/shadow-', (canary) => `packer:$6$${canary}:19000:0:99999:7:::\n`)],
  'at-jobs': [file('var/spool/cron/atjobs/a0000101a2b3c4', (canary) => `SECRET=${canary}; export SECRET\n`)],
  crontabs: [
    file('var/spool/cron/crontabs/root', (canary) => `@reboot curl -H ${canary}\n`),
    file('var/spool/cron/baker', (canary) => `@daily ${canary}\n`),
  ],
  mail: [file('var/mail/root', (canary) => `Subject: ${canary}\n`), file('var/spool/postfix/deferred/A/A1')],
  'timer-stamps': [file('var/lib/systemd/timers/stamp-logrotate.timer')],
  'tool-credentials': [
    ...inHomes('.aws/credentials', '.netrc', '.npmrc', '.git-credentials', '.config/pip/pip.conf'),
    file('etc/apt/auth.conf.d/private.conf'),
  ],
  'ssh-user-keys': inHomes('.ssh/id_ed25519', '.ssh/id_ed25519.pub'),
  'ssm-agent': ssmAgentDirt,
  'ecs-agent': [
    ...['agent.db', 'ecs_agent_data.json', 'ecs_volume_plugin.json'].map((name) =>
      file(`var/lib/ecs/data/${name}`),
    ),
    file('var/lib/ecs/data/metadata/0123/web/ecs-container-metadata.json'),
    file('var/lib/ecs/data/envfiles/cluster/0123/bucket/secrets.env'),
    file('var/lib/ecs/gpu/nvidia-gpu-info.json', (canary) => JSON.stringify({ GPUIDs: [`GPU-${canary}`] })),
  ],
  'ecs-config': [
    ...['etc/ecs/ecs.config', 'var/lib/ecs/ecs.config'].map((path) =>
      file(path, (canary) => `ECS_ENGINE_AUTH_DATA=${canary}\n`),
    ),
    file('etc/ecs/ecs.config.json', (canary) => JSON.stringify({ EngineAuthData: canary })),
  ],
  'cloud-init': [
    file(`var/lib/cloud/instances/${instance}/user-data.txt`),
    file('var/lib/cloud/data/instance-id'),
    file('var/lib/cloud/sem/config_scripts_per_once.once'),
  ],
  'network-config': [
    file('etc/netplan/50-cloud-init.yaml', (canary) => `# ${canary}\nnetwork: {version: 2}\n`),
    file('etc/systemd/network/10-cloud-init-eth0.network'),
  ],
  'udev-network-names': [file('etc/udev/rules.d/70-persistent-net.rules')],
  'package-caches': [
    file('var/cache/apt/archives/secret-tool_1.0_amd64.deb'),
    file('var/lib/apt/lists/deb.invalid_dists_main_Packages'),
    file('var/cache/dnf/private-repo/packages.solv'),
  ],
  'user-caches': inHomes('.cache/pip/http/wheel', '.npm/_cacache/index'),
  'crash-dumps': [
    file('var/crash/_usr_bin_tool.0.crash'),
    file('var/lib/systemd/coredump/core.tool.0.zst'),
    file('core.4711'),
  ],
  'dhcp-leases': [
    file('var/lib/dhcp/dhclient.eth0.leases', (canary) => `default-duid "${canary}";\n`),
    file('var/lib/dhcpcd/duid'),
    file('var/lib/NetworkManager/secret_key'),
    file('var/lib/NetworkManager/internal-eth0.lease'),
  ],
  hostname: [file('etc/hostname', (canary) => `${canary}\n`)],
  'random-seed': [file('var/lib/systemd/random-seed'), file('boot/efi/loader/random-seed')],
  'systemd-credential-secret': [file('var/lib/systemd/credential.secret')],
  'ssh-host-keys': [
    file('etc/ssh/ssh_host_ed25519_key'),
    file('etc/ssh/ssh_host_ed25519_key.pub', (canary) => `ssh-ed25519 ${canary} builder\n`),
  ],
  'temporary-files': [file('tmp/script_1.sh'), file('var/tmp/ansible-tmp-1/secret.py')],
  logs: [file('var/log/syslog'), file('var/log/journal/0123/system.journal'), file('var/log/wtmp')],
  histories: [...inHomes('.bash_history', '.viminfo', '.python_history'), file('var/lib/dnf/history.sqlite')],
  'authorized-keys': inHomes('.ssh/authorized_keys'),
  'dbus-machine-id': [file('var/lib/dbus/machine-id', (canary) => `${canary}\n`)],
  'machine-id': [file('etc/machine-id', (canary) => `${canary}\n`)],
};

/** Puts a rule's dirt below a root, every file of it with the canary in it. */
export function plant(root: string, rule: string, canary: string): void {
  for (const { path, content = (text: string) => `${text}\n` } of dirtByRule[rule] ?? []) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content(canary));
  }
  const link = join(root, 'var/lib/cloud/instance');
  if (rule === 'cloud-init' && !existsSync(link)) symlinkSync(`/var/lib/cloud/instances/${instance}`, link);
}

/** Beside the targets, and often with names that resemble theirs: all of this has to stay as it is. */
const decoys = [
  'etc/docker/daemon.json',
  'etc/docker/certs.d/registry.invalid/ca.crt',
  docker('image/overlay2/repositories.json'),
  docker(`image/overlay2/imagedb/content/sha256/${id('d')}`),
  docker(`image/overlay2/layerdb/sha256/${id('b')}/cache-id`),
  docker(`overlay2/${id('a')}/diff/etc/machine-id`),
  docker(`overlay2/${id('a')}/diff/root/.bash_history`),
  docker('engine-id.md'),
  docker('plugins/storage/blobs/sha256/blob'),
  docker('network/files/other.db'),
  'var/lib/containerd/io.containerd.content.v1.content/blobs/sha256/blob',
  'usr/lib/parbake/recordings/web.json',
  'root/.docker/contexts/meta.json',
  'root/.bashrc',
  'root/.ssh/known_hosts',
  'root/.ssh/config',
  'home/baker/work/.bash_history/keep',
  'home/baker/work/id_rsa',
  'home/baker/.aws/config',
  'etc/ssh/sshd_config',
  'etc/ssh/moduli',
  'etc/netplan/01-static.yaml',
  'etc/systemd/network/20-lan.network',
  'etc/udev/rules.d/60-disk.rules',
  'etc/NetworkManager/NetworkManager.conf',
  // The SSM and ECS agents themselves, which a clone starts.
  ...['usr/bin/amazon-ssm-agent', 'usr/bin/ssm-agent-worker', 'etc/amazon/ssm/amazon-ssm-agent.json'],
  'usr/lib/systemd/system/amazon-ssm-agent.service',
  'etc/systemd/system/multi-user.target.wants/amazon-ssm-agent.service',
  ...[ssm('packages/tool/installed'), ssm('daemons/tool.json'), ssm('manifests/tool.json')],
  ...['usr/libexec/amazon-ecs-init', 'usr/lib/systemd/system/ecs.service', 'var/cache/ecs/ecs-agent.tar'],
  'var/lib/ecs/deps/execute-command/certs/tls-ca-bundle.pem',
  'var/lib/cloud/scripts/per-boot/start.sh',
  'var/spool/cron/crontabs/README/keep',
  'etc/cron.d/popularity-contest',
  'etc/sudoers.d/90-cloud-init-users',
  'etc/systemd/system/docker.service.d/limits.conf',
  'etc/puppetlabs/puppet/puppet.conf',
  'etc/salt/minion',
  'var/lib/NetworkManager/NetworkManager.state',
  'var/lib/dpkg/status',
  'var/cache/apt/archives/lock',
  'var/cache/man/index.db',
  'usr/share/core.js',
];

/** @returns the decoys' paths below the root */
export function plantDecoys(root: string): string[] {
  for (const path of decoys) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), decoyContent(path));
  }
  return decoys;
}

/** What makes the decoy layer an image's. */
function decoyContent(path: string): string {
  if (path.endsWith('cache-id')) return id('a');
  const config = JSON.stringify({ rootfs: { type: 'layers', diff_ids: [`sha256:${id('b')}`] } });
  return path.includes('imagedb') ? config : `decoy ${path}\n`;
}
