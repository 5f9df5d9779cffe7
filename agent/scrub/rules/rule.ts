/** Why something must not be on a clone. */
export type RuleReason = 'uniqueness' | 'secret' | 'space' | 'correctness';

/**
 * What a rule looks for. `*` in a path stands for any name, or part of one, in one directory. Paths below `root` start
 * at the image's root, those below `data-root` at Docker's data root, those below `exec-root` at its exec root.
 */
export interface RulePath {
  below: 'root' | 'data-root' | 'exec-root';
  path: string;
  /**
   * `entry`: it must not exist; a directory goes with all in it. `children`: the directory may stay, empty. `files`:
   * it and the directories in it may stay, without a file. `emptied`: the file must be empty, and not absent.
   */
  clean: 'entry' | 'children' | 'files' | 'emptied';
  /** Entries of another kind do not count. `ids`: directories whose name is an id of Docker's. */
  only?: 'directories' | 'files' | 'ids';
  /** Found here, it is work that a person may want: see the rule's consent. */
  isPrecious?: true;
  /** What matches are Docker's records of containers' layers: the layers go too. */
  withLayers?: true;
  /** Only layers that no image and no container has: what pulls left behind, or what builds made. */
  onlyOrphans?: 'pulled' | 'built';
  /** Its text is an identity, or half of one that is public: the seal has its hash. */
  isIdentity?: true;
  /** It is a symbolic link by nature: the link goes, and what it leads to is another path's matter. */
  isLink?: true;
}

/** A rule whose removal loses work that a person may want. It is refused unless the option is given. */
export interface Consent {
  option:
    | '--remove-containers'
    | '--remove-volumes'
    | '--remove-plugins'
    | '--remove-build-cache'
    | '--remove-swarm';
}

/** One thing that a scrub removes. The code, the dry run, `verify` and docs/scrub.md are made from it. */
export interface ScrubRule {
  id: string;
  /** `machine`: outside of Docker and Parbake; `--docker-only` leaves it out. */
  scope: 'docker' | 'machine';
  /** One line for people. */
  what: string;
  reason: RuleReason;
  why: string;
  /** The engines or distributions that have it. */
  appliesTo: string;
  /** What makes it anew on a clone. */
  regeneratedBy: string;
  /** systemd's units that would write it again; stopped in this order. Those that are not installed are passed over. */
  stopFirst: readonly string[];
  paths: readonly RulePath[];
  consent?: Consent;
  /**
   * Running services write it again until the power is off. What is newer than the scrub is theirs and does not break
   * the seal.
   */
  isRewritten?: true;
  /** Dropped also at the boot of a copy that was not scrubbed: no work is lost with it, and its program makes it anew. */
  isHealed?: true;
}

export const entry = (below: RulePath['below'], path: string): RulePath => ({ below, path, clean: 'entry' });
/** An entry that copies are told apart by. */
export const identity = (below: RulePath['below'], path: string): RulePath => ({
  ...entry(below, path),
  isIdentity: true,
});
export const children = (below: RulePath['below'], path: string): RulePath => ({
  below,
  path,
  clean: 'children',
});

/** Layers that nobody has, below each of the directories in which a storage driver may have them. */
export function orphanedLayers(origin: 'pulled' | 'built'): RulePath[] {
  return ['overlay2', 'fuse-overlayfs', 'vfs/dir'].map((folder) => ({
    ...entry('data-root', `${folder}/*`),
    onlyOrphans: origin,
  }));
}

/** Where people have their files. */
const homes = ['/root', '/home/*'];

/** The same paths in every home. */
export function inHomes(...paths: readonly string[]): RulePath[] {
  return homes.flatMap((home) => paths.map((path) => entry('root', `${home}/${path}`)));
}
