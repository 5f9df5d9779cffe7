/** A READY and connected instance that offers the role which is wanted. */
export interface Candidate {
  instanceId: string;
  /** What the role, as it was baked into this instance, takes from an assignment. */
  userEnv: readonly string[];
  /** Whether it takes files from an assignment. */
  takesFiles: boolean;
  /** What part of the role's recorded reads it has read ahead, 0 to 1; 1 when it reads nothing ahead. */
  warmth: number;
}

/** What an order brings. */
export interface Demand {
  variables: readonly string[];
  hasFiles: boolean;
}

/** How many that are not warm yet are compared: the pool may have thousands, and a claim waits for this. */
const compared = 64;

/**
 * The instance to take: the first warm one whose baked role takes every variable and the files of the order; when none is
 * warm yet, the warmest of the first few. An instance that would refuse the order is passed over, since a refused order
 * ends an instance's life.
 * @param candidates the one that has waited longest first; read only as far as needed
 */
export async function place(
  candidates: Iterable<Candidate> | AsyncIterable<Candidate>,
  demand: Demand,
): Promise<string | undefined> {
  let warmest: Candidate | undefined;
  let seen = 0;
  for await (const candidate of candidates) {
    const { instanceId, warmth } = candidate;
    if (!fits(candidate, demand)) continue;
    if (warmth >= 1) return instanceId;
    if (warmest === undefined || warmth > warmest.warmth) warmest = candidate;
    seen += 1;
    if (seen === compared) break;
  }
  return warmest?.instanceId;
}

/** Whether a baked role takes every variable and the files of an order. */
export function fits(
  { userEnv, takesFiles }: Pick<Candidate, 'userEnv' | 'takesFiles'>,
  { variables, hasFiles }: Demand,
): boolean {
  return (takesFiles || !hasFiles) && variables.every((name) => userEnv.includes(name));
}
