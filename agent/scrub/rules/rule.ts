import type { Settings } from './settings.ts';

/** Why something must not be on a clone. */
export type RuleReason = 'uniqueness' | 'secret' | 'space' | 'correctness';

/**
 * What a rule looks for. `*` in a path stands for any name, or part of one, in one directory. Paths below `root` start
 * at the image's root, those below `home` at every home directory, those below `data-root` at Docker's data root, those below `exec-root` at its exec root.
 */
export interface RulePath {
  below: 'root' | 'home' | 'data-root' | 'exec-root';
  path: string;
  /**
   * `entry`: it must not exist; a directory is removed with its content. `children`: the directory may stay, empty. `files`: it and
   * the directories in it may stay, without files. `emptied`: the file must exist and be empty. `lines`: it may stay, without the
   * lines that `contains` matches. `replaced`: it gets the `content` when `contains` matches. `settings`: the file may stay, with
   * nothing but its `settings`.
   */
  clean: 'entry' | 'children' | 'files' | 'emptied' | 'lines' | 'replaced' | 'settings';
  /** What `settings` leaves of a file. */
  settings?: Settings;
  /** What `replaced` writes into a file that `contains` matches. */
  content?: string;
  /** Only where this file is or is not on the image too. */
  onlyWith?: string;
  onlyWithout?: string;
  /** Only regular files with a line that matches count. */
  contains?: RegExp;
  /** The scrub does not remove it, but refuses to seal while it is there. This says what to do. */
  refuse?: string;
  /** Only entries of this kind count. `ids`: directories whose name is one of Docker's ids. `swap`: files that mkswap has made. */
  only?: 'directories' | 'files' | 'ids' | 'swap';
  /** Somebody may want what is found here: see the rule's consent. */
  isPrecious?: true;
  /** The matches are Docker's records of containers' layers, and the layers are removed too. */
  withLayers?: true;
  /** Only layers that belong to no image and no container: leftovers of pulls, or results of builds. */
  onlyOrphans?: 'pulled' | 'built';
  /** Its text is an identity, or the public half of one. The seal has its hash. */
  isIdentity?: true;
  /** It is usually a symbolic link. The link is removed; its target is the matter of another path. */
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
  /** `machine`: outside of Docker and Parbake; `--docker-only` leaves it out. `own`: from the image's scrub.d. */
  scope: 'docker' | 'machine' | 'own';
  /** One line for people. */
  what: string;
  reason: RuleReason;
  why: string;
  /** The engines or distributions that have it. */
  appliesTo: string;
  /** What recreates it on a clone. */
  regeneratedBy: string;
  /** systemd units that would write it again, stopped in this order. Units that are not installed are skipped. */
  stopFirst: readonly string[];
  paths: readonly RulePath[];
  consent?: Consent;
  /**
   * Running services write it again until the power is off. Anything newer than the scrub is theirs and does not break the seal.
   */
  isRewritten?: true;
  /**
   * A clone's boot makes it again. What is newer than the boot of a machine that was sealed before is its own. Anything that came
   * between the seal and that boot is on the image, and breaks the seal.
   */
  isMadeAtBoot?: true;
  /** Also removed at the boot of a copy that was not scrubbed: no work is lost, and its program recreates it. */
  isHealed?: true;
}

export const entry = (below: RulePath['below'], path: string): RulePath => ({ below, path, clean: 'entry' });
/** An entry that distinguishes copies. */
export const identity = (below: RulePath['below'], path: string): RulePath => ({
  ...entry(below, path),
  isIdentity: true,
});
export const children = (below: RulePath['below'], path: string): RulePath => ({
  below,
  path,
  clean: 'children',
});

/** A file that has settings beside its secrets, which stay. */
export const settingsIn = (below: RulePath['below'], path: string, settings: Settings): RulePath => ({
  below,
  path,
  clean: 'settings',
  settings,
});

/** Layers without an owner, in each directory in which a storage driver may keep them. */
export function orphanedLayers(origin: 'pulled' | 'built'): RulePath[] {
  return ['overlay2', 'fuse-overlayfs', 'vfs/dir'].map((folder) => ({
    ...entry('data-root', `${folder}/*`),
    onlyOrphans: origin,
  }));
}

/** The same paths in every home. */
export function inHomes(...paths: readonly string[]): RulePath[] {
  return paths.map((path) => entry('home', path));
}
