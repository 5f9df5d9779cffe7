import { setImmediate } from 'node:timers/promises';

/**
 * Reads counters at the end of the next turn of the event loop, once for all who ask until then. The kernel takes longer to
 * make such a file than an order takes to reach a gate, which is connected to in one turn and written to in the next.
 */
export class TurnReadings<Key, Reading> {
  readonly #read: (of: Key) => Reading;
  readonly #due = new Map<Key, Promise<Reading>>();

  constructor(read: (of: Key) => Reading) {
    this.#read = read;
  }

  next(of: Key): Promise<Reading> {
    const due = this.#due.get(of) ?? this.#later(of);
    this.#due.set(of, due);
    return due;
  }

  async #later(of: Key): Promise<Reading> {
    await setImmediate();
    await setImmediate();
    this.#due.delete(of);
    return this.#read(of);
  }
}
