import { ParbakeError } from '../../proto/errors/errors.ts';
import { reasonOf } from '../../proto/errors/cause.ts';
import type { Ec2Facts } from '../core/model.ts';

/** Milliseconds in which questions gather: a pool that boots asks all at once, and EC2 allows few calls. */
const gatherFor = 50;
/** Instances in one call. */
const batchSize = 100;

/** What EC2 knows of many instances, by id. */
type Describe = (instanceIds: readonly string[]) => Promise<ReadonlyMap<string, Ec2Facts>>;

interface Waiting {
  resolve: (facts: Ec2Facts) => void;
  reject: (error: ParbakeError) => void;
}

/** Asks EC2 of one region about instances that want to join, many in one call. An instance that EC2 does not know fails. */
export class Ec2Lookup {
  readonly #describe: Describe;
  readonly #region: string;
  #waiting = new Map<string, Waiting[]>();

  constructor(region: string, describe: Describe) {
    this.#region = region;
    this.#describe = describe;
  }

  /** @throws ParbakeError ATTESTATION_REFUSED for another region; ATTESTATION_UNAVAILABLE */
  lookUp(instanceId: string, region: string): Promise<Ec2Facts> {
    if (region !== this.#region)
      return Promise.reject(
        new ParbakeError(
          'ATTESTATION_REFUSED',
          `${instanceId} is in ${region}, and this coordinator asks EC2 in ${this.#region}`,
        ),
      );
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) setTimeout(() => this.#ask(), gatherFor);
      this.#waiting.set(instanceId, [...(this.#waiting.get(instanceId) ?? []), { resolve, reject }]);
    });
  }

  #ask(): void {
    const all = [...this.#waiting];
    this.#waiting = new Map();
    for (let at = 0; at < all.length; at += batchSize) void this.#batch(all.slice(at, at + batchSize));
  }

  async #batch(batch: readonly [string, Waiting[]][]): Promise<void> {
    let found: ReadonlyMap<string, Ec2Facts> | undefined;
    let problem = '';
    try {
      found = await this.#describe(batch.map(([id]) => id));
    } catch (cause) {
      problem = reasonOf(cause);
    }
    for (const [id, waiting] of batch) {
      const facts = found?.get(id);
      // EC2 is eventually consistent: an instance that it does not know may be known in a second.
      const error = new ParbakeError(
        'ATTESTATION_UNAVAILABLE',
        problem === '' ? `EC2 does not know ${id}` : `EC2 cannot be asked about ${id}: ${problem}`,
      );
      for (const { resolve, reject } of waiting)
        if (facts === undefined) reject(error);
        else resolve(facts);
    }
  }
}
