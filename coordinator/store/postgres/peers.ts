import { ParbakeError } from '../../../proto/errors/errors.ts';
import { backoff } from '../../../proto/process/backoff.ts';
import { pause } from '../../../proto/process/tasks.ts';
import type { News, PeerListener, Peers } from '../peers.ts';
import { PostgresConnection } from './connection.ts';
import { defaultLease, renew, type Replica } from './lease.ts';
import { NewsBatch, readNews } from './news.ts';

/** Leases are renewed so often in their time. */
const renewals = 5;
/** Milliseconds in which news gather: what one commit changed goes in one message. */
const gatherFor = 2;
/** While PostgreSQL cannot be reached. */
const retryBounds = { first: 200, max: 1_000 };

export interface PostgresPeersOptions {
  url: string;
  replica: Replica;
  /** Where it listens, for people. */
  address: () => string;
  /** Is told why the others cannot be heard, once for each reason, and `undefined` when they can. */
  onProblem: (problem: unknown) => void;
}

/**
 * The coordinators on one PostgreSQL. A session of its own listens and renews the lease, so neither waits for a write. A
 * message is only a wake-up: with each renewal a coordinator also sends itself one, and one that does not arrive means that
 * others may have been lost too.
 */
export class PostgresPeers implements Peers {
  readonly #options: PostgresPeersOptions;
  readonly #batch = new NewsBatch();
  #live: ReadonlyMap<string, string> = new Map();
  #connection: PostgresConnection | undefined;
  #isSending = false;

  constructor(options: PostgresPeersOptions) {
    this.#options = options;
  }

  get replicaId(): string {
    return this.#options.replica.replicaId;
  }

  addressOf(replicaId: string): string | undefined {
    return this.#live.get(replicaId);
  }

  tell(news: News): void {
    const { trust = [], tokens } = news;
    // Whoever has just come looks into the store for orders all the time, and is told what it knows by heart.
    if (this.#live.size < 2 && trust.length === 0 && tokens === undefined) return;
    this.#batch.add(news);
    this.#sendSoon();
  }

  /**
   * Renews the lease and hears of the others until the signal aborts.
   * @throws Error when the others have given this one up
   */
  async run(listener: PeerListener, signal: AbortSignal): Promise<void> {
    let problem = '';
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#listen(listener, signal, () => {
          failures = 0;
          if (problem !== '') this.#options.onProblem(undefined);
          problem = '';
        });
      } catch (cause) {
        if (cause instanceof GivenUp) throw cause;
        const message = cause instanceof Error ? cause.message : String(cause);
        if (message !== problem) this.#options.onProblem(cause);
        problem = message;
      } finally {
        this.#connection?.abandon();
        this.#connection = undefined;
        listener.leads(false);
      }
      await pause(backoff(failures, Math.random(), retryBounds), signal);
    }
  }

  /** Listens until the signal aborts. @throws Error when the session broke, or went silent */
  async #listen(listener: PeerListener, signal: AbortSignal, onAlive: () => void): Promise<void> {
    const { url, replica, address } = this.#options;
    const interval = (replica.lease ?? defaultLease) / renewals;
    const ended = new AbortController();
    let heardSelf = true;
    const connection = await PostgresConnection.open(url, (payload) => {
      const news = payload === undefined ? undefined : readNews(payload);
      if (payload === undefined) ended.abort();
      else if (news?.from === this.replicaId) heardSelf = true;
      else if (news?.missed === true) listener.missed();
      else if (news !== undefined) listener.heard(news);
    });
    await connection.listen();
    this.#connection = connection;
    this.#sendSoon();
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      if (ended.signal.aborted) throw new ParbakeError('STORE_UNREACHABLE', 'the session that listens broke');
      if (!heardSelf)
        throw new ParbakeError('STORE_UNREACHABLE', 'a message to ourselves did not arrive in time');
      const renewed = await renew(connection, replica, address());
      if (renewed === undefined) throw new GivenUp();
      const { live, isLeader } = renewed;
      const isOneGone = [...this.#live.keys()].some((id) => !live.has(id));
      this.#live = live;
      // Whoever is gone may have committed something, and then told nobody.
      if (isFirst || isOneGone) listener.missed();
      else listener.alive();
      listener.leads(isLeader);
      onAlive();
      heardSelf = false;
      await connection.notify(JSON.stringify({ from: this.replicaId }));
      await pause(interval, AbortSignal.any([signal, ended.signal]));
    }
  }

  #sendSoon(): void {
    if (this.#isSending || this.#batch.isEmpty) return;
    this.#isSending = true;
    setTimeout(() => void this.#send(), gatherFor);
  }

  async #send(): Promise<void> {
    const connection = this.#connection;
    // What waits is told by the next session.
    if (connection !== undefined)
      try {
        for (const payload of this.#batch.take(this.replicaId)) await connection.notify(payload);
      } catch {
        this.#batch.add({ missed: true });
      }
    this.#isSending = false;
    if (!this.#batch.isEmpty && this.#connection === connection && connection?.isOpen === true)
      this.#sendSoon();
  }
}

/** The others went on without this coordinator. */
class GivenUp extends Error {
  constructor() {
    super('the lease of this coordinator ran out, and others went on without it: this one ends');
  }
}
