import {
  isAlive,
  offeringKey,
  ProviderError,
  type ImageRequest,
  type LaunchRequest,
  type Machine,
  type MachineImage,
  type Provider,
  type RefusalKind,
} from '../../coordinator/core/pool/provider.ts';

export type Action = 'launch' | 'list' | 'terminate' | 'create image' | 'remove image';

/** What goes wrong with one call. */
export type Fault =
  | 'throttled'
  /** The call never arrives, and its caller cannot tell. */
  | 'lost before'
  /** The call does its work, and its answer is lost. */
  | 'lost after'
  /** A listing that does not know the newest machines. */
  | 'stale'
  /** A listing that lacks every other machine, and does not say so. */
  | 'missing page'
  /** One machine more than was asked for. */
  | 'extra machine';

export interface MemoryOptions {
  /** Milliseconds since the epoch. */
  now: () => number;
  fault?: (action: Action) => Fault | undefined;
}

interface Held extends Machine {
  fleetId: string;
  onPowerOff?: 'stop';
}

interface HeldImage extends MachineImage {
  fleetId: string;
}

/** Machines that exist in memory only, with EC2's rules for client tokens and with faults on request. */
export class MemoryProvider implements Provider {
  /** Every machine that was ever launched, by id. */
  readonly machines = new Map<string, Held>();
  /** Offerings without capacity, as `offeringKey` names them. */
  readonly dry = new Set<string>();
  /** Machines that may be alive at once. */
  quota = Infinity;
  /** How every launch is refused. */
  refusal: { kind: RefusalKind; code: string } | undefined;
  readonly #images = new Map<string, HeldImage>();
  /** Snapshots that cost something. */
  readonly snapshots = new Set<string>();
  /** What machines wrote on their consoles. */
  readonly consoles = new Map<string, string>();
  /** The calls that arrived. */
  readonly launches: LaunchRequest[] = [];
  readonly #options: MemoryOptions;
  readonly #tokens = new Map<string, { body: string; ids: string[] }>();

  constructor(options: MemoryOptions) {
    this.#options = options;
  }

  get alive(): Held[] {
    return [...this.machines.values()].filter(({ state }) => isAlive(state));
  }

  async launch(request: LaunchRequest): Promise<readonly Machine[]> {
    const fault = this.#before('launch');
    this.launches.push(request);
    const ids = this.#launched(request, fault === 'extra machine' ? 1 : 0);
    if (fault === 'lost after') throw lost();
    return ids.map((id) => this.#machine(id));
  }

  async list(fleetId: string): Promise<readonly Machine[]> {
    const fault = this.#before('list');
    const all = [...this.machines.values()].filter((machine) => machine.fleetId === fleetId);
    if (fault === 'lost after') throw lost();
    const newest = this.#options.now() - 15_000;
    if (fault === 'stale') return all.filter(({ launchTime }) => launchTime <= newest).map(copy);
    return all.filter((_, index) => fault !== 'missing page' || index % 2 === 0).map(copy);
  }

  async terminate(instanceIds: readonly string[]): Promise<void> {
    const fault = this.#before('terminate');
    for (const id of instanceIds) this.endNow(id);
    if (fault === 'lost after') throw lost();
  }

  /** As a person with a console does, or the machine itself. */
  endNow(instanceId: string): void {
    const machine = this.machines.get(instanceId);
    if (machine !== undefined) machine.state = 'terminated';
  }

  async createImage({ name, instanceId, fleetId, buildId }: ImageRequest): Promise<string> {
    const fault = this.#before('create image');
    const known = [...this.#images.values()].find((image) => image.name === name);
    if (known === undefined && this.machines.get(instanceId)?.state !== 'stopped')
      throw new ProviderError('spec', 'IncorrectInstanceState', `${instanceId} is not stopped`);
    const number = (this.#images.size + 1).toString(16).padStart(17, '0');
    const made: HeldImage = known ?? {
      ...{ imageId: `ami-${number}`, name, buildId, fleetId, state: 'available', reason: '' },
      snapshotIds: [`snap-${number}`],
    };
    this.#images.set(made.imageId, made);
    for (const id of made.snapshotIds) this.snapshots.add(id);
    if (fault === 'lost after') throw lost();
    return made.imageId;
  }

  async images(fleetId: string): Promise<readonly MachineImage[]> {
    return [...this.#images.values()].filter((image) => image.fleetId === fleetId);
  }

  async removeImage({ imageId, snapshotIds }: Pick<MachineImage, 'imageId' | 'snapshotIds'>): Promise<void> {
    const fault = this.#before('remove image');
    this.#images.delete(imageId);
    for (const id of snapshotIds) this.snapshots.delete(id);
    if (fault === 'lost after') throw lost();
  }

  async machinesOf(imageId: string): Promise<readonly string[]> {
    return this.alive.filter((one) => one.imageId === imageId).map(({ instanceId }) => instanceId);
  }

  async console(instanceId: string): Promise<string> {
    return this.consoles.get(instanceId) ?? '';
  }

  /** A machine says something on its console and powers itself off. */
  powerOff(instanceId: string, said: string): void {
    const machine = this.machines.get(instanceId);
    if (machine === undefined) return;
    this.consoles.set(instanceId, said);
    machine.state = machine.onPowerOff === 'stop' ? 'stopped' : 'terminated';
  }

  /** A machine that nobody asked for, with these tags. */
  appear(machine: Held): void {
    this.machines.set(machine.instanceId, machine);
  }

  close(): void {}

  #before(action: Action): Fault | undefined {
    const fault = this.#options.fault?.(action);
    if (fault === 'throttled') throw new ProviderError('throttled', 'RequestLimitExceeded', 'too many calls');
    if (fault === 'lost before') throw lost();
    return fault;
  }

  #launched(request: LaunchRequest, extra: number): string[] {
    const { token, subnetId, count, fleetId } = request;
    // The same token in another zone is another token.
    const key = `${subnetId}/${token}`;
    const body = JSON.stringify(request);
    const known = this.#tokens.get(key);
    if (known !== undefined && known.body !== body)
      throw new ProviderError(
        'mismatch',
        'IdempotentParameterMismatch',
        'the token was used for another call',
      );
    if (known !== undefined) return known.ids;
    const { refusal } = this;
    if (refusal !== undefined) throw new ProviderError(refusal.kind, refusal.code, 'refused');
    if (this.dry.has(offeringKey(request)))
      throw new ProviderError('capacity', 'InsufficientInstanceCapacity', 'no capacity');
    const room = this.quota - this.alive.length;
    if (room < 1) throw new ProviderError('quota', 'VcpuLimitExceeded', 'the quota is used up');
    const ids: string[] = [];
    for (let index = 0; index < Math.min(count, room) + extra; index++) {
      const instanceId = `i-${(this.machines.size + 1).toString(16).padStart(17, '0')}`;
      const { market, instanceType, pool, launchId, specHash, imageId, onPowerOff } = request;
      this.machines.set(instanceId, {
        ...{ instanceId, market, instanceType, subnetId, pool, launchId, specHash, imageId, fleetId },
        ...{ state: 'running', zone: `zone of ${subnetId}`, isAssigned: false },
        launchTime: this.#options.now(),
        ...(onPowerOff === undefined ? {} : { onPowerOff }),
      });
      ids.push(instanceId);
    }
    this.#tokens.set(key, { body, ids });
    return ids;
  }

  #machine(instanceId: string): Machine {
    const found = this.machines.get(instanceId);
    if (found === undefined) throw new Error(`no machine ${instanceId}`);
    return copy(found);
  }
}

function copy(machine: Held): Machine {
  const { fleetId: _, onPowerOff: __, ...copied } = machine;
  return copied;
}

function lost(): ProviderError {
  return new ProviderError('unknown', 'NoAnswer', 'the answer was lost');
}
