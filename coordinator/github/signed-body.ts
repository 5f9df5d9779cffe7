import { createHmac, timingSafeEqual } from 'node:crypto';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';

/**
 * The bytes of a delivery. What is signed are these bytes: JSON that is parsed and written again may differ from them.
 */
export class SignedBody {
  readonly #parts: Buffer[] = [];
  length = 0;

  add(part: Buffer): void {
    this.#parts.push(part);
    this.length += part.length;
  }

  /**
   * @param signature `sha256=` and the HMAC in hexadecimal, as the header has it
   * @param secrets one of which it may be made with
   */
  isSigned(signature: string | string[] | undefined, secrets: readonly string[]): boolean {
    if (typeof signature !== 'string') return false;
    const [, hex = ''] = /^sha256=([0-9a-f]{64})$/.exec(signature) ?? [];
    if (hex === '') return false;
    const given = Buffer.from(hex, 'hex');
    // Every secret is tried, so that the time says nothing about which one fits.
    return secrets.map((secret) => timingSafeEqual(given, this.#hmac(secret))).some((fits) => fits);
  }

  /** @throws ParbakeError REQUEST_INVALID */
  json(): unknown {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(this.#parts));
      return JSON.parse(text);
    } catch (cause) {
      throw new ParbakeError('REQUEST_INVALID', `the delivery is not JSON: ${reasonOf(cause)}`, { cause });
    }
  }

  #hmac(secret: string): Buffer {
    const hmac = createHmac('sha256', secret);
    for (const part of this.#parts) hmac.update(part);
    return hmac.digest();
  }
}
