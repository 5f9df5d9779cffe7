/** What other coordinators on the same store should look at again. It is only a hint: the store is the truth. */
export interface News {
  /** Instances that changed, or about which something is said. */
  instances?: readonly string[];
  assignments?: readonly string[];
  /** Instances whose trust changed. */
  trust?: readonly string[];
  /** Tokens of callers were made or revoked. */
  tokens?: true;
  /** Something could not be told: whoever hears this looks at everything. */
  missed?: true;
  /** Instances whose agents should prove that they live: another machine wants to check in under their ids. */
  doubted?: readonly string[];
}

/** Is told what others changed. */
export interface PeerListener {
  heard(news: News): void;
  /** Some news may have been missed. */
  missed(): void;
  /** What others told until a moment ago has arrived. */
  alive(): void;
  /** This coordinator keeps house from now on, or does so no more. */
  leads(isLeader: boolean): void;
}

/** The other coordinators on the same store. */
export interface Peers {
  /** Who this one is among them; empty where there can be no other. */
  readonly replicaId: string;
  /** Where a coordinator listens whose lease was live a moment ago; undefined for any other. */
  addressOf(replicaId: string): string | undefined;
  /** Tells the others, soon. What is told several times meanwhile is told once. */
  tell(news: News): void;
}

/** A coordinator that has its store to itself. */
export const alone: Peers = { replicaId: '', addressOf: () => undefined, tell: () => {} };
