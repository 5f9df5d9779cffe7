import { toParbakeError, type ParbakeError } from '../../proto/errors/errors.ts';
import type { Identity } from './principal.ts';

/** The longest time that a timer takes, in milliseconds. */
const longestTimer = 2 ** 31 - 1;

interface OpenStream {
  /** @throws why its caller proves nothing any more */
  recheck: () => void;
  end: (error: ParbakeError) => void;
}

interface Kept extends OpenStream {
  timer: NodeJS.Timeout;
}

/** Streams that outlive one check: each is ended when its certificate expires, or is found to be valid no longer. */
export class OpenStreams {
  readonly #open = new Map<object, Kept>();

  add(call: object, { notAfter }: Pick<Identity, 'notAfter'>, stream: OpenStream): void {
    const due = Math.min(longestTimer, Math.max(0, notAfter - Date.now() + 1));
    const timer = setTimeout(() => {
      if (this.#check(call)) this.add(call, { notAfter }, stream);
    }, due).unref();
    this.#open.set(call, { ...stream, timer });
  }

  remove(call: object): void {
    clearTimeout(this.#open.get(call)?.timer);
    this.#open.delete(call);
  }

  recheck(): void {
    for (const call of [...this.#open.keys()]) this.#check(call);
  }

  /** @returns whether it goes on */
  #check(call: object): boolean {
    const stream = this.#open.get(call);
    if (stream === undefined) return false;
    try {
      stream.recheck();
      return true;
    } catch (cause) {
      this.remove(call);
      stream.end(toParbakeError(cause));
      return false;
    }
  }
}
