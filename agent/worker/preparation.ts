import { reasonFrom } from '../../proto/errors/reason.ts';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type { Preparation as Report } from '../../proto/gen/parbake/v1/Preparation.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isAbort } from '../../proto/process/tasks.ts';
import { awaitsOrder } from '../../proto/recipe/role.ts';
import type { Manifest } from '../core/manifest.ts';
import { isMachines } from '../core/order/container-end.ts';
import type { ObservedContainer, Step, Target } from '../core/order/planner.ts';
import { chooseTargets } from '../core/order/preparation.ts';
import { RecentCount } from '../core/recent-count.ts';
import type { ContainerEngine } from '../docker/containers.ts';
import { isTemporary } from '../docker/errors.ts';
import type { GatePlaces } from '../gate/places.ts';
import type { Holds } from '../hold/holds.ts';
import type { CertificateFiles } from './certificate-files.ts';
import type { Observation } from './observation.ts';
import type { OrderFiles } from './order-files.ts';
import type { RoleSurroundings } from './role-surroundings.ts';

export interface PreparationOptions {
  manifest: Pick<Manifest, 'roles'> | undefined;
  engine: ContainerEngine;
  places: GatePlaces;
  holds: Pick<Holds, 'removeOthers' | 'warmUp'> | undefined;
  files: OrderFiles;
  certificates: CertificateFiles;
  observation: Observation;
  surroundings: RoleSurroundings;
  /** For all prepared containers together, in bytes. */
  prepareMemoryBytes: number;
  /** Where the containers' ports are reached; undefined while that is not known. */
  ownAddress: () => string | undefined;
  /** Goes the way of an order once, so that the first one does not find it new. */
  rehearse: (signal: AbortSignal) => Promise<void>;
  /** Pulls an image that the bake left to the instance. @throws ParbakeError IMAGE_NOT_FOUND for any other */
  pullAtBoot: (ref: string, parent: string, signal: AbortSignal) => Promise<void>;
  logger: Logger;
  /** Called with every change of what it reports. */
  onChange: () => void;
}

/** A container that ends so often within so many milliseconds while it is only prepared is not prepared again. */
const maxBurials = 3;
const burialWindow = 600_000;

/** What an instance has ready before anybody asks for it: chosen once, then watched. */
export class Preparation {
  readonly #options: PreparationOptions;
  #state: 'PREPARING' | 'READY' | 'FAILED' = 'PREPARING';
  #error = '';
  #isChosen = false;
  #targets: readonly Target[] = [];
  /** Prepared containers that ended by themselves, counted by role and name: when Docker goes, all go once. */
  readonly #burials = new Map<string, RecentCount>();

  constructor(options: PreparationOptions) {
    this.#options = options;
  }

  /** What to have ready; nothing before it was chosen, and after a failure. */
  get targets(): readonly Target[] {
    return this.#targets;
  }

  get isPreparing(): boolean {
    return this.#state === 'PREPARING';
  }

  report(): Report {
    const { reason, message } = reasonFrom(this.#error);
    const isDegraded = this.#state === 'PREPARING' && this.#error !== '';
    return {
      state: `PREPARATION_STATE_${this.#state}`,
      reason,
      message: isDegraded ? `degraded, retrying: ${message}` : message,
    };
  }

  /**
   * Looks for every image of every role, which must be there before the instance joins the pool, and chooses what is
   * prepared. Does nothing once that is done; may be called again after it failed.
   * @param parent the span that this is part of
   * @throws ParbakeError as the Engine and the pull do; AGENT_STATE_UNWRITABLE
   */
  async begin(parent: string, signal: AbortSignal): Promise<void> {
    if (this.#isChosen || this.#state === 'FAILED') return;
    const { manifest, engine, places, holds, observation, surroundings } = this.#options;
    const { prepareMemoryBytes, logger } = this.#options;
    const roles = manifest?.roles ?? [];
    for (const { image } of roles.flatMap(({ containers }) => containers)) {
      if ((await engine.image(image, signal)) === undefined)
        await this.#options.pullAtBoot(image, parent, signal);
    }
    const hasGate = await places.isAvailable();
    const isWanted = roles.some(({ containers }) => containers.some(({ prepare }) => awaitsOrder(prepare)));
    const observed = await observation.look(true, signal);
    // An agent that was killed may have removed a role's containers only.
    await surroundings.sweep((role) => observed.some((each) => each.role === role), signal);
    await surroundings.prepare(signal);
    await places.removeOthers(observation.gateKeys());
    await holds?.removeOthers(observation.holdKeys());
    for (const files of [this.#options.files, this.#options.certificates])
      await files.removeOthers(observation.filesKeys());
    if (hasGate && isWanted) await this.#rehearse(signal);
    if (isWanted && !hasGate) logger.warn('the gate is not on this instance: containers start at the order');
    this.#targets = chooseTargets(roles, { hasGate, memoryBytes: prepareMemoryBytes });
    this.#isChosen = true;
  }

  /** An order can do without, unless the rehearsal found that none could be stored. */
  async #rehearse(signal: AbortSignal): Promise<void> {
    const { rehearse, holds, logger } = this.#options;
    const all = async (): Promise<void> => {
      await rehearse(signal);
      await holds?.warmUp(signal);
    };
    await all().catch((cause: unknown) => {
      const error = toParbakeError(cause);
      if (isAbort(cause) || error.code === 'AGENT_STATE_UNWRITABLE') throw cause;
      logger.warn({ reason: error.toReason() }, 'warm-up failed: the first order will be slower');
    });
  }

  /** Takes up what was planned while there is no order. */
  note(steps: readonly Step[], observed: readonly ObservedContainer[]): void {
    if (this.#state === 'FAILED') return;
    for (const step of steps) {
      // What the machine ended says nothing about the container.
      if (step.kind !== 'bury' || isMachines(step.end)) continue;
      const what = `${observed.find(({ id }) => id === step.id)?.role ?? ''}/${step.name}`;
      const burials = this.#burials.get(what) ?? new RecentCount(burialWindow);
      this.#burials.set(what, burials);
      const lately = burials.count(1, performance.now());
      if (lately > maxBurials)
        return this.#fail(
          new ParbakeError('CONTAINER_EXITED', `prepared container ${what} ended ${lately} times`),
        );
    }
    if (steps.length > 0) return this.#advance('PREPARING', this.#error);
    const { manifest, ownAddress } = this.#options;
    const hasPorts = manifest?.roles.some(({ containers }) =>
      containers.some(({ ports }) => ports.length > 0),
    );
    if (hasPorts === true && ownAddress() === undefined)
      return this.#degrade(
        new ParbakeError('ADDRESS_UNKNOWN', 'this instance has no address at which its ports are reached'),
      );
    this.#advance('READY', '');
  }

  /**
   * Something is in the way of the preparation. Nobody is to be given this instance before that has passed.
   * @returns whether it may pass by itself, so that it is worth another try
   */
  hinder(cause: unknown): boolean {
    const error = toParbakeError(cause);
    if (isTemporary(error)) this.#degrade(error);
    else this.#fail(error);
    return this.#state !== 'FAILED';
  }

  #degrade(error: ParbakeError): void {
    if (this.#state === 'FAILED') return;
    this.#advance('PREPARING', error.toReason());
  }

  #fail(error: ParbakeError): void {
    this.#targets = [];
    this.#options.logger.error({ reason: error.toReason() }, 'preparation failed');
    this.#advance('FAILED', error.toReason());
  }

  #advance(state: 'PREPARING' | 'READY' | 'FAILED', error: string): void {
    if (this.#state === state && this.#error === error) return;
    this.#state = state;
    this.#error = error;
    this.#options.onChange();
  }
}
