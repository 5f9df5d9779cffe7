import { ParbakeError } from '../../proto/errors/errors.ts';

/** Attestations that are worked on at once; each waits for STS and EC2 more than it computes. */
const maxInFlight = 600;
/** From one address. A whole fleet can stand behind one NAT gateway, and one attestation takes milliseconds. */
const [perSecond, burst] = [50, 600];
/** Milliseconds after which an address that has its whole burst again is forgotten. */
const forgetAfter = (burst / perSecond) * 1_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** Keeps those who cannot prove anything from costing the coordinator more than it can spare. */
export class AttestLimits {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();
  #inFlight = 0;
  #sweptAt = 0;

  /** @param now milliseconds on a clock that never jumps */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param address of the caller. @throws ParbakeError ATTESTATION_UNAVAILABLE, with the time to wait */
  async run<T>(address: string, work: () => Promise<T>): Promise<T> {
    if (this.#inFlight >= maxInFlight) throw busy('the coordinator admits many instances right now', 5_000);
    this.#take(address);
    this.#inFlight++;
    try {
      return await work();
    } finally {
      this.#inFlight--;
    }
  }

  /** Addresses that are remembered; for tests. */
  get size(): number {
    return this.#buckets.size;
  }

  #take(address: string): void {
    const now = this.#now();
    this.#forget(now);
    const { tokens, at } = this.#buckets.get(address) ?? { tokens: burst, at: now };
    const left = Math.min(burst, tokens + ((now - at) / 1_000) * perSecond) - 1;
    if (left < 0) throw busy(`${address} attests more than ${perSecond} times a second`, 1_000);
    this.#buckets.set(address, { tokens: left, at: now });
  }

  #forget(now: number): void {
    if (now - this.#sweptAt < forgetAfter) return;
    this.#sweptAt = now;
    for (const [address, { at }] of this.#buckets) if (now - at > forgetAfter) this.#buckets.delete(address);
  }
}

function busy(message: string, retryAfterMs: number): ParbakeError {
  return new ParbakeError('ATTESTATION_UNAVAILABLE', message, { retryAfterMs });
}
