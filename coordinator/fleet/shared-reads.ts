import type { Tenancy } from '../store/agents.ts';
import type { Changes } from './changes.ts';
import type { FleetView } from './view.ts';

/** Milliseconds that a read is kept for those who ask a little later. It is of no use after the next change. */
const kept = 1_000;

/** One read of an instance after a change, for all who watch: there may be hundreds. */
export class SharedReads {
  readonly #fleet: Pick<FleetView, 'instance'>;
  readonly #reads = new Map<string, Promise<Tenancy | undefined>>();

  constructor(fleet: Pick<FleetView, 'instance'>, changes: Pick<Changes, 'watch'>) {
    this.#fleet = fleet;
    changes.watch((instanceId) => void this.#reads.delete(instanceId));
  }

  /** As it is after the last change that was told of. */
  instance(instanceId: string): Promise<Tenancy | undefined> {
    const known = this.#reads.get(instanceId);
    if (known !== undefined) return known;
    const read = this.#fleet.instance(instanceId);
    this.#reads.set(instanceId, read);
    const forget = (): void => {
      if (this.#reads.get(instanceId) === read) this.#reads.delete(instanceId);
    };
    setTimeout(forget, kept).unref();
    // Whoever asked is told of it, and the next one tries again.
    read.catch(forget);
    return read;
  }
}
