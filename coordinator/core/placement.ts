/** A READY instance that offers the role which is wanted. */
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
 * The instance to take: the first warm one that can be reached and whose baked role takes every variable and the files of the order;
 * when none is warm yet, the warmest of the first few. An instance that would refuse the order must not be tried with
 * it: it would be set aside for nothing.
 * @param candidates the one that has waited longest first; read only as far as needed
 */
export function place(
  candidates: Iterable<Candidate>,
  { variables, hasFiles }: Demand,
  isConnected: (instanceId: string) => boolean,
): string | undefined {
  let warmest: Candidate | undefined;
  let seen = 0;
  for (const candidate of candidates) {
    const { instanceId, userEnv, takesFiles, warmth } = candidate;
    if (!isConnected(instanceId) || !variables.every((name) => userEnv.includes(name))) continue;
    if (hasFiles && !takesFiles) continue;
    if (warmth >= 1) return instanceId;
    if (warmest === undefined || warmth > warmest.warmth) warmest = candidate;
    seen += 1;
    if (seen === compared) break;
  }
  return warmest?.instanceId;
}
