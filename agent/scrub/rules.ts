/** Why something must not be on a clone. */
export type RuleReason = 'uniqueness' | 'secret' | 'space' | 'correctness';

/**
 * What a rule looks for. `*` in a path stands for any name in one directory. Paths below `root` start at the
 * image's root, those below `data-root` at Docker's data root, those below `exec-root` at its exec root.
 */
export interface RulePath {
  below: 'root' | 'data-root' | 'exec-root';
  path: string;
  /** `entry`: it must not exist. `children`: the directory may stay, empty. A directory goes with all in it. */
  clean: 'entry' | 'children';
  /** Entries of another kind do not count. */
  only?: 'directories';
  /** Found here, it is work that a person may want: see the rule's consent. */
  isPrecious?: true;
  /** What matches are Docker's records of containers' layers: the layers go too. */
  withLayers?: true;
}

/** A rule whose removal loses work that a person may want. It is refused unless the option is given. */
export interface Consent {
  option: '--remove-containers' | '--remove-volumes' | '--remove-build-cache';
}

/** One thing that a scrub removes. */
export interface ScrubRule {
  id: string;
  /** One line for people. */
  what: string;
  reason: RuleReason;
  why: string;
  /** What makes it anew on a clone. */
  regeneratedBy: string;
  paths: readonly RulePath[];
  consent?: Consent;
}

const entry = (below: RulePath['below'], path: string): RulePath => ({ below, path, clean: 'entry' });
const children = (below: RulePath['below'], path: string): RulePath => ({ below, path, clean: 'children' });

/**
 * The Docker part of the scrub, in the order of removal: what a person may object to first, identity last, so
 * that a scrub that fails has not yet taken what it cannot give back. Files are unlinked, never truncated:
 * dockerd 20.10 does not start with an empty key.json, and newer ones keep an empty engine-id for ever.
 * Images (image/, overlay2/, containerd's content) are the payload and stay.
 */
export const scrubRules: readonly ScrubRule[] = [
  {
    id: 'docker-containers',
    what: "Docker's containers with their layers",
    reason: 'secret',
    why: 'config.v2.json holds the environment in clear, layers what was written, and a restart policy starts them on every clone',
    regeneratedBy: 'nothing; the agent creates its own',
    paths: [
      { ...children('data-root', 'containers'), isPrecious: true },
      { ...entry('data-root', 'image/*/layerdb/mounts/*'), isPrecious: true, withLayers: true },
    ],
    consent: { option: '--remove-containers' },
  },
  {
    id: 'docker-volumes',
    what: "Docker's volumes",
    reason: 'secret',
    why: 'they hold what containers wrote, the same on every clone',
    regeneratedBy: 'nothing; dockerd makes an empty metadata.db',
    paths: [
      { ...entry('data-root', 'volumes/*'), only: 'directories', isPrecious: true },
      entry('data-root', 'volumes/metadata.db'),
    ],
    consent: { option: '--remove-volumes' },
  },
  {
    id: 'docker-build-cache',
    what: 'the build cache of BuildKit inside Docker',
    reason: 'secret',
    why: 'build arguments and secrets stay in cached layers and in its history',
    regeneratedBy: 'dockerd, empty',
    paths: [entry('data-root', 'buildkit')],
    consent: { option: '--remove-build-cache' },
  },
  {
    id: 'docker-swarm',
    what: 'swarm state',
    reason: 'uniqueness',
    why: 'a clone would come up as the same node, with its private key',
    regeneratedBy: 'docker swarm join',
    paths: [children('data-root', 'swarm')],
  },
  {
    id: 'docker-network-db',
    what: 'the network database',
    reason: 'uniqueness',
    why: 'the ids of the networks "none" and "host" are in it; stale endpoints in it keep a clone from starting',
    regeneratedBy: 'dockerd',
    paths: [entry('data-root', 'network/files/local-kv.db')],
  },
  {
    id: 'containerd-uuid',
    what: "containerd's server id",
    reason: 'uniqueness',
    why: 'it names the server to every client',
    regeneratedBy: 'containerd, at the first question for it',
    paths: [
      entry('data-root', 'containerd/daemon/io.containerd.grpc.v1.introspection/uuid'),
      entry('root', '/var/lib/containerd/io.containerd.grpc.v1.introspection/uuid'),
    ],
  },
  {
    id: 'docker-tmp',
    what: 'downloads that were broken off',
    reason: 'space',
    why: 'dockerd removes them at its next start, but until then every snapshot carries them',
    regeneratedBy: 'dockerd',
    paths: [children('data-root', 'tmp'), children('data-root', 'image/*/layerdb/tmp')],
  },
  {
    id: 'registry-credentials',
    what: 'registry logins',
    reason: 'secret',
    why: 'config.json holds passwords in base64; every user of a clone could read them',
    regeneratedBy: 'docker login',
    paths: ['/root', '/home/*']
      .flatMap((home) => [
        entry('root', `${home}/.docker/config.json`),
        entry('root', `${home}/.docker/.token_seed`),
        entry('root', `${home}/.docker/.token_seed.lock`),
        entry('root', `${home}/.ecr/cache.json`),
        entry('root', `${home}/snap/docker/*/.docker/config.json`),
      ])
      .concat(entry('root', '/var/lib/kubelet/config.json')),
  },
  {
    id: 'registry-client-keys',
    what: 'client certificates for registries, with their keys',
    reason: 'secret',
    why: 'every user of a clone could log in with them; certificates of authorities (*.crt) stay',
    regeneratedBy: 'nothing',
    paths: [entry('root', '/etc/docker/certs.d/*/*.key'), entry('root', '/etc/docker/certs.d/*/*.cert')],
  },
  {
    id: 'docker-buildx',
    what: "buildx's own state",
    reason: 'uniqueness',
    why: 'it holds an id of the node, and remote builders with their keys',
    regeneratedBy: 'docker buildx',
    paths: ['/root', '/home/*'].map((home) => entry('root', `${home}/.docker/buildx`)),
  },
  {
    id: 'docker-pid-files',
    what: 'pid files and sockets of dockerd and containerd',
    reason: 'correctness',
    why: 'a pid file that names a living process keeps dockerd from starting',
    regeneratedBy: 'dockerd and containerd',
    paths: [
      entry('root', '/run/docker.pid'),
      entry('root', '/var/run/docker.pid'),
      entry('root', '/run/docker.sock'),
      entry('exec-root', 'containerd/containerd.pid'),
      entry('exec-root', 'containerd/containerd.sock'),
      entry('exec-root', 'containerd/containerd.sock.ttrpc'),
      entry('exec-root', 'containerd/containerd-debug.sock'),
      entry('exec-root', 'metrics.sock'),
    ],
  },
  {
    id: 'parbake-state',
    what: "the agent's own state",
    reason: 'uniqueness',
    why: 'an instance must not take another one for itself',
    regeneratedBy: 'parbake-agent run',
    paths: [children('root', '/var/lib/parbake')],
  },
  {
    id: 'docker-key-json',
    what: "Docker's identity up to 20.10, a private key",
    reason: 'uniqueness',
    why: 'the Engine id is made from it; 23.0 takes the id over from it, so it goes together with engine-id',
    regeneratedBy: 'dockerd up to 20.10',
    paths: [entry('root', '/etc/docker/key.json'), entry('root', '/root/.docker/key.json')],
  },
  {
    id: 'docker-engine-id',
    what: "Docker's identity from 23.0 on",
    reason: 'uniqueness',
    why: 'clones that keep it have one Engine id',
    regeneratedBy: 'dockerd',
    paths: [entry('data-root', 'engine-id'), entry('data-root', '*.*/engine-id')],
  },
];
