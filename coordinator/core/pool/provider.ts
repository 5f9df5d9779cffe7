/** How a machine is bought. */
export type Market = 'on-demand' | 'spot';

/** Where a machine can come from. A client token is only good for one of these: EC2's tokens are zonal. */
export interface Offering {
  market: Market;
  instanceType: string;
  subnetId: string;
}

export interface Disk {
  /** The root device's name, as the machine image has it. */
  device: string;
  gib: number;
  type: string;
  /** 0: the type's default. */
  iops: number;
  /** MiB/s; 0: the type's default. */
  throughput: number;
}

/**
 * One call to a provider, frozen when it is planned: every retry sends exactly this. A call with the same token and
 * other contents is refused, and one with another token buys more machines.
 */
export interface LaunchRequest extends Offering {
  token: string;
  launchId: string;
  /** Names the store that owns the machine. */
  fleetId: string;
  pool: string;
  specHash: string;
  count: number;
  imageId: string;
  securityGroupIds: readonly string[];
  /** Name of the IAM instance profile; empty for none. */
  instanceProfile: string;
  /** Absent: as the machine image says. */
  disk?: Disk;
  tags: Readonly<Record<string, string>>;
  userData: string;
  /** What becomes of a machine that powers itself off. Absent: it is terminated, with its disk. */
  onPowerOff?: 'stop';
}

export const machineStates = [
  'pending',
  'running',
  'stopping',
  'stopped',
  'shutting-down',
  'terminated',
] as const;

export type MachineState = (typeof machineStates)[number];

/** A machine as its provider describes it. */
export interface Machine extends Offering {
  instanceId: string;
  state: MachineState;
  /** What its tag says; empty when it has none. */
  launchId: string;
  pool: string;
  specHash: string;
  imageId: string;
  zone: string;
  /** Milliseconds since the epoch; 0 when not known. */
  launchTime: number;
  /** Its tags name an assignment. */
  isAssigned: boolean;
}

/** A machine image as its provider describes it. */
export interface MachineImage {
  imageId: string;
  name: string;
  /** What its tag says. */
  buildId: string;
  state: 'pending' | 'available' | 'failed';
  /** Why it failed; empty when it did not. */
  reason: string;
  snapshotIds: readonly string[];
}

/** A copy of a stopped machine's disk that should exist. */
export interface ImageRequest {
  /** Unique in an account. The same name again gives the same image. */
  name: string;
  instanceId: string;
  fleetId: string;
  buildId: string;
}

/**
 * Why a call failed, by what follows from it. `throttled` and `unknown` say nothing about the outcome: the same call is
 * made again. All others are definite refusals.
 */
export type RefusalKind =
  | 'throttled'
  /** A timeout, a lost connection or a server error: it may have happened. */
  | 'unknown'
  /** No machine of this type and market in this zone now. */
  | 'capacity'
  /** The account's limit: no other zone helps. */
  | 'quota'
  /** The subnet has no free address. */
  | 'subnet'
  /** The zone does not have the type. */
  | 'unsupported'
  /** The call itself is wrong, and stays wrong until somebody changes the pool. */
  | 'spec'
  /** The account may launch nothing. */
  | 'account'
  /** The token was used for another call. */
  | 'mismatch';

export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly kind: RefusalKind;
  /** The provider's own code, such as `InsufficientInstanceCapacity`. */
  readonly code: string;

  constructor(kind: RefusalKind, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.code = code;
  }
}

/** Where machines come from. Every call has a deadline, and throws ProviderError. */
export interface Provider {
  /**
   * Launches 1 to `count` machines. The same request again gives the same machines.
   * @returns what was launched
   */
  launch(request: LaunchRequest): Promise<readonly Machine[]>;
  /** Everything that carries the fleet's tag. All of it, or an error: a page that failed fails the whole listing. */
  list(fleetId: string): Promise<readonly Machine[]>;
  /** Repetitions and ids that are gone change nothing. It is done when the listing says so. */
  terminate(instanceIds: readonly string[]): Promise<void>;
  /** Begins to copy a machine's disk. @returns the image's id */
  createImage(request: ImageRequest): Promise<string>;
  /** Every image that carries the fleet's tag. */
  images(fleetId: string): Promise<readonly MachineImage[]>;
  /** Removes an image and its snapshots. Repetitions and ids that are gone change nothing. */
  removeImage(image: Pick<MachineImage, 'imageId' | 'snapshotIds'>): Promise<void>;
  /** Machines that run or may start again from an image, whoever launched them. */
  machinesOf(imageId: string): Promise<readonly string[]>;
  /** What a machine wrote on its console, as far as the provider has it. */
  console(instanceId: string): Promise<string>;
  close(): void;
}

/** Whether a machine can still cost something and run somebody's containers. */
export function isAlive(state: MachineState): boolean {
  return state !== 'terminated';
}

/** Names an offering in the store and in what operators read. */
export function offeringKey({ market, instanceType, subnetId }: Offering): string {
  return `${market}:${instanceType}:${subnetId}`;
}
