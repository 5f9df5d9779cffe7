import { ParbakeError } from '../../proto/errors/errors.ts';

/**
 * Calls that may wait on one connection at a time. A client that gives up more than a thousand at once is cut off: HTTP/2
 * libraries take so many resets for an attack, ours too. Some room is left for its other calls.
 */
const limit = 900;

/** Refuses at once what cannot be served, so that the other calls of a connection get through. */
export class WaitingCalls {
  readonly #limit: number;
  readonly #waiting = new Map<string, number>();

  constructor(most = limit) {
    this.#limit = most;
  }

  /**
   * @param connection the peer's address and port; all clients of a Unix socket count as one
   * @throws ParbakeError TOO_MANY_WAITING
   */
  async wait<T>(connection: string, work: () => Promise<T>): Promise<T> {
    const waiting = this.#waiting.get(connection) ?? 0;
    if (waiting >= this.#limit)
      throw new ParbakeError(
        'TOO_MANY_WAITING',
        `${waiting} calls wait on this connection already, which is the limit`,
        { metadata: { limit: String(this.#limit) } },
      );
    this.#waiting.set(connection, waiting + 1);
    try {
      return await work();
    } finally {
      const left = (this.#waiting.get(connection) ?? 1) - 1;
      if (left > 0) this.#waiting.set(connection, left);
      else this.#waiting.delete(connection);
    }
  }
}
