import type { InstanceState } from '../instance-state.ts';
import type { Facts } from '../model.ts';
import type { LaunchSpec } from '../pool/pool-spec.ts';
import type { LaunchRequest, MachineState } from '../pool/provider.ts';

export const imageStates = [
  /** A builder bakes it, or the provider copies the builder's disk. */
  'BUILDING',
  /** Two clones show that instances of it become READY and differ. */
  'PROVING',
  /** Pools may follow it. */
  'AVAILABLE',
  /** It is removed once nothing needs it. */
  'DEPRECATED',
  /** Nothing of it is kept. */
  'FAILED',
] as const;

export type ImageState = (typeof imageStates)[number];

/** What a build is made from, frozen when it is asked for. Lengths of time are milliseconds. */
export interface BuildRequest {
  /** The name that pools follow. */
  channel: string;
  /** The pool whose launch settings builder and clones have. */
  pool: string;
  fleetId: string;
  /** The machine image that the builder is launched from: Docker and the agent's package are on it. */
  baseImageId: string;
  launch: LaunchSpec;
  /** What the builder runs at its first boot. */
  builderUserData: string;
  /** The time from the launch of the builder to its power-off. */
  bakeTimeout: number;
  bootTimeout: number;
  prepareTimeout: number;
  /** Pools follow it as soon as it is AVAILABLE. */
  isPromoted: boolean;
}

/** What a build has learnt. Times are on the steady clock. */
export interface BuildFacts {
  /** Launches of builders that were committed. */
  builders: number;
  /** Launches of clones that were committed. */
  clones: number;
  /** When the builder was first seen stopped; 0 before. */
  stopped: number;
  /** What the builder's last word was. */
  verdict: '' | 'sealed';
  snapshotIds: readonly string[];
  /** What the clones showed, one line each. */
  proof: readonly string[];
  /** Why it failed: `CODE: sentence`. */
  reason: string;
}

export const noFacts: BuildFacts = {
  builders: 0,
  clones: 0,
  stopped: 0,
  verdict: '',
  snapshotIds: [],
  proof: [],
  reason: '',
};

export interface ImageBuild {
  buildId: string;
  channel: string;
  state: ImageState;
  request: BuildRequest;
  facts: BuildFacts;
  /** Empty until the provider gave it one. */
  imageId: string;
  /** Pools that follow the channel launch from it. */
  isCurrent: boolean;
  /** When it last became current, on both clocks; 0 for never. */
  promotedTime: number;
  /** When it was asked for, in milliseconds since the epoch. */
  createTime: number;
  /** When it came to be in its state, on both clocks. */
  stateTime: number;
  stateSteady: number;
}

/** Why machines of a build exist. It is the tag that says what a pool's machine is made from. */
export type BuildPurpose = 'builder' | 'clone';

export interface BuildLaunch {
  state: string;
  /** Why the provider refused it; empty when it did not. */
  code: string;
  request: LaunchRequest;
  answered: number;
}

export interface BuildMachine {
  instanceId: string;
  purpose: BuildPurpose;
  providerState: MachineState;
  /** When the store came to know it. */
  bound: number;
  isEnding: boolean;
  /** Absent before its check-in. */
  instance?: {
    state: InstanceState;
    stateReason: string;
    stateSteady: number;
    facts: Facts;
    roles: readonly string[];
  };
}

/** A build that is not closed, with everything that it owns. */
export interface BuildView {
  build: ImageBuild;
  revision: number;
  launches: readonly BuildLaunch[];
  machines: readonly BuildMachine[];
}

/** The tag that names the owner of a build's machines. No pool can have this name. */
export function ownerOf(buildId: string): string {
  return `build/${buildId}`;
}

export function isBuildOwner(pool: string): boolean {
  return pool.startsWith('build/');
}

/** What the provider calls the image: the name is unique in an account, so it makes its creation repeatable. */
export function imageNameOf({ buildId, channel }: Pick<ImageBuild, 'buildId' | 'channel'>): string {
  return `parbake/${channel}/${buildId}`;
}

/** A pool's `image` that is not an id names a channel. */
export function isChannel(image: string): boolean {
  return !image.startsWith('ami-');
}
